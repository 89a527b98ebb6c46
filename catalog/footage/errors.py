"""What can go wrong between us and a film: one error, told apart by its code.

Codes: `unreadable` (not a film we can open), `no_video`, `no_audio`, `cut_out_of_range` (a cut that the file does not
hold), `bad_recipe`, `bad_film` (a demo film nobody can shoot), `bad_picture`, `script_unsupported` (no bundled font can
draw the text), `ffmpeg_missing`, `ffmpeg_failed`, `ffmpeg_timeout`, `render_inexact`.
"""

from __future__ import annotations

from config.kernel.errors import ProductError


class FootageError(ProductError):
    """A film could not be read, cut, drawn or heard; nothing was written under its final name."""

    code = "footage_error"
