"""Everything a plan is made from, read once: rows become the values that the rules plan with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from catalog.models import Clip, Edition
from catalog.services import lookalikes
from channels.models import Channel
from channels.rules.eligibility import ChannelFacts, EditionFacts, RightsFacts, Window
from channels.rules.matching import Matching
from channels.rules.planner.problem import Left, Pair, Problem, Sameness
from channels.services import completion, facts, lanes, pairing, policies, stock
from channels.services.history import History
from channels.services.lanes import Ground
from channels.services.pairing import Paired
from channels.services.stock import Stock
from config.kernel import clock

# More keys than a database takes in one question.
AT_ONCE = 20_000


@dataclass
class Scene:
    """The problem to be solved, and what was left out before it came to that."""

    window: Window
    channels: dict[int, Channel]
    channel_facts: dict[int, ChannelFacts]
    stock: Stock
    history: History
    ground: Ground
    paired: Paired
    matching: Matching
    sameness: Sameness
    now: datetime
    families: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    releasing: frozenset[int] = frozenset()

    @property
    def editions(self) -> dict[int, Edition]:
        return self.stock.editions

    @property
    def edition_facts(self) -> dict[int, EditionFacts]:
        return self.stock.edition_facts

    @property
    def clips(self) -> dict[int, Clip]:
        return self.stock.clips

    @property
    def rights(self) -> dict[int, list[RightsFacts]]:
        return self.stock.rights

    @property
    def outdated(self) -> dict[int, str]:
        return self.stock.outdated

    @property
    def pairs(self) -> list[Pair]:
        return self.paired.pairs

    @property
    def left(self) -> list[Left]:
        """Editions that no channel of the plan may have, each with the rules of the nearest one."""
        return [one for rows in self.paired.nowhere.values() for one in rows]

    def problem(self) -> Problem:
        return Problem(
            tuple(pair for pair in self.pairs if pair.clips),
            tuple(lanes.lanes(self.ground, families=self.families)),
            tuple(lanes.budgets(self.channels.values(), releasing=self.releasing)),
            sameness=self.sameness,
            now=self.now,
        )


def read(window: Window, channels: Iterable[Channel], *, releasing: Collection[int] = ()) -> Scene:
    """Everything a plan of these channels is made from. Publications in `releasing` are read as if they were not
    there: their slots, their clips and their share of the quota are free.
    """
    now = clock.now()
    rows = {channel.pk: channel for channel in sorted(channels, key=lambda row: row.pk)}
    given = {key: facts.of_channel(row) for key, row in rows.items()}
    limits = policies.limits(given.values(), window)
    held = stock.read()
    history = History(given.values(), releasing)
    ground = lanes.read(window, rows, releasing=releasing, limits=limits)
    families = _families({*held.clips, *(one.clip for row in ground.standing.values() for one in row)})
    matching = Matching(list(given.values()), window)
    paired = pairing.Pairing(
        held,
        matching,
        history,
        completion.learned(now=window.starts_at),
        ground,
        {key: ground.room(key) for key in rows},
        families,
        window.starts_at,
    ).all()
    return Scene(
        window,
        rows,
        given,
        held,
        history,
        ground,
        paired,
        matching,
        limits.sameness,
        now,
        families,
        frozenset(releasing),
    )


def _families(clips: Collection[int]) -> dict[int, tuple[int, int]]:
    """clip → the family that looks like it and the one that looks and sounds like it; not those that stand alone."""
    found: dict[int, tuple[int, int]] = {}
    keys = sorted(clips)
    for start in range(0, len(keys), AT_ONCE):
        alike = lookalikes.families(keys[start : start + AT_ONCE])
        found |= {key: (one.picture, one.whole) for key, one in alike.items() if one.picture or one.whole}
    return found


def active(channels: Sequence[Channel] | None) -> list[Channel]:
    """The channels to plan for: those given, or all that are active; with what the rules ask of them."""
    rows = Channel.objects.active() if channels is None else Channel.objects.filter(pk__in=[row.pk for row in channels])
    rows = rows.select_related("api_client").defer("api_client__client_secret")
    return list(rows.prefetch_related("rules", "genres").order_by("pk"))
