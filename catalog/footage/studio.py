"""Demo films: small, real, cheap to make, and no two alike."""

from __future__ import annotations

import random
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from catalog.footage import ffmpeg, lettering, typefaces, voice
from catalog.footage.errors import FootageError

TIMEOUT_SECONDS = 120

EPISODE_WORDS = {"en": "Episode {n}", "es": "Episodio {n}", "id": "Episode {n}", "ar": "الحلقة {n}", "zh": "第{n}集"}
ANY_EPISODE = "EP {n}"

GRADIENTS = ("linear", "radial", "circular", "spiral")
# Rules of cellular automata that neither die out nor fill the screen.
RULES = (18, 22, 30, 45, 54, 60, 73, 90, 105, 110, 122, 126, 146, 150, 182)
# Places on the edge of the Mandelbrot set worth falling into.
DEPTHS = (
    (-0.743643887, -0.131825904),
    (-0.7453, 0.1127),
    (-1.25066, 0.02012),
    (-0.16070135, -1.0375665),
    (0.2549, 0.0005),
)
BLENDS = ("screen", "difference", "softlight", "exclusion", "hardlight")
SHAPES = (
    "m -{r} -{r} l {r} -{r} {r} {r} -{r} {r}",
    "m 0 -{r} l {r} {r} -{r} {r}",
    "m 0 -{r} l {r} 0 0 {r} -{r} 0",
    "m 0 -{r} b {k} -{r} {r} -{k} {r} 0 {r} {k} {k} {r} 0 {r} -{k} {r} -{r} {k} -{r} 0 -{r} -{k} -{k} -{r} 0 -{r}",
)


@dataclass(frozen=True)
class FilmSpec:
    """What to shoot. Picture and voice follow the seed; in `fault` (from_ms, to_ms) the voice drops out."""

    drama_title: str
    episode: int
    language: str
    seconds: float
    seed: int
    width: int = 360
    height: int = 640
    frame_rate: int = 24
    fault: tuple[int, int] | None = None
    channels: int = 1


def shoot(spec: FilmSpec, *, to: Path) -> None:
    """Write the film as MP4, with a keyframe every second. `to` appears complete or not at all."""
    _check(spec)
    unfinished = to.with_name(f".{to.name}.{uuid.uuid4().hex}.part")
    with tempfile.TemporaryDirectory(prefix="studio-") as folder:
        sound, script = Path(folder) / "voice.wav", Path(folder) / "film.ass"
        voice.write(voice.speak(spec.seconds, seed=spec.seed, language=spec.language, silent_ms=spec.fault), to=sound)
        script.write_text(_script(spec), encoding="utf-8")
        try:
            ffmpeg.run(_arguments(spec, sound, script, unfinished), timeout_seconds=TIMEOUT_SECONDS)
            unfinished.replace(to)
        finally:
            unfinished.unlink(missing_ok=True)


def _check(spec: FilmSpec) -> None:
    if spec.seconds <= 0 or spec.frame_rate < 1 or spec.channels not in {1, 2}:
        raise FootageError(_("A film needs a length, a frame rate, and one or two channels of sound."), code="bad_film")
    if min(spec.width, spec.height) < 64 or spec.width % 2 or spec.height % 2:
        raise FootageError(_("A film needs an even width and height of at least 64 pixels."), code="bad_film")
    if spec.fault is not None and not 0 <= spec.fault[0] < spec.fault[1] <= spec.seconds * 1000:
        raise FootageError(
            _("The fault from %(begin)d to %(end)d ms does not lie within the film of %(length)d ms.")
            % {"begin": spec.fault[0], "end": spec.fault[1], "length": spec.seconds * 1000},
            code="bad_film",
        )


def _arguments(spec: FilmSpec, sound: Path, script: Path, to: Path) -> list[str]:
    inputs = ["-f", "lavfi", "-i", _scenery(spec), "-i", str(sound)]
    letters = f"ass=filename={ffmpeg.quoted(script)}:fontsdir={ffmpeg.quoted(ffmpeg.FONTS)}:shaping=complex"
    frames, rate = round(spec.seconds * spec.frame_rate), spec.frame_rate
    picture = f"-c:v libx264 -preset ultrafast -crf 33 -pix_fmt yuv420p -frames:v {frames}".split()
    rhythm = f"-g {rate} -keyint_min {rate} -sc_threshold 0 -threads {ffmpeg.THREADS}".split()
    audio = f"-c:a aac -aac_coder fast -b:a 64k -ar 48000 -ac {spec.channels} -t {spec.seconds:.3f}".split()
    exact = ["-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-movflags", "+faststart"]
    return [*inputs, "-vf", letters, *picture, *rhythm, *audio, *exact, "-f", "mp4", "-y", str(to)]


def _scenery(spec: FilmSpec) -> str:
    """A drifting gradient with something alive in it, made small and enlarged: a sixteenth of the work."""
    dice = random.Random(f"scenery {spec.seed}")  # noqa: S311 - repeatable, not secret
    width, height = max(16, spec.width // 8 * 2), max(16, spec.height // 8 * 2)
    size = f"s={width}x{height}:r={spec.frame_rate}"
    colours = ":".join(f"c{place}=0x{_colour(dice)}" for place in range(3))
    points = (
        f"x0={dice.randrange(width)}:y0={dice.randrange(height)}:x1={dice.randrange(width)}:y1={dice.randrange(height)}"
    )
    gradient = f"gradients={size}:n=3:{colours}:{points}:type={dice.choice(GRADIENTS)}"
    gradient += f":speed={dice.uniform(0.004, 0.02):.4f}:seed={spec.seed & 0xFFFFFF},format=gbrp[back]"
    alive = f"{_living(dice, size)},format=gbrp[alive]"
    blend = f"[back][alive]blend=all_mode={dice.choice(BLENDS)}:all_opacity={dice.uniform(0.3, 0.6):.2f}"
    return f"{gradient};{alive};{blend},format=yuv420p,scale={spec.width}:{spec.height}:flags=fast_bilinear,setsar=1"


def _living(dice: random.Random, size: str) -> str:
    seed = dice.randrange(1, 2**31)
    kind = dice.choice(("cellauto", "life", "mandelbrot"))
    if kind == "cellauto":
        return f"cellauto={size}:rule={dice.choice(RULES)}:ratio={dice.uniform(0.1, 0.6):.2f}:seed={seed}:scroll=1"
    if kind == "life":
        colours = f"life_color=0x{_colour(dice)}:death_color=0x{_colour(dice)}:mold_color=0x{_colour(dice)}"
        return f"life={size}:ratio={dice.uniform(0.2, 0.5):.2f}:seed={seed}:mold={dice.randrange(4, 40)}:{colours}"
    x, y = dice.choice(DEPTHS)
    inner = dice.choice(("period", "convergence", "mincol"))
    zoom = f"start_scale={dice.uniform(0.4, 3):.3f}:end_scale=0.0005:end_pts={dice.randrange(500, 1500)}"
    return f"mandelbrot={size}:maxiter=80:start_x={x}:start_y={y}:{zoom}:inner={inner}"


def _script(spec: FilmSpec) -> str:
    """Moving shapes, the title, the episode, and the running second."""
    width, height, margin = spec.width, spec.height, spec.width // 18
    title = lettering.fit(
        spec.drama_title,
        language=spec.language,
        box_width=width - 2 * margin,
        largest=max(14, width // 11),
        smallest=max(10, width // 20),
    )
    word = EPISODE_WORDS.get(spec.language.partition("-")[0].lower(), ANY_EPISODE).format(n=spec.episode)
    episode = lettering.fit(
        word, language=spec.language, box_width=width - 2 * margin, largest=max(12, width // 14), smallest=10
    )
    x, top = (margin, lettering.TOP_LEFT)
    if typefaces.is_right_to_left(spec.language):
        x, top = (width - margin, lettering.TOP_RIGHT)
    below = margin + title.pitch * len(title.lines) + margin // 2
    lines = _shapes(spec)
    lines += lettering.dialogues(title, x=x, y=margin, alignment=top)
    lines += lettering.dialogues(episode, x=x, y=below, alignment=top)
    return lettering.document([*lines, *_counter(spec, margin)], width=width, height=height)


def _counter(spec: FilmSpec, margin: int) -> list[str]:
    lines: list[str] = []
    for second in range(int(spec.seconds) + 1):
        clock = lettering.Fitted((f"{second // 60}:{second % 60:02d}",), max(14, spec.width // 9), 0, "en")
        lines += lettering.dialogues(
            clock,
            x=spec.width // 2,
            y=spec.height - margin,
            alignment=lettering.BOTTOM_CENTRE,
            begin_ms=second * 1000,
            end_ms=second * 1000 + 1000,
        )
    return lines


def _shapes(spec: FilmSpec) -> list[str]:
    """A few turning shapes that cross the picture again and again, three seconds each way."""
    dice = random.Random(f"shapes {spec.seed}")  # noqa: S311 - repeatable, not secret
    lines = []
    for _shape in range(dice.randint(2, 4)):
        radius = round(min(spec.width, spec.height) * dice.uniform(0.06, 0.16))
        drawing = dice.choice(SHAPES).format(r=radius, k=round(radius * 0.55))
        look = f"\\an7\\bord2\\shad0\\1c&H{_colour(dice)}&\\3c&H{_colour(dice)}&\\1a&H{dice.randint(0, 110):02X}&\\p1"
        here = _place(spec, dice)
        for begin in range(0, int(spec.seconds * 1000) + 1, 3000):
            there = _place(spec, dice)
            turn = f"\\t(\\frz{dice.randint(-360, 360)})"
            tags = f"{look}\\move({here[0]},{here[1]},{there[0]},{there[1]}){turn}"
            lines.append(lettering.drawing(drawing, tags=tags, begin_ms=begin, end_ms=begin + 3000))
            here = there
    return lines


def _place(spec: FilmSpec, dice: random.Random) -> tuple[int, int]:
    return dice.randrange(spec.width), dice.randrange(spec.height // 4, spec.height)


def _colour(dice: random.Random) -> str:
    return f"{dice.randrange(0x1000000):06X}"
