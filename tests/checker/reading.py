"""The database as the checker's rows, by its own queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from catalog.models import Clip, Edition, EditionVersion, Master, Rights, Segment
from channels.models import ApiClient, Channel, Plan, PolicyPack, PostingRule, Publication, QuotaWindow, Run
from tests.checker import rows

PACIFIC = "America/Los_Angeles"
# platforms/youtube.md 1.1: per project and day, at midnight there. platforms/tiktok.md: posts an account, any 24 hours.
YOUTUBE_UPLOADS, YOUTUBE_UNITS, TIKTOK_POSTS = 100, 10_000, 15


def publications() -> tuple[rows.ItemRow, ...]:
    """Every publication as it stands: taken before a plan is made, to be compared with afterwards."""
    return _items(frozenset())


def world(
    *,
    now: datetime,
    starts_at: datetime,
    ends_at: datetime,
    plans: Iterable[Plan] = (),
    before: tuple[rows.ItemRow, ...] = (),
    families: Mapping[int, int] | None = None,
) -> rows.World:
    """`plans`: those that are judged. `families`: clip → its family of clips that look and sound the same."""
    binding = list(_binding_rules(starts_at, ends_at))
    clients = {client.pk: client for client in ApiClient.objects.all()}
    judged = frozenset(plan.pk for plan in plans)
    return rows.World(
        now=now,
        starts_at=starts_at,
        ends_at=ends_at,
        clients={key: _client(client) for key, client in clients.items()},
        channels=_channels(clients),
        editions=_editions(),
        clips=_clips(families or {}),
        rights=tuple(_rights()),
        items=_items(judged),
        runs=tuple(
            rows.RunRow(*found)
            for found in Run.objects.exclude(channel__status="retired").values_list(
                "edition_id", "channel_id", "status"
            )
        ),
        before=before,
        spent=_spent(now),
        likeness=tuple(_likeness(binding)),
        paces=tuple(_paces(binding)),
    )


def _client(client: ApiClient) -> rows.ClientRow:
    is_youtube = client.platform == "youtube"
    return rows.ClientRow(
        key=client.pk,
        name=client.name,
        zone=PACIFIC if is_youtube else "UTC",
        uploads=client.limits.get("uploads", YOUTUBE_UPLOADS) if is_youtube else None,
        units=client.limits.get("units", YOUTUBE_UNITS) if is_youtube else None,
    )


def _channels(clients: Mapping[int, ApiClient]) -> dict[int, rows.ChannelRow]:
    rules: dict[int, list[tuple[tuple[int, ...], tuple[str, ...]]]] = defaultdict(list)
    for channel, days, times in PostingRule.objects.filter(is_on=True).values_list("channel_id", "weekdays", "times"):
        rules[channel].append((tuple(days), tuple(times)))
    genres = _genres(Channel.genres.through.objects.values_list("channel_id", "genre__slug"))
    return {
        row.pk: rows.ChannelRow(
            key=row.pk,
            name=row.name,
            platform=row.platform,
            client=row.api_client_id,
            language=row.language,
            also_takes=tuple(row.also_takes),
            countries=tuple(row.countries),
            zone=row.time_zone,
            daily_cap=row.daily_cap,
            gap=timedelta(hours=row.drama_gap_hours),
            rules=tuple(rules[row.pk]),
            genres=genres[row.pk],
            tiers=frozenset(row.tiers),
            most_age=row.most_age_rating,
            takes_ai=row.takes_ai,
            is_active=row.status == "active",
            may_be_long=row.can_upload_long is True,
            posts=clients[row.api_client_id].limits.get("posts", TIKTOK_POSTS) if row.platform == "tiktok" else None,
        )
        for row in Channel.objects.all()
    }


def _genres(pairs: Iterable[tuple[int, str]]) -> dict[int, frozenset[str]]:
    found: dict[int, frozenset[str]] = defaultdict(frozenset)
    for key, slug in pairs:
        found[key] |= {slug}
    return found


def _editions() -> dict[int, rows.EditionRow]:
    genres = _genres(Edition.drama.field.related_model.genres.through.objects.values_list("drama_id", "genre__slug"))
    released = set(EditionVersion.objects.filter(status="releasable").values_list("edition_id", flat=True))
    return {
        row.pk: rows.EditionRow(
            key=row.pk,
            drama=row.drama_id,
            language=row.language,
            tier=row.drama.tier,
            age=row.drama.age_rating,
            origin=row.drama.origin,
            genres=genres[row.drama_id],
            is_released=row.pk in released,
            ai_answered=row.synthetic_media is not None,
            is_retired=row.drama.retired_at is not None,
        )
        for row in Edition.objects.select_related("drama")
    }


def _clips(families: Mapping[int, int]) -> dict[int, rows.ClipRow]:
    outdated = _outdated()
    return {
        row["pk"]: rows.ClipRow(
            key=row["pk"],
            edition=row["edition_id"],
            kind=row["kind"],
            first=row["first_episode"],
            last=row["last_episode"],
            status=row["status"],
            duration_ms=row["duration_ms"],
            size_bytes=row["size_bytes"],
            width=row["width"],
            height=row["height"],
            is_outdated=row["pk"] in outdated,
            supersedes=row["supersedes_id"],
            whole=families.get(row["pk"], 0),
        )
        for row in Clip.objects.order_by("pk").values(
            "pk", "edition_id", "kind", "first_episode", "last_episode", "status", "duration_ms", "size_bytes",
            "width", "height", "supersedes_id",
        )
    }  # fmt: skip


def _outdated() -> set[int]:
    """Clips that a newer one mends, and those that show bytes which the releasable version does not have."""
    mended = Clip.objects.exclude(supersedes=None).exclude(status="retired").values_list("supersedes_id", flat=True)
    present: dict[int, set[str]] = defaultdict(set)
    current = Master.objects.filter(version__status="releasable")
    for edition, checksum in current.values_list("version__edition_id", "sha256"):
        present[edition].add(checksum)
    shown = Segment.objects.values_list("clip_id", "clip__edition_id", "master__sha256")
    stale = {clip for clip, edition, checksum in shown.iterator() if checksum not in present[edition]}
    return stale | {key for key in mended if key is not None}


def _rights() -> Iterable[rows.RightsRow]:
    for row in Rights.objects.all():
        yield rows.RightsRow(
            row.drama_id,
            tuple(row.territories),
            tuple(row.platforms),
            tuple(row.languages),
            row.opens_at,
            row.closes_at,
        )


def _items(judged: frozenset[int]) -> tuple[rows.ItemRow, ...]:
    found = Publication.objects.order_by("pk").values_list(
        "pk", "channel_id", "clip_id", "due_at", "upload_at", "status", "is_pinned", "replaces_id", "plan_id",
        "wanted_extras",
    )  # fmt: skip
    return tuple(
        rows.ItemRow(
            key=key,
            channel=channel,
            clip=clip,
            due_at=due_at,
            upload_at=upload_at,
            status=status,
            is_new=plan in judged,
            is_pinned=is_pinned,
            replaces=replaces,
            extras=tuple(extras or ()),
        )
        for key, channel, clip, due_at, upload_at, status, is_pinned, replaces, plan, extras in found
    )


def _spent(now: datetime) -> dict[tuple[int, date], int]:
    """Uploads that the ledger has on its open pages."""
    open_now = QuotaWindow.objects.filter(bucket="uploads", channel=None, opens_at__lte=now, closes_at__gt=now)
    today = now.astimezone(ZoneInfo(PACIFIC)).date()
    return {(client, today): spent for client, spent in open_now.values_list("api_client_id", "spent")}


# --- policy packs


def _binding_rules(starts_at: datetime, ends_at: datetime) -> Iterable[tuple[PolicyPack, dict[str, Any]]]:
    """The rules of packs that are on in these days; those that only warn bind nobody."""
    for pack in PolicyPack.objects.filter(status="on", starts_on__lte=ends_at.date()):
        if pack.ends_on is None or pack.ends_on >= starts_at.date():
            yield from ((pack, rule) for rule in pack.rules if rule.get("severity", "hold") != "warn")


def _likeness(binding: Iterable[tuple[PolicyPack, dict[str, Any]]]) -> Iterable[rows.Likeness]:
    found = [
        rows.Likeness(rule["days"], rule["most_per_language"], rule["most_per_channel"], pack.platform)
        for pack, rule in binding
        if rule["kind"] == "sameness"
    ]
    return found or [rows.Likeness()]


def _paces(binding: Iterable[tuple[PolicyPack, dict[str, Any]]]) -> Iterable[rows.Pace]:
    for pack, rule in binding:
        if rule["kind"] == "cadence":
            yield rows.Pace(
                pack.platform,
                tuple(pack.countries),
                tuple(pack.languages),
                rule.get("most_per_day"),
                rule.get("most_per_hour"),
                timedelta(minutes=rule.get("gap_minutes", 0)),
            )
