"""The places viewers name: "12:34", "menit 3", "第7集", "في الثانية ١٢"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from moderation.classifier.judgement import Moment
from moderation.classifier.normalising import with_plain_digits

_SECOND = (
    r"(?:seconds?|secs?|segundos?|seg|detik|giây|giay|วินาที|सेकंड|सेकेंड|सेकण्ड|(?:ال)?ثاني[ةه]|(?:ال)?ثواني|saniye(?:de|sinde)?|sn"
    r"|secondes?|sekunden?|sek|second[oi]|секунд[аеуы]?|сек|sekund(?:a|zie|y|ę)|秒|초|s(?!\w))"
)
_MINUTE = (
    r"(?:minutes?|mins?|minutos?|menit|minit|phút|phut|นาที|मिनट|(?:ال)?دقيق[ةه]|(?:ال)?دقائق"
    r"|dakika(?:da|sında)?|dk|minuten?"
    r"|minut[oi]|минут[аеуы]?|мин|minut(?:a|cie|y|ę)|分钟|分鐘|分|분|m(?!\w))"
)
_EPISODE = (
    r"(?:episodes?|épisodes?|episodios?|episódios?|episodio|episod|episode|eps|ep|epi|epis"
    r"|cap[ií]tulos?|cap|tập|tap|ตอนที่|ตอน|एपिसोड|भाग"
    r"|(?:ال)?حلق[ةه]|bölüm\w{0,3}|bolum\w{0,3}|folge|puntata|сери[яию]|серии|эпизод[еа]?|odcin(?:ek|ku)|odc|エピソード)"
)
_ORDINAL = r"(?:\s*(?:-?\s*ke|thứ|thu|ที่|no|nº|n°|number|número|رقم)?\s*[-.:#]?\s*)"
_AT = (
    r"(?:\b(?:at|around|about|from|@|en(?: el| los)?|a los|al|alle|no|nos|aos|di|pada|lúc|luc|tại|à|ab|bei|sa"
    r"|на|в|w|po)"
    r"|@|في|عند|ที่)\s*(?:the\s+|ال)?"
)
_PLACE_AFTER = r"(?=\s*(?:的时候|的時候|时|時|处|處|那|左右|の|あたり|で|から|に|ごろ|頃|에|쯤|부분|부터|대))"

# "3 seconds late" and "10 seconds of silence" are lengths, not places.
_NO_LENGTH = (
    r"(?!\s*(?:late|early|behind|ahead|delay|of|before|after|later|too|long|off|in advance|ago|straight|per|faster"
    r"|slower))"
)
_NOT_AFTER = "".join(rf"(?<!{word} )" for word in ("for", "by", "about", "last", "every", "like", "first"))
_AND = r"\s*(?:and|y|e|et|und|dan|,|و|и)?\s*"

_CLOCK = re.compile(
    r"(?<![\d:.,/-])(?:(?P<h>\d{1,2}):)?(?P<m>\d{1,3}):(?P<s>[0-5]\d)(?![\d:]|[./-]\d)"
    r"(?!\s*(?:[ap]\.?m\b|uhr\b|wib\b|o'?clock|น\.))",
    re.IGNORECASE,
)
_SPOKEN = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\d:])(?:(?P<h>\d{{1,2}})\s*(?:h|hours?|horas?|jam|小时|小時|時間|시간)\s*)?(?P<m>\d{{1,3}})"
        rf"\s*{_MINUTE}{_AND}(?P<s>[0-5]?\d)\s*{_SECOND}",
        rf"(?<![^\W_]){_MINUTE}{_ORDINAL}(?P<m>\d{{1,3}})(?:[.,'](?P<s>[0-5]\d)"
        rf"|{_AND}{_SECOND}{_ORDINAL}(?P<t>[0-5]?\d))?(?![\d:])",
        rf"(?<![^\W_])(?:[وبف])?{_SECOND}{_ORDINAL}(?P<s>\d{{1,4}})(?![\d:])",
        rf"{_AT}(?P<s>\d{{1,4}})(?:st|nd|rd|th)?\s*{_SECOND}(?!\w)",
        rf"(?<![\w:.,]){_NOT_AFTER}(?P<s>\d{{1,4}})\s*(?:seconds?|secs?|s)(?:\s+mark)?\b{_NO_LENGTH}",
        rf"{_AT}(?P<m>\d{{1,3}})(?:st|nd|rd|th)?\s*{_MINUTE}(?!\w)",
        rf"第\s*(?P<s>\d{{1,4}})\s*秒|(?<![\d:])(?P<t>\d{{1,4}})\s*(?:秒|초){_PLACE_AFTER}",
        rf"第\s*(?P<m>\d{{1,3}})\s*分(?:钟|鐘)?|(?<![\d:])(?P<n>\d{{1,3}})\s*(?:分|분){_PLACE_AFTER}",
    )
)
_NUMERAL = r"[零〇一二三四五六七八九十百两兩]{1,5}"
_EPISODES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![^\W_\d])(?:[وبفل]|s\d{{1,2}}\s?)?(?:{_EPISODE}|e){_ORDINAL}(?P<n>\d{{1,4}})(?:\s*[-–~]\s*(?P<last>\d{{1,4}}))?(?![\d:])",
        rf"第\s*(?P<n>\d{{1,4}}|{_NUMERAL})(?:\s*[-–~到至]\s*第?(?P<last>\d{{1,4}}))?\s*(?:集|话|話|回|章|弹)",
        r"(?<![\d:.])(?P<n>\d{1,4})(?:\s*[-–~]\s*(?P<last>\d{1,4}))?\s*(?:集|话|話(?!し)|화|회)",
        rf"(?<![\d:.,])(?P<n>\d{{1,4}})(?:st|nd|rd|th|ª|º|-?й|-?я|\.|\.?\s*er)?\s*{_EPISODE}(?!\w|{_ORDINAL}\d)",
    )
)
# Shapes of pictures and scores are written like times.
_SHAPES = frozenset({"9:16", "16:10", "10:16"})
_NOT_A_TIME = re.compile(r"(?:score|ratio|aspect|format|won|win|skor|marcador|比分|比例)\W{0,3}$", re.IGNORECASE)
_CHINESE = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_SPAN_LIMIT = 20
_TOGETHER = 24
_MOST = 20


@dataclass(frozen=True)
class _Place:
    start: int
    end: int
    value: float


def find(text: str, *, clip_ms: int | None = None) -> tuple[Moment, ...]:
    """The moments in reading order, each once. A time past the end of a clip of known length is none."""
    plain = with_plain_digits(text)
    if not any(character.isdigit() for character in plain) and "第" not in plain:
        return ()
    episodes = _episodes(plain)
    times = _times(plain, taken=episodes, clip_ms=clip_ms)
    return _joined(text, times, episodes)[:_MOST]


def _times(text: str, *, taken: list[_Place], clip_ms: int | None) -> list[_Place]:
    found: list[_Place] = []
    for pattern in (_CLOCK, *_SPOKEN):
        for match in pattern.finditer(text):
            place = _Place(match.start(), match.end(), _seconds(match))
            if pattern is _CLOCK and not _is_a_time(match):
                continue
            if _is_free(place, found) and _is_free(place, taken) and (clip_ms is None or place.value * 1000 <= clip_ms):
                found.append(place)
    return sorted(found, key=lambda place: place.start)


def _seconds(match: re.Match[str]) -> float:
    named = {name: float(value) for name, value in match.groupdict().items() if value}
    minutes = named.get("m", 0.0) + named.get("n", 0.0)
    return named.get("h", 0.0) * 3600 + minutes * 60 + named.get("s", 0.0) + named.get("t", 0.0)


def _is_a_time(match: re.Match[str]) -> bool:
    if match.group() in _SHAPES or (match["h"] and int(match["m"]) > 59):
        return False
    return not _NOT_A_TIME.search(match.string[max(0, match.start() - 14) : match.start()])


def _is_free(place: _Place, taken: list[_Place]) -> bool:
    return all(place.end <= other.start or other.end <= place.start for other in taken)


def _episodes(text: str) -> list[_Place]:
    found: list[_Place] = []
    for pattern in _EPISODES:
        for match in pattern.finditer(text):
            number, last = _number(match["n"]), int(match.groupdict().get("last") or 0)
            place = _Place(match.start(), match.end(), number)
            if not number or not _is_free(place, found):
                continue
            through = last if number < last <= number + _SPAN_LIMIT else number
            found += [_Place(place.start, place.end, n) for n in range(number, through + 1)]
    return sorted(found, key=lambda place: (place.start, place.value))


def _number(written: str) -> int:
    """A number in digits or in Chinese words up to 999."""
    if written.isdigit():
        return int(written)
    total, digit = 0, 0
    for sign in written:
        if sign in "十百":
            total, digit = total + (digit or 1) * (10 if sign == "十" else 100), 0
        else:
            digit = _CHINESE[sign]
    return total + digit


def _joined(text: str, times: list[_Place], episodes: list[_Place]) -> tuple[Moment, ...]:
    """A time and an episode named side by side are one moment."""
    placed: list[tuple[int, Moment]] = []
    used: set[_Place] = set()
    for time in times:
        episode = _beside(time, episodes)
        if episode is None:
            placed.append((time.start, Moment(text[time.start : time.end].strip(), time.value, None)))
            continue
        used.add(episode)
        start, end = min(time.start, episode.start), max(time.end, episode.end)
        placed.append((start, Moment(text[start:end].strip(), time.value, int(episode.value))))
    for place in episodes:
        if place not in used:
            placed.append((place.start, Moment(text[place.start : place.end].strip(), None, int(place.value))))
    ordered = [moment for _, moment in sorted(placed, key=lambda pair: pair[0])]
    return tuple(dict.fromkeys(ordered))


def _beside(time: _Place, episodes: list[_Place]) -> _Place | None:
    def distance(place: _Place) -> int:
        return time.start - place.end if place.end <= time.start else place.start - time.end + _TOGETHER // 4

    near = [place for place in episodes if distance(place) <= _TOGETHER]
    spans = {(place.start, place.end) for place in near}
    if not near or len(near) > len(spans):
        return None
    return min(near, key=distance)
