"""Where a title may be broken into lines, also in scripts that put no space between words."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

# What a break costs, next to the square of the share of a line that is left empty.
AT_SPACE, AFTER_SIGN, BETWEEN_IDEOGRAPHS, BEFORE_SYLLABLE, INSIDE_WORD = 0.0, 0.0, 0.15, 0.15, 4.0

NOT_FIRST = frozenset(
    "、。，．・：；！？!?,.:;）)］]｝}」』》〉】〕”’…—～〜ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ々ゝゞ％%ๆฯะาๅำ"
)
NOT_LAST = frozenset("（(［[｛{「『《〈【〔“‘￥$¥")
SIGNS = frozenset("、。，．：；！？!?,:;）」』》〉】〕…")
THAI_LEADING = frozenset("เแโใไ")
VIRAMAS = frozenset("\u094d\u09cd\u0acd\u0bcd\u0c4d\u0ccd\u0d4d")
JOINERS = frozenset("\u200c\u200d")


def clusters(text: str) -> list[str]:
    """The text in pieces that no line break may ever split: a letter with its marks, a conjunct."""
    pieces: list[str] = []
    for char in text:
        if pieces and _continues(pieces[-1], char):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def wrapped(
    pieces: Sequence[str], widths: Sequence[float], *, limit: float, most_lines: int, dearest: float = INSIDE_WORD
) -> list[str] | None:
    """Lines no wider than `limit`, as even as they can be, broken at no cost above `dearest`. None when too many.

    The fewest lines win; among those the layout with the least cost.
    """
    for lines in range(1, most_lines + 1):
        cuts = _best_cuts(pieces, widths, limit=limit, lines=lines, dearest=dearest)
        if cuts is not None:
            ends = [*cuts, len(pieces)]
            return ["".join(pieces[a:b]).strip() for a, b in zip([0, *cuts], ends, strict=True)]
    return None


def break_cost(before: str, after: str, *, earlier: str = "") -> float | None:
    """What it costs to break between two clusters; None where a line must not end or begin so.

    `earlier` is the cluster in front of `before`: a sign behind an ideograph ends a phrase, one behind a digit may not.
    """
    if after == " " or after[0] in NOT_FIRST or before[-1] in NOT_LAST:
        return None
    if before == " ":
        return AT_SPACE
    if before in SIGNS and earlier and _is_ideograph(earlier[0]):
        return AFTER_SIGN
    if _is_ideograph(before[0]) or _is_ideograph(after[0]):
        return BETWEEN_IDEOGRAPHS
    if before[0] in THAI_LEADING:
        return None
    if after[0] in THAI_LEADING:
        return BEFORE_SYLLABLE
    return INSIDE_WORD


def _continues(before: str, char: str) -> bool:
    if before == " " or char == " ":
        return False
    if unicodedata.category(char) in {"Mn", "Mc", "Me"} or char in JOINERS or char == "ำ":
        return True
    last = before[-1]
    return last in VIRAMAS or last == "\u200d"


def _is_ideograph(char: str) -> bool:
    return (
        "\u2e80" <= char <= "\u9fff"
        or "\uf900" <= char <= "\ufaff"
        or "\uff00" <= char <= "\uff65"
        or char > "\U0001ffff"
    )


def _best_cuts(
    pieces: Sequence[str], widths: Sequence[float], *, limit: float, lines: int, dearest: float
) -> list[int] | None:
    """Dynamic programme over (line, end): the cheapest places to cut into exactly `lines` lines."""
    best: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
    for line in range(lines):
        reached: dict[int, tuple[float, list[int]]] = {}
        for start, (cost, cuts) in best.items():
            used = 0.0
            for end in range(start + 1, len(pieces) + 1):
                used += widths[end - 1]
                if used - (widths[end - 1] if pieces[end - 1] == " " else 0) > limit:
                    break
                price = _price(pieces, end, is_last=line == lines - 1)
                if price is None or price > dearest:
                    continue
                total = cost + price + (1 - used / limit) ** 2
                if end not in reached or total < reached[end][0]:
                    reached[end] = (total, [*cuts, end])
        best = reached
    return best[len(pieces)][1][:-1] if len(pieces) in best else None


def _price(pieces: Sequence[str], end: int, *, is_last: bool) -> float | None:
    if end == len(pieces):
        return 0.0 if is_last else None
    return None if is_last else break_cost(pieces[end - 1], pieces[end], earlier=pieces[end - 2] if end > 1 else "")
