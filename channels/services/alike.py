"""What stands near some channels with clips that look and sound like others, read by their families."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from catalog.models import Fingerprint
from channels.models import Channel, Publication
from channels.rules.alike import Group
from channels.services import policies

AT_ONCE = 5000


@dataclass(frozen=True)
class Shown:
    """A publication that counts as one of its family on its channel and in its group."""

    key: int
    clip: int
    channel: int
    group: Group
    whole: int
    at: datetime


def shown(
    wholes: Collection[int], channels: Iterable[Channel], *, since: datetime, until: datetime | None = None
) -> list[Shown]:
    """Members of these families on channels that share a language and a platform with one of `channels`.

    Nothing is asked where there are no families.
    """
    groups = {(one.language, one.platform) for one in channels}
    rows = [row for some in _portions(wholes) for row in _rows(some, groups, since=since, until=until)]
    of_clip = policies.families({clip for _key, clip, *_rest in rows}) if rows else {}
    return [
        Shown(key, clip, channel, (language, platform), of_clip[clip], at)
        for key, clip, channel, language, platform, at in rows
        if (language, platform) in groups and of_clip.get(clip) in wholes
    ]


def _rows(
    wholes: Collection[int], groups: Collection[Group], *, since: datetime, until: datetime | None
) -> Iterator[tuple[int, int, int, str, str, datetime]]:
    found = Publication.objects.filter(
        clip__in=Fingerprint.objects.filter(whole_family__in=wholes).values("clip"),
        channel__language__in={language for language, _platform in groups},
        channel__platform__in={platform for _language, platform in groups},
        status__in=policies.COUNTED,
        due_at__gt=since,
    )
    if until is not None:
        found = found.filter(due_at__lt=until)
    columns = ("pk", "clip_id", "channel_id", "channel__language", "channel__platform", "due_at")
    yield from found.order_by("due_at", "pk").values_list(*columns)


def _portions(wholes: Collection[int]) -> Iterator[list[int]]:
    keys = sorted(wholes)
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]
