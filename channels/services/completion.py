"""What viewers watched of the clips that are out, gathered by the database by genre and channel."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Avg, Count, F, OuterRef, Subquery

from channels.models import Observation, Publication
from channels.rules import completion
from channels.rules.completion import Learned, Seen

OLDEST = timedelta(days=365)


def learned(*, now: datetime) -> Learned:
    """Of each publication of the last year its newest known completion counts, once for each genre of its drama."""
    known = Observation.objects.filter(publication=OuterRef("pk"), completion__isnull=False)
    newest = Subquery(known.order_by("-at", "-pk").values("completion")[:1])
    rows = (
        Publication.objects.filter(due_at__gt=now - OLDEST, due_at__lte=now, published_at__isnull=False)
        .annotate(watched=newest, genre=F("clip__edition__drama__genres__slug"), language=F("channel__language"))
        .filter(watched__isnull=False, genre__isnull=False)
        .order_by()
        .values_list("genre", "language", "channel_id")
        .annotate(clips=Count("pk"), mean=Avg("watched"))
    )
    return completion.learn(Seen(*row) for row in rows)
