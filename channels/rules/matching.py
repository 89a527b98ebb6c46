"""Which of many channels may have an edition, without judging every pair: editions alike in what a rule asks about are
judged once for all channels, and the answers are kept as sets of bits.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from datetime import datetime

from channels.rules import eligibility
from channels.rules.eligibility import ChannelFacts, EditionFacts, RightsFacts, Stopper, Window


class Matching:
    """The channels of a plan, in the order of their keys, and every judgement made of them so far."""

    def __init__(self, channels: Sequence[ChannelFacts], window: Window) -> None:
        self.channels = sorted(channels, key=lambda channel: channel.key)
        self.window = window
        self._passing: dict[tuple[str, Hashable], int] = {}
        self._spans: dict[Hashable, tuple[Window, ...]] = {}
        self._closes: dict[Hashable, datetime | None] = {}

    def passing(self, rule: str, edition: EditionFacts) -> int:
        """The channels, a bit each, at which this lasting rule does not stop the edition."""
        key = (rule, eligibility.LOOKS_AT[rule](edition))
        if key not in self._passing:
            check = eligibility.LASTING[rule]
            bits = (1 << number for number, one in enumerate(self.channels) if check(edition, one) is None)
            self._passing[key] = sum(bits)
        return self._passing[key]

    def fitting(self, edition: EditionFacts) -> Iterator[ChannelFacts]:
        """The channels at which no lasting rule stops the edition; its rights are another question."""
        left = (1 << len(self.channels)) - 1
        for rule in eligibility.LASTING:
            left &= self.passing(rule, edition)
        yield from self._of(left)

    def speaking(self, edition: EditionFacts) -> Iterator[ChannelFacts]:
        yield from self._of(self.passing(eligibility.LANGUAGE, edition))

    def _of(self, bits: int) -> Iterator[ChannelFacts]:
        while bits:
            lowest = bits & -bits
            yield self.channels[lowest.bit_length() - 1]
            bits ^= lowest

    def spans(self, edition: EditionFacts, channel: ChannelFacts, rights: Sequence[RightsFacts]) -> tuple[Window, ...]:
        """When the rights are open in every country of the channel."""
        key = (edition.drama, edition.language, channel.platform, channel.countries)
        if key not in self._spans:
            self._spans[key] = eligibility.open_spans(edition, channel, rights, self.window)
        return self._spans[key]

    def closes_at(self, edition: EditionFacts, channel: ChannelFacts, rights: Sequence[RightsFacts]) -> datetime | None:
        """When the first of the channel's countries closes, seen from the start of the window."""
        key = (edition.drama, edition.language, channel.platform, channel.countries)
        if key not in self._closes:
            self._closes[key] = eligibility.closes_at(edition, channel, rights, self.window.starts_at)
        return self._closes[key]

    def nearest(
        self, edition: EditionFacts, rights: Sequence[RightsFacts]
    ) -> tuple[ChannelFacts, list[Stopper]] | None:
        """The channel that speaks its language and breaks the fewest rules with it; None when none speaks it."""
        counted = [
            (self._broken(edition, one) + (not self.spans(edition, one, rights)), one.key, one)
            for one in self.speaking(edition)
        ]
        if not counted:
            return None
        channel = min(counted, key=lambda one: one[:2])[2]
        return channel, eligibility.stoppers(edition, channel, rights, self.window)

    def _broken(self, edition: EditionFacts, channel: ChannelFacts) -> int:
        return sum(check(edition, channel) is not None for check in eligibility.LASTING.values())
