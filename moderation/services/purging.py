"""The 30-day rule: viewers' words that the platform has not shown us again are deleted; verdicts and counts stay."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from config.kernel import clock
from moderation.models import Comment

KEPT = timedelta(days=30)
BATCH = 2000


def sweep() -> str:
    """Delete every text not refreshed for 30 days. A ticket keeps its redacted excerpt."""
    now = clock.now()
    done = 0
    while batch := list(Comment.objects.older_than(now - KEPT).values_list("pk", flat=True)[:BATCH]):
        done += Comment.objects.filter(pk__in=batch, refreshed_at__lt=now - KEPT).update(text="", purged_at=now)
    return _("%(n)d texts deleted") % {"n": done} if done else _("nothing to delete")
