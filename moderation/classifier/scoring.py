"""What the cues of a comment add up to: a subject and a defect close together, unless something excuses them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from moderation.classifier import lexicon, pairs
from moderation.classifier.cues import Cue
from moderation.classifier.judgement import Finding, Kind, SubClass
from moderation.classifier.pairs import Reading

FLOOR = 0.5
SURE = 0.75
_STRONG_PHRASE = 0.93
_HARD_STOP = re.compile(r"[.!?;\n。！？؟؛।|…~]+(?!\d)")
_SOFT_STOP = re.compile(r"[,،、，:-](?!\d)")
_REACH = 60
_PER_CHARACTER = 0.003
_NEGATION_GAP = 14
_PLACES = frozenset({"voice", "sound", "names", "lips", "music"})
_UNSPECIFIC = frozenset({"bad", "wrong", "gone", "lack", "fix", "frown", "cut", "raw", "misfit", "quiet", "became"})
_NEGATORS = frozenset({"not", "lack"})
_WISHED = frozenset({"gone", "lack", "raw", "fix", "became"})
_QUOTE = re.compile('"[^"\n]{1,60}"|«[^»\n]{1,60}»|[「『][^」』\n]{1,60}[」』]')


@dataclass(frozen=True)
class Verdict:
    """`silence` is how sure we are that nothing is complained about, when there are no findings."""

    findings: tuple[Finding, ...]
    silence: float


@dataclass(frozen=True)
class Scene:
    """The comment cut into clauses, with every cue in its place."""

    text: str
    cues: tuple[Cue, ...]

    @cached_property
    def breaks(self) -> list[int]:
        hard = [match.start() for match in _HARD_STOP.finditer(self.text)]
        turns = [cue.start for cue in self.cues if cue.name == "but"]
        return sorted({*hard, *turns})

    def clause(self, cue: Cue) -> int:
        return bisect_right(self.breaks, cue.start)

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(cue.name for cue in self.cues)

    def of(self, names: frozenset[str]) -> list[Cue]:
        return [cue for cue in self.cues if cue.name in names]

    def gap(self, one: Cue, other: Cue) -> int:
        """Characters between two cues; a comma counts for several, a dense script's sign for two."""
        first, second = (one, other) if one.start <= other.start else (other, one)
        between = self.text[first.end : max(first.end, second.start)]
        return len(between) + 8 * len(_SOFT_STOP.findall(between)) + (0 if between.isascii() else len(between) // 2)

    def shares_clause(self, one: Cue, other: Cue) -> bool:
        return self.clause(one) == self.clause(other)


def weigh(text: str, cues: Sequence[Cue]) -> Verdict:
    """The findings of one comment, strongest first, one per sub-class, none below FLOOR."""
    scene = Scene(text, tuple(cues))
    readings = [*_phrases(scene), *_pairs(scene)]
    strongest: dict[SubClass, float] = {}
    for reading in readings:
        confidence = _excused(scene, reading)
        strongest[reading.sub_class] = max(confidence, strongest.get(reading.sub_class, 0.0))
    findings = [
        Finding(sub_class.kind, sub_class, round(min(confidence, 0.99), 3))
        for sub_class, confidence in strongest.items()
        if confidence >= FLOOR
    ]
    findings.sort(key=_rank)
    return Verdict(tuple(findings), _silence(scene, max(strongest.values(), default=0.0)))


def together(verdicts: Sequence[Verdict]) -> Verdict:
    """What several passages of one comment say: the strongest of each finding, and no surer silence than the least."""
    strongest: dict[SubClass, Finding] = {}
    for finding in (finding for verdict in verdicts for finding in verdict.findings):
        known = strongest.get(finding.sub_class)
        if known is None or finding.confidence > known.confidence:
            strongest[finding.sub_class] = finding
    return Verdict(tuple(sorted(strongest.values(), key=_rank)), min(verdict.silence for verdict in verdicts))


def _rank(finding: Finding) -> tuple[float, bool, SubClass]:
    return (-finding.confidence, finding.kind == Kind.OTHER, finding.sub_class)


def _phrases(scene: Scene) -> list[Reading]:
    """Whole phrases that say it all: "sounds like a robot"."""
    return [
        Reading(SubClass(cue.name.removeprefix(lexicon.SAYS)), _STRONG_PHRASE, "phrase", "phrase", cue)
        for cue in scene.cues
        if cue.name.startswith(lexicon.SAYS) and not _is_denied(scene, cue)
    ]


def _pairs(scene: Scene) -> list[Reading]:
    subjects = scene.of(lexicon.SUBJECTS | lexicon.OTHERS)
    readings: list[Reading] = []
    for defect in _defects(scene, subjects):
        found = _joined(scene, defect, subjects)
        readings += found or ([] if _is_comparison(scene, defect) else pairs.alone(defect))
    if "became" in scene.names and len(_QUOTE.findall(scene.text)) > 1:
        readings.append(Reading(*pairs.QUOTED, "became", "quotes", None))
    return readings


def _is_comparison(scene: Scene, defect: Cue) -> bool:
    """True for "like a robot" and its kind: without a voice or a text named it may be said of a kiss."""
    return defect.name == "machine" and any(
        cue.name == "robot" and cue.start < defect.end and defect.start < cue.end for cue in scene.cues
    )


def _defects(scene: Scene, subjects: list[Cue]) -> list[Cue]:
    """Defect words that stand, and what a negator makes of harmless words: "not clear", "can't hear", "no subs"."""
    named = scene.of(lexicon.DEFECTS | {"fix"})
    denied = {cue: negator for cue in named if (negator := _negator(scene, cue)) is not None}
    able = {cue: negator for cue in scene.of(lexicon.ABLE) if (negator := _negator(scene, cue)) is not None}
    spent = {*denied.values(), *able.values()}
    standing = [cue for cue in named if cue not in denied and cue not in spent]
    standing += [_span(negator, cue, pairs.DENIED[cue.name]) for cue, negator in able.items()]
    for cue in subjects:
        negator = _negator_before(scene, cue, within=8)
        if negator is not None and negator.name == "not" and cue.name in lexicon.SUBJECTS:
            standing.append(Cue(negator.start, negator.end, "gone", cue.language))
    return standing


def _joined(scene: Scene, defect: Cue, subjects: list[Cue]) -> list[Reading]:
    """The defect with the subject it most likely belongs to, and with those named in one breath with it."""
    offers = [reading for subject in subjects if (reading := _offer(scene, defect, subject)) is not None]
    if not offers:
        return []
    best = max(offers, key=lambda reading: reading.confidence)
    if best.subject in lexicon.OTHERS:
        return [best]
    near = [offer for offer in offers if offer.cue is not None and _is_in_one_breath(scene, offer.cue, best.cue)]
    return near or [best]


def _offer(scene: Scene, defect: Cue, subject: Cue) -> Reading | None:
    known = pairs.TABLE.get((defect.name, subject.name))
    if known is None:
        return None
    gap, sub_class, confidence = scene.gap(defect, subject), *known
    if scene.shares_clause(defect, subject):
        if gap > _REACH * 2:
            return None
    elif gap <= _REACH:
        steps = scene.clause(subject) - scene.clause(defect)
        confidence -= 0.16 * steps if steps > 0 else -0.1 * steps
        if _has_its_own(scene, defect):
            return None
    else:
        return None
    confidence -= _PER_CHARACTER * max(0, gap - 12)
    return Reading(sub_class, confidence, defect.name, subject.name, subject)


def _has_its_own(scene: Scene, defect: Cue) -> bool:
    """True where the defect's clause names a subject that takes it."""
    return any(
        (defect.name, cue.name) in pairs.TABLE
        for cue in scene.cues
        if scene.shares_clause(cue, defect) and cue is not defect
    )


def _is_in_one_breath(scene: Scene, subject: Cue, best: Cue | None) -> bool:
    if best is None or subject is best:
        return True
    return scene.shares_clause(subject, best) and scene.gap(subject, best) <= 5


def _span(first: Cue, second: Cue, name: str) -> Cue:
    return Cue(min(first.start, second.start), max(first.end, second.end), name, second.language)


def _negator(scene: Scene, cue: Cue) -> Cue | None:
    before = _negator_before(scene, cue, within=_NEGATION_GAP)
    if before is not None or cue.language not in pairs.NEGATES_AFTER:
        return before
    for other in scene.cues:
        if other.name == "not" and 0 <= other.start - cue.end <= 8 and scene.shares_clause(other, cue):
            return other
    return None


def _negator_before(scene: Scene, cue: Cue, *, within: int) -> Cue | None:
    for other in reversed(scene.cues):
        if other.name not in _NEGATORS or other.end > cue.start or other is cue:
            continue
        if not scene.shares_clause(other, cue) or scene.gap(other, cue) > within:
            return None
        between = [c for c in scene.cues if other.end <= c.start and c.end <= cue.start and c.name != "very"]
        return None if between else other
    return None


def _is_denied(scene: Scene, cue: Cue) -> bool:
    return _negator(scene, cue) is not None


def _excused(scene: Scene, reading: Reading) -> float:
    """The reading's confidence after what the rest of the comment says for it or against it."""
    confidence, names = reading.confidence, scene.names
    if reading.sub_class.kind is Kind.OTHER:
        return confidence
    vague = reading.defect in _UNSPECIFIC
    if "elsewhere" in names:
        confidence *= 0.5
    if "plot" in names and reading.subject in _PLACES | {"none"}:
        confidence *= 0.5 if vague else 0.75
    elif "persons" in names and vague and reading.subject in _PLACES:
        confidence *= 0.9
    if "plot" in names and reading.subject == "trans" and reading.defect != "fix":
        confidence *= 0.6
    if _is_wishable(reading) and names & {"please", "tongue"}:
        confidence *= _wish(names, reading)
    if "ask" in names and (reading.subject == "none" or (vague and reading.defect not in {"gone", "lack"})):
        confidence *= 0.7
    if "fine" in names and vague:
        confidence *= 0.6
    return confidence


def _is_wishable(reading: Reading) -> bool:
    """Texts and dubs are asked for; nobody asks for a sound."""
    if reading.defect == "phrase":
        return reading.sub_class in (SubClass.MISSING_SUBTITLES, SubClass.UNTRANSLATED)
    return reading.defect in _WISHED and reading.subject not in {"voice", "sound", "lips", "music"}


def _wish(names: frozenset[str], reading: Reading) -> float:
    """A language asked for is no complaint; "please fix the subtitles" and "none since episode 3" are."""
    if reading.defect == "fix":
        return 0.4 if "tongue" in names else 1.0
    if names & {"since", "fix"} or (reading.defect == "phrase" and "tongue" not in names):
        return 1.0
    return 0.45 if "please" in names else 0.72


def _silence(scene: Scene, strongest: float) -> float:
    """A subject that nothing explains may be a complaint in words we do not know: that is for a person."""
    names = scene.names
    if strongest:
        return max(0.5, 1 - strongest)
    if not names & lexicon.SUBJECTS:
        return 0.97
    if names & {"good", "please", "tongue", "ask", "plot", "elsewhere", "fine"} or names & lexicon.DEFECTS:
        return 0.9
    return 0.7
