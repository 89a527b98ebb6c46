"""Parts of films, however they differ, become one picture and one sound, exact to the frame and to the sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from catalog.footage import ffmpeg, probing

SAMPLE_RATE = 48_000
# Read beyond the end of a part, so that its last frame and sample are there whatever the container's rounding.
READ_ON_SECONDS = 1

CADENCES = tuple(
    Fraction(*one)
    for one in ((24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (48, 1), (50, 1), (60000, 1001), (60, 1))
)

ENCODING = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p", "-profile:v", "high"]
ENCODING += ["-c:a", "aac", "-b:a", "160k", "-ar", str(SAMPLE_RATE), "-ac", "2"]


@dataclass(frozen=True)
class Part:
    """What is taken of one film, with the facts of that film."""

    source: str
    probe: probing.Probe
    in_ms: int
    out_ms: int

    @property
    def length_ms(self) -> int:
        return self.out_ms - self.in_ms

    @property
    def reaches_the_end(self) -> bool:
        return self.out_ms >= self.probe.duration_ms - self.probe.frame_ms / 2

    @property
    def is_whole(self) -> bool:
        return self.in_ms == 0 and self.reaches_the_end


@dataclass(frozen=True)
class Joint:
    """How to join: ffmpeg's arguments up to the output, and where each part begins in the result."""

    arguments: list[str]
    starts_ms: tuple[int, ...]
    duration_ms: int


def joint(parts: Sequence[Part], *, width: int, height: int, frame_rate: Decimal) -> Joint:
    """Plan the join. Boundaries are rounded on the running sum, so that many parts add up to no drift."""
    rate = cadence(frame_rate)
    marks = [0]
    ends_ms = 0
    for part in parts:
        ends_ms += part.length_ms
        marks.append(max(marks[-1] + 1, round(ends_ms * rate / 1000)))
    inputs: list[str] = []
    graph: list[str] = []
    for place, part in enumerate(parts):
        lead = _input(part, inputs)
        graph += _video(place, lead, rate=rate, width=width, height=height, frames=marks[place + 1] - marks[place])
        graph += _audio(place, lead, part, samples=_samples(marks[place + 1], rate) - _samples(marks[place], rate))
    pads = "".join(f"[v{place}][a{place}]" for place in range(len(parts)))
    graph.append(f"{pads}concat=n={len(parts)}:v=1:a=1[v][a]")
    threads = ["-threads", str(ffmpeg.THREADS), "-filter_threads", str(ffmpeg.THREADS)]
    arguments = [*inputs, *threads, "-filter_complex", ";".join(graph), "-map", "[v]", "-map", "[a]", *ENCODING]
    # A keyframe every two seconds, placed by the clock alone: platforms ask for it, and later cuts can be copies.
    arguments += ["-r", _ratio(rate), "-g", str(round(rate * 2))]
    starts = tuple(round(mark * 1000 / rate) for mark in marks)
    return Joint(arguments=arguments, starts_ms=starts[:-1], duration_ms=starts[-1])


def cadence(frame_rate: Decimal) -> Fraction:
    """The rate as a standard one when it is within half a percent of one; else as it is, never above 60."""
    nearest = min(CADENCES, key=lambda one: abs(float(one) - float(frame_rate)))
    if abs(float(nearest) - float(frame_rate)) <= float(nearest) * 0.0005:
        return nearest
    if frame_rate <= 0:
        return Fraction(25)
    return min(Fraction(frame_rate), Fraction(60))


def _input(part: Part, inputs: list[str]) -> Fraction:
    """Append the arguments that open the part; the seconds that it is opened too early.

    Moments come in whole milliseconds and frames do not: the wanted frame is the nearest one, and reading begins
    half a frame before it, so that it is the first to arrive.
    """
    own = cadence(part.probe.frame_rate)
    frame = round(part.in_ms * own / 1000)
    begin = frame / own
    seek = max(Fraction(0), begin - 1 / own / 2)
    length = Fraction(part.length_ms, 1000) + READ_ON_SECONDS
    # One decoder thread: parts are decoded one after the other, and there may be a hundred of them.
    inputs += ["-threads", "1", "-ss", f"{float(seek):.6f}", "-t", f"{float(length):.6f}", *ffmpeg.reading(part.source)]
    return begin - seek


def _video(place: int, lead: Fraction, *, rate: Fraction, width: int, height: int, frames: int) -> list[str]:
    steps = [
        f"setpts=PTS-{float(lead):.6f}/TB",
        f"fps=fps={_ratio(rate)}:start_time=0",
        "scale=w=iw*sar:h=ih",
        f"scale=w={width}:h={height}:force_original_aspect_ratio=decrease:force_divisible_by=2:flags=bicubic",
        f"pad=w={width}:h={height}:x=(ow-iw)/2:y=(oh-ih)/2",
        "setsar=1",
        "format=yuv420p",
        "tpad=stop=-1:stop_mode=clone",
        f"trim=end_frame={frames}",
        "setpts=PTS-STARTPTS",
    ]
    return [f"[{place}:v:0]" + ",".join(steps) + f"[v{place}]"]


def _audio(place: int, lead: Fraction, part: Part, *, samples: int) -> list[str]:
    ending = f"atrim=end_sample={samples},asetpts=N/SR/TB[a{place}]"
    if not part.probe.audio_codec:
        return [f"anullsrc=channel_layout=stereo:sample_rate={SAMPLE_RATE},aformat=sample_fmts=fltp,{ending}"]
    steps = [
        f"asetpts=PTS-{float(lead):.6f}/TB",
        f"aresample={SAMPLE_RATE}:async=1:first_pts=0",
        "aformat=sample_fmts=fltp:channel_layouts=stereo",
        "apad",
        ending,
    ]
    return [f"[{place}:a:0]" + ",".join(steps)]


def _samples(frames: int, rate: Fraction) -> int:
    return round(frames * SAMPLE_RATE / rate)


def _ratio(rate: Fraction) -> str:
    return f"{rate.numerator}/{rate.denominator}"
