"""The life of a clip, and where a second of it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    WAITING = "waiting", _("waiting to be cut")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")
    RETIRED = "retired", _("retired")


MOVES = {
    Status.WAITING: {Status.READY, Status.FAILED, Status.RETIRED},
    Status.FAILED: {Status.WAITING, Status.RETIRED},
    Status.READY: {Status.RETIRED},
}


@dataclass(frozen=True)
class Place:
    """A moment of an episode as its master has it."""

    episode: int
    second_ms: int


@dataclass(frozen=True)
class Stretch:
    """One segment of a cut list: where it starts in the clip and what it shows. All in milliseconds."""

    episode: int
    starts_ms: int
    in_ms: int
    out_ms: int

    @property
    def ends_ms(self) -> int:
        return self.starts_ms + self.out_ms - self.in_ms


def place_of(stretches: Sequence[Stretch], clip_ms: int) -> Place | None:
    """The episode and second shown at this moment of the clip; None in an intro or outro, or past the end."""
    for stretch in stretches:
        if stretch.starts_ms <= clip_ms < stretch.ends_ms:
            return Place(stretch.episode, stretch.in_ms + clip_ms - stretch.starts_ms)
    return None


def moments_of(stretches: Sequence[Stretch], place: Place) -> tuple[int, ...]:
    """Every moment of the clip (ms) at which this place of an episode is shown."""
    return tuple(
        stretch.starts_ms + place.second_ms - stretch.in_ms
        for stretch in stretches
        if stretch.episode == place.episode and stretch.in_ms <= place.second_ms < stretch.out_ms
    )
