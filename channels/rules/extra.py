"""What follows an accepted upload (a thumbnail, a take-down): each with its own row, key and retries."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    THUMBNAIL = "thumbnail", _("set the thumbnail")
    TAKE_DOWN = "take_down", _("take down")


class Status(TextChoices):
    WAITING = "waiting", _("waiting")
    DONE = "done", _("done")
    BY_HAND = "by_hand", _("to be done by hand")
    DROPPED = "dropped", _("given up")


MOVES = {
    Status.WAITING: {Status.DONE, Status.BY_HAND, Status.DROPPED},
    Status.BY_HAND: {Status.DONE, Status.DROPPED, Status.WAITING},
    Status.DROPPED: {Status.WAITING},
}

VERBS = {Kind.THUMBNAIL: "set_thumbnail"}
"""What the platform is asked for each follow-up that a plan may want; its price is the adapter's to say."""
