"""What the automatic gates ask of a master, from measured values alone. Each answers with sentences, one per fault."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.rules.qc import Verdict

FEWEST_PIXELS = 360
FRAME_RATES = (Decimal(23), Decimal(60))
VIDEO_CODECS = frozenset({"h264", "hevc"})
LENGTHS_MS = (1_000, 15 * 60_000)
# Below this mean volume a phone's loudspeaker plays nothing that can be heard.
QUIETEST_DB = -45.0
DROPOUT_MS = 1_000
MOST_SENTENCES = 20


@dataclass(frozen=True)
class Film:
    """What the gates look at in one master."""

    episode: int
    duration_ms: int
    width: int
    height: int
    frame_rate: Decimal
    video_codec: str
    audio_codec: str


@dataclass(frozen=True)
class Heard:
    """The sound of one master: its mean volume and its silences in milliseconds, or why it cannot be heard."""

    episode: int
    mean_db: float
    silences_ms: tuple[tuple[int, int], ...] = ()
    fault: str = ""


@dataclass(frozen=True)
class Judgement:
    verdict: str
    evidence: str


def judged(faults: Sequence[str], *, praise: str) -> Judgement:
    """Failed with the faults as evidence, or passed with the sentence of praise."""
    if not faults:
        return Judgement(Verdict.PASSED, praise)
    shown = list(faults[:MOST_SENTENCES])
    if len(faults) > MOST_SENTENCES:
        shown.append(_("… and %(n)d more.") % {"n": len(faults) - MOST_SENTENCES})
    return Judgement(Verdict.FAILED, "\n".join(shown))


def missing(wanted: Iterable[int], delivered: Iterable[int]) -> list[str]:
    wanted, delivered = set(wanted), set(delivered)
    if not wanted:
        return [_("The drama has no episodes yet; add them first.")]
    return [_("Episode %(n)d was not delivered.") % {"n": number} for number in sorted(wanted - delivered)]


def picture_faults(film: Film) -> list[str]:
    faults = []
    if min(film.width, film.height) < FEWEST_PIXELS:
        faults.append(
            _("Episode %(n)d is %(width)d×%(height)d; the shorter side needs %(least)d pixels.")
            % {"n": film.episode, "width": film.width, "height": film.height, "least": FEWEST_PIXELS}
        )
    if not FRAME_RATES[0] <= film.frame_rate <= FRAME_RATES[1]:
        faults.append(
            _("Episode %(n)d has %(rate)s frames per second; %(least)s to %(most)s are taken.")
            % {"n": film.episode, "rate": film.frame_rate, "least": FRAME_RATES[0], "most": FRAME_RATES[1]}
        )
    if film.video_codec not in VIDEO_CODECS:
        faults.append(
            _("Episode %(n)d is coded as %(codec)s; H.264 and HEVC are taken.")
            % {"n": film.episode, "codec": film.video_codec}
        )
    if not LENGTHS_MS[0] <= film.duration_ms <= LENGTHS_MS[1]:
        faults.append(
            _("Episode %(n)d is %(length)s long; from 1 second to 15 minutes are taken.")
            % {"n": film.episode, "length": clock_face(film.duration_ms)}
        )
    return faults


def sound_faults(film: Film, heard: Heard | None) -> list[str]:
    if not film.audio_codec or heard is None:
        return [_("Episode %(n)d has no sound.") % {"n": film.episode}]
    if heard.fault:
        return [_("Episode %(n)d cannot be heard: %(reason)s") % {"n": film.episode, "reason": heard.fault}]
    if heard.mean_db < QUIETEST_DB:
        return [
            _("Episode %(n)d is too quiet: %(level)d dB on average, %(least)d dB are needed.")
            % {"n": film.episode, "level": heard.mean_db, "least": QUIETEST_DB}
        ]
    return []


def dropouts(heard: Heard, *, duration_ms: int) -> list[str]:
    """Silences inside the film. One at its very beginning or end is a pause, not a drop-out."""
    return [
        _("silence %(start)s–%(end)s in episode %(n)d")
        % {"start": clock_face(start), "end": clock_face(end), "n": heard.episode}
        for start, end in heard.silences_ms
        if end - start >= DROPOUT_MS and start > 0 and end < duration_ms
    ]


def clock_face(ms: int) -> str:
    """Minutes and seconds as a player shows them: 0:08."""
    seconds = ms // 1000
    return f"{seconds // 60}:{seconds % 60:02d}"
