"""A fingerprint for every ready clip: claimed, read from the storage, joined to its family."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from catalog.footage.errors import FootageError
from catalog.footage.fingerprints import reading
from catalog.models import Clip, Fingerprint
from catalog.services import files, lookalikes
from config.kernel import clock, jobs, leases

log = logging.getLogger("dramaport.catalog")

MOST_ATTEMPTS = 3
SWEPT_AT_ONCE = 50
JOB = "catalog.jobs.fingerprint_clip"


def lease_seconds(clip: Clip) -> int:
    """Decoding takes about a fifth of the film's length on one core; a killed worker's clip is soon taken up again."""
    return min(int(settings.JOB_SECONDS), 60 + clip.duration_ms // 1000)


def make(clip_pk: int) -> str:
    """Fingerprint one ready clip; a sentence says how it went. Rung twice, the second finds it held or done.

    A failure is tried again after a pause, three times in all; then the reason stays with the fingerprint.
    """
    clip = Clip.objects.select_related("edition__drama").get(pk=clip_pk)
    if not Clip.objects.ready().filter(pk=clip_pk).exists():
        return _("%(clip)s is not ready") % {"clip": clip}
    row, _made = Fingerprint.objects.get_or_create(clip=clip)
    _start_over(row)
    if not leases.claim(row, seconds=lease_seconds(clip), serial=None, gave_up=False):
        return _("%(clip)s has its fingerprint, or another worker makes it") % {"clip": clip}
    if row.attempts > MOST_ATTEMPTS:
        return _failed(row, clip, row.reason or _("the process ended in the middle of it, again and again"))
    try:
        with files.local_path(clip.file) as source:
            film = reading.read(source, duration_ms=clip.duration_ms)
    except (FootageError, files.FileLost, OSError) as error:
        return _failed(row, clip, str(error)[:500])
    found = lookalikes.join(row, film, **leases.settled(), made_at=clock.now(), reason="")
    if found is None:
        return _("%(clip)s was taken over by another worker") % {"clip": clip}
    return _("%(clip)s has its fingerprint; it is like %(n)d others") % {"clip": clip, "n": len(found)}


def sweep() -> str:
    """Ring for ready clips without a fingerprint of today's algorithm; the oldest first."""
    ready = Clip.objects.ready()
    missing = ready.filter(fingerprint=None).order_by("pk").values_list("pk", flat=True)[:SWEPT_AT_ONCE]
    outdated = Fingerprint.objects.to_make(lookalikes.VERSION).free(clock.now()).filter(clip__in=ready)
    late = outdated.order_by("clip").values_list("clip", flat=True)[:SWEPT_AT_ONCE]
    keys = [*missing, *late][:SWEPT_AT_ONCE]
    for key in keys:
        jobs.remind(JOB, key)
    return _("%(n)d clips to fingerprint") % {"n": len(keys)} if keys else _("nothing due")


def _start_over(row: Fingerprint) -> None:
    """A row of an older version begins again; its families end with it."""
    older = Q(version__lt=lookalikes.VERSION)
    Fingerprint.objects.filter(older, pk=row.pk).update(
        version=lookalikes.VERSION,
        serial=None,
        gave_up=False,
        attempts=0,
        next_try_at=None,
        reason="",
        picture_family=0,
        whole_family=0,
    )


def _failed(row: Fingerprint, clip: Clip, reason: str) -> str:
    log.warning("fingerprinting clip %s failed (attempt %s): %s", clip.pk, row.attempts, reason)
    if row.attempts >= MOST_ATTEMPTS:
        kept = leases.release(row, reason=reason, gave_up=True)
    else:
        kept = leases.release(row, reason=reason, again_at=clock.now() + leases.backoff(row.attempts))
    if not kept:
        return _("%(clip)s was taken over by another worker") % {"clip": clip}
    return _("%(clip)s has no fingerprint: %(reason)s") % {"clip": clip, "reason": reason}
