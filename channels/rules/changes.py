"""The events that a change of what is planned answers, and the sentences of its lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Event(TextChoices):
    CHANNEL_PAUSED = "channel_paused", gettext_lazy("a channel stands still")
    CHANNEL_RESUMED = "channel_resumed", gettext_lazy("a channel goes on")
    TOO_LATE = "too_late", gettext_lazy("publications missed their time")
    QUOTA_LOWERED = "quota_lowered", gettext_lazy("an API client is granted less")
    RIGHTS_CHANGED = "rights_changed", gettext_lazy("rights have changed")
    ITEM_FAILED = "item_failed", gettext_lazy("a publication failed")
    CHANNEL_RULES = "channel_rules", gettext_lazy("a channel's rules have changed")
    EDITION_CHANGED = "edition_changed", gettext_lazy("an edition has changed")


CAUSES: Mapping[str, Callable[[], str]] = {
    Event.CHANNEL_PAUSED: lambda: _("The channel %(name)s stands still until %(until)s."),
    Event.CHANNEL_RESUMED: lambda: _("The channel %(name)s goes on; what missed its time meanwhile is placed anew."),
    Event.TOO_LATE: lambda: _("Publications missed their time."),
    Event.QUOTA_LOWERED: lambda: _("The API client %(name)s is granted less a day than is planned."),
    Event.RIGHTS_CHANGED: lambda: _("The rights of %(name)s have changed."),
    Event.ITEM_FAILED: lambda: _("%(name)s failed."),
    Event.CHANNEL_RULES: lambda: _("Times, caps or what %(name)s takes have changed."),
    Event.EDITION_CHANGED: lambda: _("%(name)s has changed: clips of it may not go out as planned."),
}

SENTENCES: dict[str, Callable[[], str]] = {
    "change_budget": lambda: _("%(client)s may upload %(limit)d on %(day)s (the platform's day); %(planned)d wait."),
    "change_daily_cap": lambda: _("%(channel)s posts at most %(limit)d a day; on %(day)s %(planned)d are planned."),
    "change_account_cap": lambda: _("The platform takes %(limit)d posts from %(channel)s in any 24 hours."),
    "change_gap": lambda: _("%(channel)s keeps %(hours)d hours between clips of one drama."),
    "change_rights": lambda: _("At its time the rights are not open in every country of %(channel)s."),
    "change_slot_gone": lambda: _("%(channel)s posts at this time no more."),
    "change_failed": lambda: _("It failed: %(why)s"),
    "change_missed": lambda: _("It missed its time."),
    "change_paused": lambda: _("%(channel)s stands still at its time."),
    "change_not_cut": lambda: _("Its clip is not cut."),
    "change_outdated": lambda: _("Its clip may not go out any more: %(why)s."),
    "change_order": lambda: _("It makes room, so that the episodes keep their order."),
    "change_end_of_run": lambda: _("There is no place left for the end of the run; it is planned again later."),
    "change_waits_behind": lambda: _("An earlier episode is lost; this one waits behind it and is planned again."),
    "change_was_pinned": lambda: _("It was pinned, so it is not moved by itself; choose another time by hand."),
    "change_mended": lambda: _("The mended clip takes the place that the clip before it had."),
    "change_elsewhere": lambda: _("It goes out on %(channel)s instead; it needs to be approved there."),
    "change_no_room_rights": lambda: _("No other time: at %(times)d of the times left its rights are not open."),
    "change_no_room_slot_taken": lambda: _("No other time: the %(times)d times of %(channel)s that fit are taken."),
    "change_no_room_daily_cap": lambda: _("No other time: the days of %(channel)s that fit are full."),
    "change_no_room_account_cap": lambda: _("No other time: the account of %(channel)s may not post more."),
    "change_no_room_drama_gap": lambda: _("No other time: everywhere it is too near to other clips of the drama."),
    "change_no_room_sameness": lambda: _("No other time: clips that look and sound alike are too near everywhere."),
    "change_no_room_pace": lambda: _("No other time: the policy packs let %(channel)s post no faster."),
    "change_no_room_client_budget": lambda: _("No other time: the API client's days are full."),
    "change_no_room_no_slot": lambda: _("No other time: %(channel)s has none between the episodes around it."),
}  # fmt: skip


def cause_sentence(cause: Mapping[str, Any]) -> str:
    """The event in words, in the reader's language."""
    words = CAUSES.get(str(cause.get("code", "")))
    return words() % {"name": cause.get("name", "–"), "until": cause.get("until") or "…"} if words else ""
