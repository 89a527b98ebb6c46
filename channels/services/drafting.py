"""Writing a plan down: all of it or nothing, and only while what it was made from still stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _

from catalog.models import Clip
from channels.models import ApiClient, Channel, NotPlaced, Plan, Preflight, Publication, Run
from channels.rules import posting, texts
from channels.rules.planner.problem import Left, Pair, Placed, Reason
from channels.rules.texts import Texts
from channels.rules.words import Stage
from channels.services import policies, preflight
from channels.services.history import GOING
from channels.services.scene import Scene
from config.kernel import clock
from config.kernel.errors import Invalid

BATCH = 1000


def check_unchanged(scene: Scene, placed: Sequence[Placed]) -> None:
    """Raises Invalid when another plan or a person placed something meanwhile that this plan could not count.

    To be called in the transaction that writes: the API clients stay locked until it ends, so that two plans, or a plan
    and a move by hand, come one after the other.
    """
    platforms = {row.platform for row in scene.channels.values()}
    clients = ApiClient.objects.filter(platform__in=platforms).order_by("pk").select_for_update(no_key=True)
    list(clients.values_list("pk", flat=True))
    if scene.ground.came_since() or _runs_came(scene, placed):
        raise Invalid(_("Another plan took some of these slots or clips meanwhile; plan again."), retryable=True)


def _runs_came(scene: Scene, placed: Iterable[Placed]) -> bool:
    wanted = {(one.edition, scene.channels[one.channel].platform) for one in placed}
    rows = Run.objects.filter(status__in=GOING, edition__drama__retired_at=None).order_by()
    return any(
        (edition, platform) in wanted and channel not in scene.history.going(edition, platform)
        for edition, channel, platform in rows.values_list("edition_id", "channel_id", "channel__platform")
    )


def write(
    plan: Plan,
    scene: Scene,
    *,
    runs: Sequence[Pair],
    placed: Sequence[Placed],
    extras: dict[tuple[int, int], list[str]],
) -> None:
    """The publications with their runs, their checks and their history. To be called within one transaction."""
    kept = _write_runs(runs, placed)
    writer = _Writer(plan, scene, kept, extras)
    rows = Publication.objects.bulk_create([writer.publication(one) for one in placed], batch_size=BATCH)
    _write_history(plan)
    judging = policies.judging(rows)
    Preflight.objects.bulk_create([_check(scene, row, judging) for row in rows], batch_size=BATCH)


def _write_history(plan: Plan) -> None:
    """The first line of each publication's history, copied by the database: tens of thousands in one statement."""
    kept = Publication.history.model
    own = {field.column for field in Publication._meta.concrete_fields}
    columns = [field.column for field in kept._meta.concrete_fields if field.column in own]
    now = connection.ops.adapt_datetimefield_value(clock.now())
    given = {"history_date": now, "history_type": "+", "history_user_id": None, "history_change_reason": None}
    quoted = connection.ops.quote_name
    into = ", ".join(map(quoted, [*columns, *given]))
    chosen = ", ".join([*map(quoted, columns), *["%s"] * len(given)])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quoted(kept._meta.db_table)} ({into}) "  # noqa: S608
            f"SELECT {chosen} FROM {quoted(Publication._meta.db_table)} WHERE plan_id = %s ORDER BY id",
            [*given.values(), plan.pk],
        )


def write_left(plan: Plan, left: Iterable[Left]) -> None:
    rows = (
        NotPlaced(
            plan=plan,
            edition_id=one.edition,
            clip_id=one.clip,
            channel_id=one.channel,
            rule=one.rule,
            facts=dict(one.facts),
            remedy=dict(one.remedy or {}),
        )
        for one in left
    )
    NotPlaced.objects.bulk_create(rows, batch_size=BATCH)


def _write_runs(runs: Sequence[Pair], placed: Iterable[Placed]) -> dict[tuple[int, int], Run]:
    used = {(one.edition, one.channel) for one in placed}
    channels = {channel for _edition, channel in used}
    found = {(row.edition_id, row.channel_id): row for row in Run.objects.filter(channel__in=channels)}
    fresh = [
        Run(channel_id=pair.channel, edition_id=pair.edition, reasons=list(pair.reasons))
        for pair in runs
        if (pair.edition, pair.channel) in used and (pair.edition, pair.channel) not in found
    ]
    for row in Run.objects.bulk_create(fresh, batch_size=BATCH):
        found[row.edition_id, row.channel_id] = row
    return found


class _Writer:
    """Makes publications; texts that would come out the same are written once."""

    def __init__(
        self, plan: Plan, scene: Scene, runs: dict[tuple[int, int], Run], extras: dict[tuple[int, int], list[str]]
    ) -> None:
        self.plan, self.scene, self.runs, self.extras = plan, scene, runs, extras
        self._texts: dict[tuple[object, ...], Texts] = {}

    def publication(self, placed: Placed) -> Publication:
        channel, clip = self.scene.channels[placed.channel], self.scene.clips[placed.clip]
        written = self._written(clip, channel.language)
        return Publication(
            channel=channel,
            clip=clip,
            run=self.runs[placed.edition, placed.channel],
            plan=self.plan,
            due_at=placed.at,
            upload_at=posting.upload_at(channel.platform, placed.at),
            reasons=[self._told(one, placed, channel) for one in placed.reasons],
            wanted_extras=self.extras[placed.channel, placed.clip],
            title=written.title,
            description=written.description,
            tags=list(written.tags),
            made_for_kids=clip.edition.made_for_kids,
            synthetic_media=clip.edition.synthetic_media,
        )

    @staticmethod
    def _told(reason: Reason, placed: Placed, channel: Channel) -> Reason:
        """The planner knows an hour by its points; whether it is one of the best is the channel's to say."""
        if reason.get("code") != "slot" or not channel.best_hours:
            return reason
        is_best = placed.at.astimezone(ZoneInfo(channel.time_zone)).hour in channel.best_hours
        return {**reason, "code": "best_slot"} if is_best else reason

    def _written(self, clip: Clip, language: str) -> Texts:
        key = (clip.edition_id, clip.kind, clip.first_episode, clip.last_episode, language)
        if key not in self._texts:
            self._texts[key] = texts.write(_subject(self.scene, clip), language=language)
        return self._texts[key]


def _subject(scene: Scene, clip: Clip) -> texts.Subject:
    edition = clip.edition
    return texts.Subject(
        title=edition.title,
        synopsis=edition.synopsis,
        kind=clip.kind,
        first_episode=clip.first_episode,
        last_episode=clip.last_episode,
        language=edition.language,
        genres=tuple(sorted(scene.edition_facts[edition.pk].genres)),
    )


def _check(scene: Scene, row: Publication, judging: policies.Judging) -> Preflight:
    edition = scene.edition_facts[row.clip.edition_id]
    outcomes = preflight.judge(
        row,
        edition=edition,
        channel=scene.channel_facts[row.channel_id],
        rights=scene.rights.get(edition.drama, []),
        outdated=scene.outdated.get(row.clip_id, ""),
        stage=Stage.PLANNED,
        judging=judging,
    )
    return preflight.row_of(row, outcomes, stage=Stage.PLANNED)
