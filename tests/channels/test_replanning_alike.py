"""Look-alikes and the policy packs' pace, where a change looks for another time and where a person chooses one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Fingerprint
from catalog.services import lookalikes
from channels.models import PolicyPack, Publication
from channels.services import changing, moving, replanning
from channels.services.causes import Cause
from config.kernel.errors import Invalid
from tests.channels import stage
from tests.conftest import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "youtube", "tiktok")]
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
EVENING = timedelta(hours=6)


@pytest.fixture
def boss():
    return User.objects.create_user("boss")


def a_clip(code):
    return stage.a_clip(stage.an_edition(stage.a_drama(code)))


def in_one_family(*rows):
    first = rows[0].clip
    for row in rows:
        Fingerprint.objects.create(
            clip=row.clip,
            version=lookalikes.VERSION,
            serial=row.clip_id,
            picture_family=first.pk,
            whole_family=first.pk,
        )


def a_pack(**params):
    rule = {"code": "rule", "why": "because"} | params
    return PolicyPack.objects.create(
        code="own", version=1, rules=[rule], starts_on=date(2020, 1, 1), status="on", switched_at=NOON
    )


def stand(channel, code, due_in, **more):
    return stage.a_publication(channel, a_clip(code), due_in=due_in, **more)


def proposed(channel):
    """publication → its new time, when the channel no longer posts at some of its times."""
    plan = replanning.propose(Cause("channel_rules", channel.pk))
    return plan, {line.publication_id: line.to_at for line in plan.changes.all()}


def codes(plan, row):
    return [one["code"] for one in plan.changes.get(publication=row).reasons]


# --- proposed


def test_a_change_puts_no_clip_beside_one_of_its_channel_that_looks_like_it():
    channel = stage.a_channel(times=["20:00"])
    shown = stand(channel, "DR-1", -8 * DAY, status="published", external_id="seen", published_at=NOON - 8 * DAY)
    row = stand(channel, "DR-2", 5 * DAY + EVENING, status="proposed")
    assert proposed(channel)[1] == {row.pk: NOON + 5 * DAY + 8 * HOUR}
    in_one_family(shown, row)
    assert proposed(channel)[1] == {row.pk: NOON + 6 * DAY + 8 * HOUR}


def test_what_other_channels_of_the_language_show_counts_and_other_languages_do_not():
    channel = stage.a_channel(times=["20:00"])
    others = [stand(stage.a_channel(f"Other {n}"), f"DR-{n}", 6 * DAY, status="proposed") for n in (1, 2)]
    row = stand(channel, "DR-9", 5 * DAY + EVENING, status="proposed")
    in_one_family(*others, row)
    plan, moved = proposed(channel)
    assert moved == {row.pk: None}
    assert "change_no_room_sameness" in codes(plan, row)
    others[0].channel.language = "pt-BR"
    others[0].channel.save()
    assert proposed(channel)[1] == {row.pk: NOON + 5 * DAY + 8 * HOUR}


def test_a_change_goes_no_faster_than_the_policy_packs():
    channel = stage.a_channel(times=["20:00", "20:30"], daily_cap=9)
    stand(channel, "DR-1", 5 * DAY + 8 * HOUR, status="proposed", is_pinned=True)
    row = stand(channel, "DR-2", 5 * DAY + EVENING, status="proposed")
    assert proposed(channel)[1] == {row.pk: NOON + 5 * DAY + 8 * HOUR + 30 * MINUTE}
    a_pack(kind="cadence", gap_minutes=45)
    assert proposed(channel)[1] == {row.pk: NOON + 4 * DAY + 8 * HOUR + 30 * MINUTE}


@pytest.mark.parametrize("pace", [{"most_per_day": 1}, {"most_per_hour": 1}], ids=lambda pace: next(iter(pace)))
def test_the_posts_of_a_day_and_of_an_hour_are_counted(pace):
    channel = stage.a_channel(times=["20:00", "20:30"], daily_cap=9)
    for day in range(13):
        stand(channel, f"DR-1{day}", day * DAY + 8 * HOUR, status="proposed", is_pinned=True)
    row = stand(channel, "DR-2", 5 * DAY + EVENING, status="proposed")
    a_pack(kind="cadence", **pace)
    assert proposed(channel)[1][row.pk] == NOON + 13 * DAY + 8 * HOUR


def test_where_the_packs_leave_no_time_at_all_the_line_says_so():
    channel = stage.a_channel(times=["20:00"], daily_cap=9)
    for day in range(6):
        stand(channel, f"DR-1{day}", day * DAY + HOUR, status="proposed", is_pinned=True)
    row = stand(channel, "DR-2", 5 * DAY + EVENING, status="proposed")
    following = stage.a_clip(row.clip.edition, 2)
    stage.a_publication(channel, following, due_in=6 * DAY, status="proposed", is_pinned=True)
    a_pack(kind="cadence", gap_minutes=60 * 24)
    plan, moved = proposed(channel)
    assert (moved[row.pk], "change_no_room_pace" in codes(plan, row)) == (None, True)


def test_a_run_that_goes_elsewhere_is_no_look_alike_of_itself():
    channel, _home = stage.a_channel("Here"), stage.a_channel("There", times=["20:00"])
    third = stand(stage.a_channel("Third", times=[], connected=False, status="paused"), "DR-1", 3 * DAY)
    row = stand(channel, "DR-2", DAY + EVENING)
    in_one_family(third, row)
    channel.status = "paused"
    channel.save()
    plan = replanning.propose(Cause("channel_paused", channel.pk, elsewhere=True))
    assert plan.summary["changes"] == {"moved": 0, "dropped": 1, "added": 1}


def test_a_proposal_takes_as_many_queries_for_many_look_alikes_as_for_few():
    channel, other = stage.a_channel(times=["20:00"]), stage.a_channel("Other")
    cause = Cause("channel_rules", channel.pk)

    def pairs(*days):
        for day in days:
            one = stand(channel, f"DR-1{day}", day * DAY + EVENING, status="proposed")
            in_one_family(one, stand(other, f"DR-2{day}", day * DAY, status="proposed"))

    pairs(0, 1)
    with CaptureQueriesContext(connection) as few:
        assert replanning.propose(cause, by=User.objects.create_user("a")).changes.count() == 2
    pairs(*range(2, 9))
    with CaptureQueriesContext(connection) as many:
        assert replanning.propose(cause, by=User.objects.create_user("b")).changes.count() == 9
    assert len(many) <= len(few)


# --- applied


def test_a_line_that_would_stand_beside_a_new_look_alike_is_refused_and_says_which(boss):
    channel = stage.a_channel(times=["20:00"])
    row = stand(channel, "DR-2", 5 * DAY + EVENING, status="proposed")
    plan, _moved = proposed(channel)
    late = stand(channel, "DR-1", 6 * DAY + HOUR, status="proposed")
    in_one_family(row, late)
    assert changing.apply(plan, by=boss).refused == 1
    assert str(late.clip) in plan.changes.get().refusal


def test_a_change_is_applied_with_as_many_queries_for_many_lines_as_for_few(boss):
    channels = [stage.a_channel(f"C{n}", times=["18:00", "20:00"]) for n in (1, 2)]
    counts = []
    for channel, days in zip(channels, (2, 9), strict=True):
        for day in range(days):
            stand(channel, f"DR-{channel.pk}{day}", day * DAY + EVENING, status="proposed")
        channel.rules.update(times=["20:00"])
        plan = replanning.propose(Cause("channel_rules", channel.pk))
        with CaptureQueriesContext(connection) as asked:
            assert changing.apply(plan, by=boss).moved == days
        counts.append(len(asked))
    assert counts[1] <= counts[0]


def test_a_run_shifts_by_one_place_although_a_pack_keeps_its_clips_apart(boss):
    channel = stage.a_channel(times=["18:00"])
    edition = stage.an_edition(stage.a_drama())
    clips = [stage.a_clip(edition, number) for number in (1, 2, 3)]
    failed = stage.a_publication(channel, clips[0], due_in=-HOUR, status="failed")
    for number, clip in enumerate(clips[1:]):
        stage.a_publication(channel, clip, due_in=number * DAY + EVENING)
    a_pack(kind="cadence", gap_minutes=600)
    plan = replanning.propose(Cause("item_failed", failed.pk))
    done = changing.apply(plan, by=boss)
    assert (done.moved, done.refused) == (3, 0)
    assert [row.due_at for row in Publication.objects.order_by("clip")] == [
        NOON + number * DAY + EVENING for number in range(3)
    ]


# --- by hand


def refusal(row, due_at):
    with pytest.raises(Invalid) as refused:
        moving.move(row, due_at=due_at, by=None)
    assert Publication.objects.get(pk=row.pk).due_at == row.due_at
    return str(refused.value)


@pytest.mark.parametrize("with_pack", [False, True], ids=["no pack", "a pack with the limit"])
def test_a_move_beside_a_look_alike_is_refused_and_names_it_and_the_limit(with_pack):
    PolicyPack.objects.all().delete()
    if with_pack:
        a_pack(kind="sameness", days=14, most_per_channel=1, most_per_language=2)
    channel = stage.a_channel()
    shown, row = stand(channel, "DR-1", 2 * DAY), stand(channel, "DR-2", 30 * DAY)
    in_one_family(shown, row)
    said = refusal(row, NOON + 15 * DAY)
    assert f"at most 1 clips that look and sound alike within 14 days; here it would be 2, with {shown.clip}" in said
    assert said.count("look and sound alike") == 1
    assert moving.move(row, due_at=NOON + 16 * DAY, by=None)


def test_the_limit_of_a_language_names_the_publications_of_other_channels():
    row = stand(stage.a_channel("Mine"), "DR-9", 40 * DAY)
    others = [stand(stage.a_channel(f"Other {n}"), f"DR-{n}", n * DAY) for n in (2, 3)]
    abroad = stand(stage.a_channel("Abroad", language="pt-BR"), "DR-5", 2 * DAY)
    in_one_family(row, *others, abroad)
    said = refusal(row, NOON + 4 * DAY)
    assert "At most 2 clips" in said and "in es on youtube" in said
    assert all(f"{one.clip} ({one.channel.name}, " in said for one in others) and "Abroad" not in said


def test_the_same_clip_on_two_channels_counts_when_a_family_names_it_and_not_when_it_stands_alone():
    clip = a_clip("DR-1")
    rows = [stage.a_publication(stage.a_channel(f"C{n}"), clip, due_in=n * DAY) for n in (2, 3)]
    row = stage.a_publication(stage.a_channel("Mine"), clip, due_in=40 * DAY)
    assert moving.move(row, due_at=NOON + 41 * DAY, by=None) and moving.move(row, due_at=NOON + 4 * DAY, by=None)
    in_one_family(rows[0])
    assert "At most 2 clips" in refusal(row, NOON + 5 * DAY)


def test_two_look_alikes_swap_their_own_times():
    channel = stage.a_channel()
    one, other = stand(channel, "DR-1", 2 * DAY), stand(channel, "DR-2", 30 * DAY)
    in_one_family(one, other)
    assert moving.swap(one, other, by=None)


def test_a_swap_that_brings_look_alikes_together_changes_neither():
    channel = stage.a_channel()
    shown, row, between = (
        stand(channel, "DR-1", 2 * DAY),
        stand(channel, "DR-2", 30 * DAY),
        stand(channel, "DR-3", 9 * DAY),
    )
    in_one_family(shown, row)
    with pytest.raises(Invalid, match="look and sound alike"):
        moving.swap(row, between, by=None)
    assert Publication.objects.get(pk=between.pk).due_at == NOON + 9 * DAY


def test_a_swap_is_judged_by_the_packs_as_both_will_stand():
    channel = stage.a_channel()
    one, other = stand(channel, "DR-1", 2 * DAY), stand(channel, "DR-2", 4 * DAY)
    a_pack(kind="cadence", gap_minutes=600)
    assert moving.swap(one, other, by=None)
    assert "rule" in refusal(one, other.due_at + HOUR)


def test_a_move_takes_as_many_queries_beside_many_look_alikes_as_beside_few():
    channel = stage.a_channel()
    row = stand(channel, "DR-0", 60 * DAY)
    alike = [row]

    def ask():
        Fingerprint.objects.all().delete()
        in_one_family(*alike)
        with CaptureQueriesContext(connection) as asked:
            refusal(row, NOON + 5 * DAY)
        return len(asked)

    alike += [stand(channel, "DR-1", 2 * DAY)]
    few = ask()
    alike += [stand(channel, f"DR-2{n}", 2 * DAY + n * HOUR) for n in range(1, 9)]
    assert ask() <= few
