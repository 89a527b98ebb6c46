"""What a plan left out, clip by clip: nothing is missing without a rule that says why."""

from __future__ import annotations

from collections.abc import Iterable

from catalog.models import Clip
from catalog.rules import clip as clip_rules
from channels.rules import eligibility, remedies
from channels.rules.eligibility import Stopper
from channels.rules.planner import gaps, words
from channels.rules.planner.problem import Filled, Left, Pair
from channels.services import facts, pairing, stock
from channels.services.scene import Scene

CLIP = "clip"


def all_of(scene: Scene, filled: Filled) -> list[Left]:
    """Editions that no channel may have (that speaks for all their clips), what the planner left, and the rest."""
    settled = {one.clip for one in filled.placed} | {one.clip for one in filled.left} | scene.history.anywhere
    nowhere = [one for key, rows in scene.paired.nowhere.items() if not _is_out_already(scene, key) for one in rows]
    return [*nowhere, *filled.left, *_rest(scene, settled)]


def _is_out_already(scene: Scene, edition: int) -> bool:
    clips = scene.stock.of_edition.get(edition, [])
    return bool(clips) and all(clip.pk in scene.history.anywhere for clip in clips)


def _rest(scene: Scene, settled: set[int | None]) -> Iterable[Left]:
    pairs = pairing.by_edition(scene.pairs)
    for edition in scene.stock.edition_facts:
        if edition in scene.paired.nowhere:
            continue
        clips = scene.stock.of_edition.get(edition, [])
        if not clips:
            yield _left(edition, None, None, Stopper(CLIP, {"code": "no_clips"}))
        for clip in clips:
            if clip.pk not in settled:
                yield _why(scene, clip, pairs.get(edition, []))


def _why(scene: Scene, clip: Clip, pairs: list[Pair]) -> Left:
    if clip.status == clip_rules.Status.FAILED:
        return _left(clip.edition_id, None, clip, Stopper(CLIP, {"code": "not_cut", "why": clip.reason or "–"}))
    if clip.pk in scene.outdated:
        return _left(clip.edition_id, None, clip, Stopper(eligibility.QC, {"code": scene.outdated[clip.pk]}))
    for pair in sorted(pairs, key=lambda one: (-one.points, one.channel)):
        stopper = _of_clip(scene, clip, pair)
        if stopper:
            return _left(clip.edition_id, pair.channel, clip, stopper)
    barred = scene.paired.barred.get(clip.edition_id)
    if barred:
        first = barred[0]
        return Left(clip.edition_id, first.channel, clip.pk, first.rule, first.facts, first.remedy)
    return _left(clip.edition_id, None, clip, Stopper(CLIP, {"code": "not_offered"}))


def _of_clip(scene: Scene, clip: Clip, pair: Pair) -> Stopper | None:
    """What keeps this clip from a channel on which its edition may run."""
    channel = scene.channel_facts[pair.channel]
    found = eligibility.clip_stoppers(facts.of_clip(clip), channel)
    if found:
        return found[0]
    if clip.supersedes_id in scene.history.used.get((pair.channel, pair.edition), ()):
        return Stopper(CLIP, {"code": "mends_a_shown_one", "channel": channel.name})
    later = gaps.later_than(stock.order(clip), scene.history.had.get((pair.channel, pair.edition), ()))
    if later is None:
        return None
    code = "place_passed" if later.is_shown else "place_taken"
    until = f"{later.at:%Y-%m-%d %H:%M}"
    return Stopper(words.ORDER, {"code": code, "channel": channel.name, "later": later.label, "until": until})


def _left(edition: int, channel: int | None, clip: Clip | None, stopper: Stopper) -> Left:
    key = clip.pk if clip else None
    return Left(edition, channel, key, stopper.rule, stopper.reason, remedies.of(stopper.reason))
