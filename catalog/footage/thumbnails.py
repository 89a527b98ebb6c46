"""The picture that stands for a clip: a frame of it, and its title in its own script."""

from __future__ import annotations

import tempfile
import uuid
from io import BytesIO
from pathlib import Path

from django.utils.translation import gettext as _
from PIL import Image, ImageFilter

from catalog.footage import ffmpeg, lettering, probing
from catalog.footage.errors import FootageError

MOST_BYTES = 2_000_000
QUALITIES = (90, 82, 72, 60, 45, 30)
TIMEOUT_SECONDS = 60

# Share of the picture's height or width.
MARGIN, LARGEST, SMALLEST = 0.05, 0.15, 0.07
BLUR, BLUR_SHRINK, BACKDROP_LIGHT = 0.02, 8, 0.55
GRADIENT_FROM, GRADIENT_DARKEST = 0.35, 0.82


def draw(video: str, *, at_ms: int, title: str, language: str, to: Path, width: int = 1280, height: int = 720) -> None:
    """Write a JPEG under 2 MB. `to` appears complete or not at all.

    Raises FootageError `cut_out_of_range` for a moment the film does not have, `script_unsupported` for a title that
    no bundled font can draw.
    """
    lines = lettering.fit(
        title,
        language=language,
        box_width=round(width * (1 - 2 * MARGIN)),
        largest=round(height * LARGEST),
        smallest=round(height * SMALLEST),
    )
    picture = _darkened(_composed(_frame(video, at_ms), width, height))
    picture.paste(*_title(lines, width, height))
    _save(picture, to)


def _frame(video: str, at_ms: int) -> Image.Image:
    facts = probing.probe(video, keyframes=False)
    if at_ms < 0 or at_ms > facts.duration_ms:
        raise FootageError(
            _("There is no picture at %(at)d ms: the film is %(length)d ms long.")
            % {"at": at_ms, "length": facts.duration_ms},
            code="cut_out_of_range",
            at_ms=at_ms,
            length_ms=facts.duration_ms,
        )
    # The last frame is shown until the end, but begins a frame earlier.
    last = max(0.0, facts.duration_ms - 1.5 * facts.frame_ms)
    seek = f"{min(at_ms, last) / 1000:.3f}"
    output = ["-frames:v", "1", "-vf", "scale=w=iw*sar:h=ih,setsar=1", "-f", "image2pipe", "-c:v", "png", "pipe:1"]
    done = ffmpeg.run(["-ss", seek, *ffmpeg.reading(video), "-map", "0:v:0", *output], timeout_seconds=TIMEOUT_SECONDS)
    return _opened(done.stdout)


def _composed(frame: Image.Image, width: int, height: int) -> Image.Image:
    """The frame as large as it goes without losing any of it, over a blurred copy that fills the rest."""
    scale = min(width / frame.width, height / frame.height)
    whole = frame.resize(
        (max(1, round(frame.width * scale)), max(1, round(frame.height * scale))), Image.Resampling.LANCZOS
    )
    if whole.width >= width * 0.97 and whole.height >= height * 0.97:
        return whole.resize((width, height), Image.Resampling.LANCZOS)
    backdrop = _filling(frame, width, height)
    backdrop.paste(whole, ((width - whole.width) // 2, (height - whole.height) // 2))
    return backdrop


def _filling(frame: Image.Image, width: int, height: int) -> Image.Image:
    """The middle of the frame over the whole picture, dimmed and blurred: small, which is quick and looks the same."""
    small = (max(1, width // BLUR_SHRINK), max(1, height // BLUR_SHRINK))
    scale = max(small[0] / frame.width, small[1] / frame.height)
    cover = frame.resize((max(small[0], round(frame.width * scale)), max(small[1], round(frame.height * scale))))
    left, top = (cover.width - small[0]) // 2, (cover.height - small[1]) // 2
    cut = cover.crop((left, top, left + small[0], top + small[1]))
    soft = cut.filter(ImageFilter.GaussianBlur(max(1.0, small[1] * BLUR)))
    return soft.resize((width, height), Image.Resampling.BICUBIC).point(lambda value: int(value * BACKDROP_LIGHT))


def _darkened(picture: Image.Image) -> Image.Image:
    """Darker towards the bottom, so that white letters read on any picture."""
    ramp = Image.new("L", (1, picture.height))
    begin = picture.height * GRADIENT_FROM
    for row in range(picture.height):
        share = max(0.0, (row - begin) / (picture.height - begin))
        ramp.putpixel((0, row), round(255 * GRADIENT_DARKEST * min(1.0, share * 1.4)))
    picture.paste((0, 0, 0), (0, 0), ramp.resize(picture.size))
    return picture


def _title(lines: lettering.Fitted, width: int, height: int) -> tuple[Image.Image, tuple[int, int], Image.Image]:
    """The lettering as (picture, place, mask)."""
    x, alignment = lettering.side(lines.language, left=round(width * MARGIN), right=round(width * (1 - MARGIN)))
    y = round(height * (1 - MARGIN))
    script = lettering.document(
        lettering.dialogues(lines, x=x, y=y, alignment=alignment, outline=max(1.0, lines.size / 26)),
        width=width,
        height=height,
    )
    with tempfile.TemporaryDirectory(prefix="title-") as folder:
        path = Path(folder) / "title.ass"
        path.write_text(script, encoding="utf-8")
        fonts = ffmpeg.quoted(ffmpeg.FONTS)
        drawing = f"ass=filename={ffmpeg.quoted(path)}:fontsdir={fonts}:shaping=complex:alpha=1"
        blank = ["-f", "lavfi", "-i", f"color=c=black@0:s={width}x{height},format=rgba"]
        output = ["-frames:v", "1", "-f", "image2pipe", "-c:v", "png", "pipe:1"]
        done = ffmpeg.run([*blank, "-vf", drawing, *output], timeout_seconds=TIMEOUT_SECONDS)
    overlay = _opened(done.stdout, mode="RGBA")
    return overlay.convert("RGB"), (0, 0), overlay.getchannel("A")


def _opened(png: bytes, *, mode: str = "RGB") -> Image.Image:
    try:
        return Image.open(BytesIO(png)).convert(mode)
    except OSError as error:
        raise FootageError(_("ffmpeg gave no picture at that moment of the film."), code="bad_picture") from error


def _save(picture: Image.Image, to: Path) -> None:
    for quality in QUALITIES:
        packed = BytesIO()
        picture.save(packed, "JPEG", quality=quality, optimize=True, progressive=True)
        if packed.tell() <= MOST_BYTES:
            break
    unfinished = to.with_name(f".{to.name}.{uuid.uuid4().hex}.part")
    unfinished.write_bytes(packed.getvalue())
    unfinished.replace(to)
