"""One viewer's words: the n-th remark under a video, always the same for the same video and seed.

Viewers know nothing of the product. They complain about the sound because they heard it stop, and
name the moment as people do, or do not name it.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass

from django.conf import settings

from config.sandbox.models import Comment
from config.sandbox.viewers.lines import Lines, ar, en, es, id

LANGUAGES: dict[str, Lines] = {"en": en.LINES, "es": es.LINES, "id": id.LINES, "ar": ar.LINES}
EMOJI = ("❤️", "😭", "🔥", "😍", "😂", "👏", "💔", "🥰", "😱", "💯", "🤣", "🙏")
NAMES_THE_MOMENT = 0.6
_HELD, _ANSWERS_OTHERS = 0.02, 0.08
_MOODS = {"praise": 36, "plot": 22, "question": 14, "request": 10, "emoji": 12, "spam": 3}


@dataclass(frozen=True)
class Remark:
    text: str
    author_id: str
    author_name: str
    status: str
    likes: int
    is_reply: bool


def remark(
    *, key: str, ordinal: int, languages: list[str], silences: list[list[float]], share: float, youtube: bool
) -> Remark:
    """`languages` are the stage's own first; `share` is how many of its viewers complain of a hole."""
    chance = random.Random(f"{key}:{ordinal}")
    lines = LANGUAGES[_language(chance, languages)]
    complains = bool(silences) and chance.random() < share
    is_reply = not complains and chance.random() < _ANSWERS_OTHERS
    mood = _mood(chance, complains=complains, is_reply=is_reply)
    text = _complaint(chance, lines, silences) if complains else _words(chance, lines, mood)
    name = f"{chance.choice(lines.names)}{chance.choice(('', '_', '.'))}{chance.randrange(10_000)}"
    return Remark(
        text=text,
        author_id=_author(name, youtube=youtube),
        author_name=name,
        status=_status(chance, mood),
        likes=int(chance.paretovariate(1.2)) - 1 if chance.random() < 0.4 else 0,
        is_reply=is_reply,
    )


def _language(chance: random.Random, languages: list[str]) -> str:
    """Mostly the stage's own, sometimes the clip's, now and then English."""
    known = [one.partition("-")[0].lower() for one in languages]
    known = [one for one in known if one in LANGUAGES] or ["en"]
    roll = chance.random()
    return known[0] if roll < 0.85 else known[-1] if roll < 0.96 else "en"


def _mood(chance: random.Random, *, complains: bool, is_reply: bool) -> str:
    if complains:
        return "complaint"
    if is_reply:
        return "reply"
    if chance.random() < settings.SANDBOX_BASE_COMPLAINTS:
        return "grumble"
    return chance.choices(list(_MOODS), weights=list(_MOODS.values()))[0]


def _status(chance: random.Random, mood: str) -> str:
    roll = chance.random()
    if mood == "spam" and roll < 0.6:
        return Comment.Status.SPAM
    return Comment.Status.HELD if roll < _HELD else Comment.Status.PUBLISHED


def _words(chance: random.Random, lines: Lines, mood: str) -> str:
    if mood == "emoji":
        return chance.choice(EMOJI) * chance.randint(1, 5)
    text = chance.choice(getattr(lines, mood)).format(n=chance.randint(2, 80))
    return text if mood == "spam" else _dressed(chance, lines, text)


def _complaint(chance: random.Random, lines: Lines, silences: list[list[float]]) -> str:
    if chance.random() >= NAMES_THE_MOMENT:
        return _dressed(chance, lines, chance.choice(lines.silent))
    start, end = chance.choice(silences)
    second = int(start + chance.random() * min(2.0, end - start))
    return _dressed(chance, lines, chance.choice(lines.silent_at).format(at=_moment(chance, lines, second)))


def _moment(chance: random.Random, lines: Lines, second: int) -> str:
    minutes, rest = divmod(second, 60)
    said = chance.choice(lines.moments).format(m=minutes, s=rest, ss=f"{rest:02d}", t=second)
    if lines.digits and chance.random() < 0.4:
        said = said.translate(str.maketrans("0123456789", lines.digits))
    return said


def _dressed(chance: random.Random, lines: Lines, text: str) -> str:
    """The small things in which two people differ who say the same."""
    if chance.random() < 0.25:
        text = f"{chance.choice(lines.openers)} {text}"
    if chance.random() < 0.3:
        text = text[0].upper() + text[1:]
    roll = chance.random()
    if roll < 0.3:
        text += " " + chance.choice(EMOJI) * chance.randint(1, 3)
    elif roll < 0.45:
        text += chance.choice(("!", "!!", "...", "."))
    return text


def _author(name: str, *, youtube: bool) -> str:
    digest = hashlib.sha256(name.encode()).hexdigest()
    return "UC" + digest[:22] if youtube else digest[:36]
