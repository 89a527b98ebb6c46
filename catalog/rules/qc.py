"""Which gates an edition version must pass, and what follows from their verdicts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Verdict(TextChoices):
    PENDING = "pending", _("not yet judged")
    PASSED = "passed", _("passed")
    FAILED = "failed", _("failed")


class Gate(TextChoices):
    COMPLETE = "complete", _("all episodes delivered")
    PICTURE = "picture", _("picture as the platforms need it")
    SOUND = "sound", _("sound present and loud enough")
    NO_DROPOUT = "no_dropout", _("no drop-out in the voice")
    WATCHED = "watched", _("watched by a person")


AUTOMATIC = frozenset({Gate.COMPLETE, Gate.PICTURE, Gate.SOUND, Gate.NO_DROPOUT})
REQUIRED = frozenset({Gate.COMPLETE, Gate.PICTURE, Gate.SOUND, Gate.WATCHED})


@dataclass(frozen=True)
class Outcome:
    gate: str
    verdict: str
    is_required: bool


def is_releasable(outcomes: Iterable[Outcome]) -> bool:
    """All required gates passed, and there is at least one."""
    required = [one.verdict for one in outcomes if one.is_required]
    return bool(required) and all(verdict == Verdict.PASSED for verdict in required)


def is_refused(outcomes: Iterable[Outcome]) -> bool:
    return any(one.is_required and one.verdict == Verdict.FAILED for one in outcomes)
