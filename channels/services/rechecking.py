"""How the rules come out for several publications at the times that they would have together, read once for all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from channels.models import Publication
from channels.rules.preflight import Outcome
from channels.rules.words import Stage
from channels.services import affected, facts, policies, preflight


class Recheck:
    """The facts of these rows, read in a fixed number of queries; `outcomes` may be asked again of fewer of them."""

    def __init__(self, rows: Sequence[Publication]) -> None:
        clips = {row.clip_id: row.clip for row in rows}
        keys = {clip.edition_id for clip in clips.values()}
        versions = facts.releasable_versions(keys)
        self.editions = affected.editions(keys)
        self.rights = facts.rights_of({one.drama for one in self.editions.values()})
        self.outdated = facts.outdated_clips(list(clips.values()), versions)
        self.channels = {row.channel_id: facts.of_channel(row.channel) for row in _one_of_each_channel(rows)}
        self.book = policies.book()

    def outcomes(self, rows: Sequence[Publication], times: Mapping[int, datetime]) -> dict[int, list[Outcome]]:
        """publication → how each rule comes out at its time in `times`, with all of `rows` at theirs."""
        with _at(rows, times):
            judging = policies.judging(rows, book_=self.book, both_ways=True)
            return {row.pk: self._judge(row, judging) for row in rows}

    def _judge(self, row: Publication, judging: policies.Judging) -> list[Outcome]:
        edition = self.editions[row.clip.edition_id]
        return preflight.judge(
            row,
            edition=edition,
            channel=self.channels[row.channel_id],
            rights=self.rights.get(edition.drama, []),
            outdated=self.outdated.get(row.clip_id, ""),
            stage=Stage.PLANNED,
            judging=judging,
        )


def _one_of_each_channel(rows: Iterable[Publication]) -> Iterable[Publication]:
    return {row.channel_id: row for row in rows}.values()


@contextmanager
def _at(rows: Sequence[Publication], times: Mapping[int, datetime]) -> Iterator[None]:
    before = {row.pk: row.due_at for row in rows}
    for row in rows:
        row.due_at = times[row.pk]
    try:
        yield
    finally:
        for row in rows:
            row.due_at = before[row.pk]
