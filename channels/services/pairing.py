"""Which edition may run on which channel, and what stops those that may run nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from catalog.models import Clip
from catalog.rules import clip as clip_rules
from channels.rules import closing, eligibility, posting, remedies, value
from channels.rules.completion import Learned
from channels.rules.eligibility import ChannelFacts, EditionFacts, Stopper
from channels.rules.matching import Matching
from channels.rules.planner import gaps
from channels.rules.planner.gaps import Gap
from channels.rules.planner.problem import ClipItem, Left, Pair, Reason
from channels.rules.value import Room
from channels.services import facts, stock
from channels.services.history import History
from channels.services.lanes import Ground
from channels.services.stock import Stock
from config.kernel import languages

RUN = "run"


@dataclass
class Paired:
    """`barred`: channels where an edition would be eligible, and why it may not run there all the same. `nowhere`: what
    stops each edition that no channel of the plan may have.
    """

    pairs: list[Pair] = field(default_factory=list)
    barred: dict[int, list[Left]] = field(default_factory=dict)
    nowhere: dict[int, list[Left]] = field(default_factory=dict)


@dataclass
class Pairing:
    """What pairs are made from, and the clips of each edition as each kind of account may have them."""

    stock: Stock
    matching: Matching
    history: History
    learned: Learned
    ground: Ground
    rooms: Mapping[int, Room]
    families: Mapping[int, tuple[int, int]]
    now: datetime
    _items: dict[tuple[int, str, int], tuple[ClipItem, ...]] = field(default_factory=dict)

    def all(self) -> Paired:
        found = Paired()
        for edition in self.stock.edition_facts.values():
            self._pair_up(edition, found)
        return found

    def _pair_up(self, edition: EditionFacts, found: Paired) -> None:
        rights = self.stock.rights.get(edition.drama, [])
        eligible = [one for one in self.matching.fitting(edition) if self.matching.spans(edition, one, rights)]
        for channel in eligible:
            why = self._why_barred(edition, channel)
            if why:
                found.barred.setdefault(edition.key, []).append(_left(edition, channel, why))
            else:
                found.pairs += self._pairs(edition, channel)
        if not eligible:
            found.nowhere[edition.key] = self._why_nowhere(edition)

    def _why_barred(self, edition: EditionFacts, channel: ChannelFacts) -> Stopper | None:
        why = self.history.barred(edition.key, channel.key)
        return Stopper(RUN, why) if why else self._why_no_start(edition, channel)

    def _why_no_start(self, edition: EditionFacts, channel: ChannelFacts) -> Stopper | None:
        """A run of which the channel has nothing yet is not started when its rights close too soon."""
        spans = self.matching.spans(edition, channel, self.stock.rights.get(edition.drama, []))
        ends_at = self.matching.window.ends_at
        if spans[-1].ends_at >= ends_at or self.history.used.get((channel.key, edition.key)):
            return None
        return closing.stopper(
            channel.name,
            clips=sum(one.is_ready for one in self._items_for(edition, channel)),
            times=self.ground.free[channel.key],
            spans=spans,
            gap=timedelta(hours=self.ground.channels[channel.key].drama_gap_hours),
            ends_at=ends_at,
        )

    def _pairs(self, edition: EditionFacts, channel: ChannelFacts) -> list[Pair]:
        """What goes on behind the last clip that stands, and what a run that goes on may still have between others."""
        *between, behind = self.gaps(edition, channel)
        pair = self._pair(edition, channel, behind)
        if not pair.is_running:
            return [pair]
        still = [one for one in between if one.later and not one.has_passed(self.now)]
        return [
            pair,
            *(
                replace(pair, clips=one.clips, not_before=one.not_before, not_after=one.later.at, later=one.later.label)
                for one in still
                if one.later
            ),
        ]

    def gaps(self, edition: EditionFacts, channel: ChannelFacts) -> list[Gap]:
        """The clips that the channel may post of it and has not had, by where they belong in the run."""
        return gaps.of(self._fresh(edition, channel), self.history.had.get((channel.key, edition.key), ()))

    def _pair(self, edition: EditionFacts, channel: ChannelFacts, behind: Gap) -> Pair:
        rights = self.stock.rights.get(edition.drama, [])
        is_running = self.history.is_running(edition.key, channel.key)
        worth = value.of_pair(
            edition,
            channel,
            closes_at=self.matching.closes_at(edition, channel, rights),
            is_running=is_running,
            expected=self.learned.expect(edition.genres, language=channel.language, channel=channel.key),
            room=self.rooms[channel.key],
            now=self.now,
        )
        return Pair(
            edition=edition.key,
            drama=edition.drama,
            channel=channel.key,
            platform=channel.platform,
            points=worth.points,
            reasons=worth.reasons,
            spans=self.matching.spans(edition, channel, rights),
            clips=behind.clips,
            is_running=is_running,
            not_before=behind.not_before,
        )

    # --- its clips

    def _fresh(self, edition: EditionFacts, channel: ChannelFacts) -> tuple[ClipItem, ...]:
        """What the channel may post of it and has not had, nor an older cut of it."""
        items = self._items_for(edition, channel)
        used = self.history.used.get((channel.key, edition.key))
        if not used:
            return items
        clips = self.stock.clips
        return tuple(one for one in items if one.key not in used and clips[one.key].supersedes_id not in used)

    def _items_for(self, edition: EditionFacts, channel: ChannelFacts) -> tuple[ClipItem, ...]:
        key = (edition.key, channel.platform, posting.most_ms(channel.platform, may_be_long=channel.may_be_long))
        if key not in self._items:
            self._items[key] = tuple(
                self._item(clip)
                for clip in self.stock.usable(edition.key)
                if not eligibility.clip_stoppers(facts.of_clip(clip), channel)
            )
        return self._items[key]

    def _item(self, clip: Clip) -> ClipItem:
        picture, whole = self.families.get(clip.pk, (0, 0))
        return ClipItem(
            key=clip.pk,
            label=stock.label(clip),
            order=stock.order(clip),
            is_ready=clip.status == clip_rules.Status.READY,
            picture=picture,
            whole=whole,
        )

    # --- nowhere

    def _why_nowhere(self, edition: EditionFacts) -> list[Left]:
        """Each rule that the nearest channel breaks: the one with the fewest."""
        nearest = self.matching.nearest(edition, self.stock.rights.get(edition.drama, []))
        if nearest is None:
            return self._why_unspoken(edition)
        channel, stoppers = nearest
        return [_left(edition, channel, stopper) for stopper in stoppers]

    def _why_unspoken(self, edition: EditionFacts) -> list[Left]:
        stopper = eligibility.no_channel(edition)
        near = next((one for one in self.matching.channels if _is_near(edition.language, one)), None)
        if near is None:
            return [_left(edition, None, stopper)]
        remedy: Reason = {"code": "speak", "channel": near.name, "language": edition.language}
        rest = eligibility.stoppers(
            edition,
            replace(near, also_takes=(*near.also_takes, edition.language)),
            self.stock.rights.get(edition.drama, []),
            self.matching.window,
        )
        return [
            Left(edition.key, near.key, None, stopper.rule, stopper.reason, remedy),
            *(_left(edition, near, one) for one in rest),
        ]


def _left(edition: EditionFacts, channel: ChannelFacts | None, stopper: Stopper) -> Left:
    key = channel.key if channel else None
    return Left(edition.key, key, None, stopper.rule, stopper.reason, remedies.of(stopper.reason))


def _is_near(language: str, channel: ChannelFacts) -> bool:
    """Another region of the channel's language, which it would take if it said so."""
    same = language.split("-")[0] == channel.language.split("-")[0]
    return same and not languages.differs_in_script_alone(language, channel.language)


def by_edition(pairs: Iterable[Pair]) -> dict[int, list[Pair]]:
    found: dict[int, list[Pair]] = {}
    for pair in pairs:
        found.setdefault(pair.edition, []).append(pair)
    return found
