"""What a publication says of itself: title, description, tags and caption, in the channel's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.rules.words import ClipKind
from channels.rules import text_limits
from channels.rules.words import PlatformName

ONE, SPAN, HOOK = "one", "span", "hook"

PATTERNS: Mapping[str, Mapping[str, str]] = {
    "en": {ONE: "Episode {first}", SPAN: "Episodes {first}–{last}", HOOK: "Best moments"},
    "es": {ONE: "Episodio {first}", SPAN: "Episodios {first}–{last}", HOOK: "Mejores momentos"},
    "pt": {ONE: "Episódio {first}", SPAN: "Episódios {first}–{last}", HOOK: "Melhores momentos"},
    "fr": {ONE: "Épisode {first}", SPAN: "Épisodes {first}–{last}", HOOK: "Meilleurs moments"},
    "de": {ONE: "Folge {first}", SPAN: "Folgen {first}–{last}", HOOK: "Beste Szenen"},
    "it": {ONE: "Episodio {first}", SPAN: "Episodi {first}–{last}", HOOK: "I momenti migliori"},
    "id": {ONE: "Episode {first}", SPAN: "Episode {first}–{last}", HOOK: "Momen terbaik"},
    "ms": {ONE: "Episod {first}", SPAN: "Episod {first}–{last}", HOOK: "Detik terbaik"},
    "vi": {ONE: "Tập {first}", SPAN: "Tập {first}–{last}", HOOK: "Khoảnh khắc hay nhất"},
    "th": {ONE: "ตอนที่ {first}", SPAN: "ตอนที่ {first}–{last}", HOOK: "ช่วงเด็ด"},
    "tr": {ONE: "{first}. Bölüm", SPAN: "{first}–{last}. Bölümler", HOOK: "En iyi anlar"},
    "ru": {ONE: "Серия {first}", SPAN: "Серии {first}–{last}", HOOK: "Лучшие моменты"},
    "ar": {ONE: "الحلقة {first}", SPAN: "الحلقات {first}–{last}", HOOK: "أجمل اللحظات"},
    "hi": {ONE: "एपिसोड {first}", SPAN: "एपिसोड {first}–{last}", HOOK: "सबसे अच्छे पल"},
    "ja": {ONE: "第{first}話", SPAN: "第{first}–{last}話", HOOK: "名場面"},
    "ko": {ONE: "{first}화", SPAN: "{first}–{last}화", HOOK: "명장면"},
    "zh": {ONE: "第{first}集", SPAN: "第{first}–{last}集", HOOK: "精彩看点"},
}


@dataclass(frozen=True)
class Subject:
    """What the texts speak of."""

    title: str
    synopsis: str
    kind: str
    first_episode: int
    last_episode: int
    language: str
    genres: tuple[str, ...] = ()


@dataclass(frozen=True)
class Texts:
    title: str
    description: str
    tags: tuple[str, ...]


def write(subject: Subject, *, language: str) -> Texts:
    """The texts for a channel that speaks `language`, within every limit. `<` and `>` are left out: none takes them."""
    part = part_of(subject, language=language)
    room = text_limits.YOUTUBE_TITLE - len(part) - 3
    title = f"{text_limits.fit_title(_clean(subject.title), limit=room)} | {part}"
    description = text_limits.fit_description("\n\n".join(filter(None, [title, _clean(subject.synopsis)])))
    tags = text_limits.fit_tags([_clean(subject.title), *subject.genres], reserve=["dp0123456789ab"])
    return Texts(title, description, tuple(tags))


def part_of(subject: Subject, *, language: str) -> str:
    """Which part of the drama it is, as that language says it; English where we have no words."""
    patterns = PATTERNS.get(language.split("-")[0].lower(), PATTERNS["en"])
    if subject.kind == ClipKind.HOOK:
        return patterns[HOOK]
    shape = ONE if subject.first_episode == subject.last_episode else SPAN
    return patterns[shape].format(first=subject.first_episode, last=subject.last_episode)


def caption(title: str, tags: Sequence[str], *, marker: str) -> str:
    """A TikTok caption. The marker stands where the platform's listing still shows it, after a title of any length."""
    room = text_limits.TIKTOK_LISTED_CHARACTERS - len(marker) - 2
    head = f"{text_limits.fit_title(title, limit=room)} #{marker}"
    hashtags = [f"#{''.join(tag.split())}" for tag in tags if tag.strip()]
    return text_limits.fit_caption(" ".join([head, *hashtags]))


def problems(platform: str, *, title: str, description: str, tags: Sequence[str], marker: str) -> list[str]:
    """What the platform would refuse in these texts, a sentence each."""
    if platform == PlatformName.TIKTOK:
        found = text_limits.check_tiktok(caption(title, tags, marker=marker))
    else:
        found = text_limits.check_youtube(title, description, [*tags, marker])
    return [str(problem) for problem in found]


def _clean(text: str) -> str:
    return text.replace("<", "").replace(">", "").strip()
