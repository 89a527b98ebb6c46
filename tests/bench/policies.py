"""What policy packs cost at full size: judging a month's plan, and holding 10,000 queued items by one switch.

`python -m tests.bench.policies` measures on SQLite, `--postgres` on PostgreSQL; one line of JSON each.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

from tests.bench import place
from tests.bench.figures import Figure

EDITIONS, CHANNELS, QUEUED, HELD = 5000, 300, 15_000, 10_000
WORD = "Zweiundvierzig"


def figures(opens: Callable[[], AbstractContextManager[place.Place]] = place.sqlite) -> Iterator[Figure]:
    with opens() as here:
        found = _in_a_process_of_its_own(here.environment)
    yield Figure("policy_judge_15000_seconds", round(found["judge_seconds"], 2), "s", "< 2")
    yield Figure("policy_judge_15000_cpu_seconds", round(found["judge_cpu"], 2), "s")
    yield Figure("policy_judge_rules", found["rules"], "verdicts")
    yield Figure("policy_try_15000_seconds", round(found["try_seconds"], 2), "s", "< 10")
    yield Figure("policy_switch_held", found["held"], "publications", f"== {HELD}")
    yield Figure("policy_switch_hold_10000_seconds", round(found["switch_seconds"], 2), "s", "< 10")
    yield Figure("policy_switch_undo_seconds", round(found["undo_seconds"], 2), "s", "< 10")
    yield Figure("policy_switch_left_held", found["left"], "publications", "== 0")


def _in_a_process_of_its_own(environment: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.policies", "measure"],
        env=environment, capture_output=True, text=True, check=False, timeout=1200,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(" | ".join(done.stderr.strip().splitlines()[-3:]))
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


# --- in the process that measures


def measure() -> dict[str, Any]:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.management import call_command

    from config.kernel import clock
    from tests.bench import world

    call_command("migrate", verbosity=0)
    span = world.make(editions=EDITIONS, channels=CHANNELS)
    with clock.at(span.now):
        _queue(span.starts_at)
        return _judge() | _switch()


def _queue(starts_at: Any) -> None:
    """Fifteen thousand proposals: each channel shows the clips of its language, one every three hours."""
    from catalog.models import Clip
    from channels.models import Channel, Publication

    clips: dict[str, list[Any]] = {}
    for clip in Clip.objects.filter(status="ready").select_related("edition").order_by("pk"):
        clips.setdefault(clip.edition.language, []).append(clip)
    channels = list(Channel.objects.order_by("pk"))
    for channel in channels:
        taken = set(channel.publications.values_list("clip_id", flat=True))
        own = [clip for clip in clips.get(channel.language, []) if clip.pk not in taken][: QUEUED // len(channels)]
        at = [starts_at + timedelta(hours=3 * turn, minutes=7) for turn in range(len(own))]
        Publication.objects.bulk_create(
            [_proposal(channel, clip, moment) for clip, moment in zip(own, at, strict=True)], batch_size=500
        )


def _proposal(channel: Any, clip: Any, moment: Any) -> Any:
    from channels.models import Publication

    edition = clip.edition
    title = f"{edition.title} | {clip.first_episode}"
    told = {"title": title[:100], "description": f"{title}\n\n{edition.synopsis}", "tags": ["drama"]}
    return Publication(
        channel=channel, clip=clip, due_at=moment, upload_at=moment, synthetic_media=edition.synthetic_media,
        made_for_kids=edition.made_for_kids, **told,
    )  # fmt: skip


def _judge() -> dict[str, Any]:
    """As planning does it: all rows at hand, their neighbours read once."""
    from channels.models import Publication
    from channels.services import policies

    rows = list(
        Publication.objects.filter(status="proposed").select_related("channel", "clip__edition__drama").order_by("pk")
    )
    start, cpu = time.perf_counter(), time.process_time()
    judging = policies.judging(rows)
    verdicts = sum(len(judging.outcomes(row)) for row in rows)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    share = QUEUED / len(rows)
    return {"judge_seconds": seconds * share, "judge_cpu": cpu * share, "rules": verdicts}


def _switch() -> dict[str, Any]:
    from channels.models import PolicyPack, Publication
    from channels.services import policy_packs, policy_trying
    from config.kernel import clock

    keys = list(Publication.objects.filter(status="proposed").order_by("pk").values_list("pk", flat=True)[:HELD])
    for first in range(0, len(keys), 500):
        Publication.objects.filter(pk__in=keys[first : first + 500]).update(title=f"{WORD} | 1")
    rules = [{"code": "word", "kind": "banned_words", "words": [WORD]}]
    pack = PolicyPack(code="bench", name="Bench", starts_on=clock.now().date(), rules=rules)
    policy_packs.save_draft(pack, by=None)
    start = time.perf_counter()
    policy_trying.preview(pack)
    tried = time.perf_counter()
    switched = policy_packs.switch_on(pack, by=None)
    held = time.perf_counter()
    policy_packs.undo(pack, by=None)
    undone = time.perf_counter()
    left = Publication.objects.exclude(hold=None).count()
    told = {"try_seconds": tried - start, "switch_seconds": held - tried, "undo_seconds": undone - held}
    return told | {"held": switched.held, "left": left}


def main(arguments: list[str]) -> int:
    if arguments == ["measure"]:
        sys.stdout.write(f"{json.dumps(measure())}\n")
        return 0
    opens = place.postgres if "--postgres" in arguments else place.sqlite
    all_met = True
    for figure in figures(opens):
        sys.stdout.write(f"{figure.line()}\n")
        all_met = all_met and figure.met
    return 0 if all_met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
