from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from catalog.models import Clip, Drama
from channels.models import Approval, Batch, Hold, Plan, PlanChange, PolicyPack, Publication
from channels.rules import approval
from channels.rules.approval import Answer
from channels.rules.words import Stage
from channels.services import approving, bulk, moving, policy_packs, preflight, publishing, replacing, replanning
from config.kernel import clock, lifecycle
from config.kernel.errors import Invalid, MoveRefused, NotAllowed
from tests.channels import stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "youtube")]
FAR = timedelta(hours=30)


def person(name: str, **more: Any) -> User:
    return User.objects.create(username=name, **more)


@pytest.fixture
def people() -> list[User]:
    return [person(name) for name in ("ana", "ben", "cem")]


def a_plan(by: User | None = None) -> Plan:
    now = clock.now()
    return Plan.objects.create(starts_at=now, ends_at=now + timedelta(days=3), made_at=now, made_by=by)


def proposed(tier: str = "A", *, by: User | None = None, **more: Any) -> Publication:
    count = Publication.objects.count()
    clip = stage.a_clip(stage.an_edition(stage.a_drama(f"DR-{count:04d}", tier=tier)))
    facts = {"status": "proposed", "approved_at": None, "plan": a_plan(by), "due_in": FAR} | more
    return stage.a_publication(stage.a_channel(f"Channel {count}", times=()), clip, **facts)


def again(row: Publication) -> Publication:
    return Publication.objects.select_related("channel", "clip__edition__drama").get(pk=row.pk)


# --- how many, and who


@pytest.mark.parametrize(("tier", "need"), [("S", 2), ("A", 1), ("B", 1), ("C", 1), ("?", 2)])
def test_each_tier_needs_its_number_of_people(tier, need):
    assert approval.needed(tier) == need


def a_review(**asks: Any) -> None:
    """A policy pack in force that wants people to have looked."""
    rule = {"code": "look", "kind": "review", **asks}
    pack = PolicyPack(code="p", version=1, name="P", starts_on=clock.now().date() - timedelta(days=9), rules=[rule])
    policy_packs.save_draft(pack, by=None)
    policy_packs.switch_on(pack, by=None)


@pytest.mark.parametrize(
    ("tier", "asks", "need"),
    [
        ("A", {"people": 2}, 2),
        ("A", {"people": 3, "tiers": ["A"]}, 3),
        ("A", {"people": 3, "tiers": ["B"]}, 1),
        ("A", {"people": 3, "severity": "warn"}, 1),
        ("S", {"people": 1}, 2),
    ],
)
def test_a_pack_may_ask_for_more_people_than_the_tier_and_never_for_fewer(people, tier, asks, need):
    a_review(**asks)
    row = proposed(tier)
    assert [approving.approve_publication(row, by=one) for one in people[:need]] == [False] * (need - 1) + [True]
    assert approving.standing(row).need == need
    assert all(one.passed for one in preflight.outcomes(again(row), stage=Stage.UPLOAD))


def test_one_person_is_enough_below_tier_s(people):
    row = proposed("A")
    assert approving.approve_publication(row, by=people[0]) is True
    assert (row.status, row.approved_by, row.approved_at) == ("approved", people[0], clock.now())


def test_tier_s_waits_for_a_second_person_and_says_so(people):
    row = proposed("S")
    assert approving.approve_publication(row, by=people[0]) is False
    stands = approving.standing(row)
    assert (row.status, stands.have, stands.need) == ("proposed", 1, 2)
    assert stands.sentence == "1 of 2: ana, 2026-03-02 12:00 UTC"
    assert approving.approve_publication(row, by=people[1]) is True
    assert (row.status, row.approved_by, approving.standing(row).have) == ("approved", people[1], 2)


def test_the_same_person_twice_counts_once_and_is_told(people):
    row = proposed("S")
    approving.approve_publication(row, by=people[0])
    with pytest.raises(Invalid, match="waits for another person"):
        approving.approve_publication(row, by=people[0])
    assert (again(row).status, row.approvals.count()) == ("proposed", 1)


@pytest.mark.parametrize("tier", ["S", "A"])
@pytest.mark.parametrize("is_superuser", [True, False])
def test_the_maker_of_the_plan_cannot_approve_it_whatever_his_rights(tier, is_superuser):
    maker = person("maker", is_superuser=is_superuser)
    row = proposed(tier, by=maker)
    with pytest.raises(NotAllowed, match="your own work"):
        approving.approve_publication(row, by=maker)
    with pytest.raises(NotAllowed, match="You made this plan"):
        approving.approve(row.plan, by=maker)
    assert (again(row).status, Approval.objects.count()) == ("proposed", 0)


def test_the_product_is_no_person():
    row = proposed()
    for deed in (approving.approve_publication, lambda _row, by: approving.approve(row.plan, by=by)):
        with pytest.raises(NotAllowed, match="A person has to"):
            deed(row, by=None)
    assert again(row).status == "proposed"


def test_who_moved_it_to_another_day_is_its_author(people):
    row, (ana, ben, _cem) = proposed(), people
    moving.move(row, due_at=row.due_at + timedelta(days=1), by=ana)
    with pytest.raises(NotAllowed, match="your own work"):
        approving.approve_publication(row, by=ana)
    assert approving.approve_publication(row, by=ben)


def test_who_moved_it_within_its_day_is_not(people):
    row = proposed()
    moving.move(row, due_at=row.due_at + timedelta(minutes=40), by=people[0])
    assert approving.approve_publication(row, by=people[0])


def test_a_day_is_the_channels_day(people):
    row = proposed()
    row.channel.time_zone = "Asia/Tokyo"
    row.channel.save()
    # 18:00 UTC is three in the morning of the next day in Tokyo; five hours earlier it was still the day before.
    moving.move(row, due_at=row.due_at - timedelta(hours=5), by=people[0])
    with pytest.raises(NotAllowed):
        approving.approve_publication(row, by=people[0])


def test_putting_it_back_to_what_was_proposed_makes_nobody_its_author(people):
    row = proposed()
    there, ana = row.due_at, people[0]
    moving.move(row, due_at=there + timedelta(days=1), by=ana)
    moving.move(row, due_at=there, by=ana)
    assert approving.approve_publication(row, by=ana)


def rewritten(row: Publication, *, by: User, title: str) -> Publication:
    """As the page of the publication saves it."""
    was = approving.substance(again(row))
    found = again(row)
    found.title, found._history_user = title, by
    found.save(update_fields=["title"])
    approving.changed(found, was=was, by=by)
    return again(row)


def own_work_of(row: Publication, people: list[User]) -> list[str]:
    return [one.username for one in people if approving.judged([row.pk], by=one)[row.pk] == Answer.OWN]


def test_who_moves_it_is_one_more_author_beside_the_writer_of_its_words(people):
    ana, ben, _cem = people
    row = rewritten(proposed(), by=ana, title="Ana's words")
    assert own_work_of(row, people) == ["ana"]
    moving.move(row, due_at=row.due_at + timedelta(days=1), by=ben)
    assert own_work_of(row, people) == ["ana", "ben"]
    moving.move(row, due_at=row.due_at + timedelta(days=1), by=None)
    assert own_work_of(row, people) == ["ana"]


def test_other_words_end_the_authorship_of_the_former_ones_and_no_other(people):
    ana, ben, cem = people
    row = proposed()
    moving.move(row, due_at=row.due_at + timedelta(days=1), by=cem)
    rewritten(row, by=ana, title="Ana's words")
    rewritten(row, by=ben, title="Ben's words")
    assert own_work_of(row, people) == ["ben", "cem"]
    rewritten(row, by=ben, title="Ana's words")
    assert own_work_of(row, people) == ["ana", "cem"]


@pytest.mark.parametrize("asks", [True, False])
def test_who_asks_for_a_change_is_the_author_of_the_days_it_sets(people, asks):
    ana, ben, cem = people
    row = rewritten(proposed(due_in=timedelta(hours=6)), by=cem, title="Cem's words")
    now, there = clock.now(), row.due_at + timedelta(days=1)
    change = Plan.objects.create(
        kind="change", status="draft", starts_at=now, ends_at=there, made_at=now, made_by=ana if asks else None
    )
    PlanChange.objects.create(
        plan=change, kind="moved", publication=row, clip=row.clip, channel=row.channel, from_at=row.due_at, to_at=there
    )
    assert replanning.apply(change, by=ben).moved == 1
    assert own_work_of(row, people) == (["ana", "cem"] if asks else ["cem"])


@pytest.mark.parametrize("status", ["uploading", "needs_person", "failed", "cancelled"])
def test_where_nothing_is_proposed_nothing_is_approved(people, status):
    row = proposed()
    Publication.objects.filter(pk=row.pk).update(status=status, approved_at=clock.now())
    with pytest.raises(MoveRefused, match="where nothing is approved"):
        approving.approve_publication(again(row), by=people[0])
    assert (again(row).status, Approval.objects.count()) == (status, 0)


def test_what_is_approved_already_is_neither_done_nor_refused(people):
    row = proposed()
    approving.approve_publication(row, by=people[0])
    assert approving.approve_publication(row, by=people[1]) is False
    assert row.approvals.count() == 1


def test_what_is_too_late_or_held_is_refused_with_the_reason(people):
    late, held = proposed(due_in=-timedelta(days=1)), proposed()
    hold = Hold.objects.create(scope="items", why="checked", since=clock.now())
    Publication.objects.filter(pk=held.pk).update(hold=hold)
    with pytest.raises(Invalid, match=r"It was due at 2026-03-01 12:00 UTC; move it first\."):
        approving.approve_publication(late, by=people[0])
    with pytest.raises(Invalid, match="lift the hold"):
        approving.approve_publication(held, by=people[0])
    assert Approval.objects.count() == 0


# --- when a yes lapses, and what counts at upload


def approved(tier: str, people: list[User], **more: Any) -> Publication:
    row = proposed(tier, **more)
    for one in people[: approval.needed(tier)]:
        approving.approve_publication(row, by=one)
    return again(row)


def rule_at_upload(row: Publication) -> tuple[bool, Any]:
    [found] = [one for one in preflight.outcomes(again(row), stage=Stage.UPLOAD) if one.rule == "approval"]
    return found.passed, found.evidence


def test_a_move_to_another_day_ends_the_approvals(people):
    row = approved("S", people)
    moving.move(row, due_at=row.due_at + timedelta(days=1), by=people[2])
    assert (row.status, row.approved_by, row.approved_at, approving.standing(row).have) == ("proposed", None, None, 0)
    assert row.approvals.filter(lapsed_at=clock.now()).count() == 2
    assert lifecycle.history(row)[0].by == people[2]


def test_a_move_within_the_day_or_by_the_product_leaves_them(people):
    row = approved("S", people)
    moving.move(row, due_at=row.due_at + timedelta(minutes=30), by=people[2])
    moving.move(row, due_at=row.due_at + timedelta(days=1), by=None)
    assert (again(row).status, approving.standing(row).have) == ("approved", 2)


def test_what_goes_back_to_planning_needs_all_its_people_again(people):
    row = approved("S", people, due_in=timedelta(minutes=1))
    with clock.at(clock.now() + timedelta(days=1)):
        assert publishing.push(row.pk).startswith("Too late")
        assert (again(row).status, approving.standing(row).have) == ("proposed", 0)


def test_a_tier_raised_after_the_approval_holds_the_upload_back(people, youtube):
    row = approved("A", people, due_in=timedelta(minutes=1))
    assert rule_at_upload(row)[0] is True
    Drama.objects.update(tier="S")
    assert rule_at_upload(row) == (False, "1 of 2: ana, 2026-03-02 12:00 UTC")
    publishing.push(row.pk)
    assert (again(row).status, again(row).approved_at, youtube.videos) == ("proposed", None, [])
    # The first yes was to this very thing and stands; one more is enough.
    assert approving.approve_publication(row, by=people[1]) is True


def test_a_lapsed_yes_does_not_count_at_upload(people):
    row = approved("A", people)
    row.approvals.update(lapsed_at=clock.now())
    assert rule_at_upload(row) == (False, "0 of 1")


def test_who_takes_part_later_is_one_more_person_unless_it_is_his_own(people):
    ana, ben, cem = people
    row = proposed("A", by=ana)
    assert approving.join(row, by=ben) is False
    approving.approve_publication(row, by=ben)
    assert [approving.join(row, by=one) for one in (ana, ben, cem, None)] == [False, False, True, False]
    assert approving.standing(row).have == 2


# --- replacements


def mended(old: Publication) -> Clip:
    old.clip.edition.versions.update(status="superseded")
    return stage.a_clip(old.clip.edition, 1, version=stage.a_version(old.clip.edition, number=2))


def replaced(tier: str, people: list[User], *, by: User | None) -> Publication:
    old = approved(tier, people)
    return replacing.schedule(old, clip=mended(old), by=by, why="mended")


def test_a_mended_clip_takes_over_the_yeses_to_the_one_it_replaces(people):
    new = replaced("S", people, by=None)
    assert (new.status, new.approved_by, approving.standing(new).have) == ("approved", people[1], 2)
    assert lifecycle.history(new)[0].by is None


def test_a_replacement_whose_tier_needs_more_people_by_now_waits_for_them(people):
    old = approved("A", people)
    Drama.objects.update(tier="S")
    new = replacing.schedule(again(old), clip=mended(old), by=None, why="mended")
    assert (new.status, approving.standing(new).have) == ("proposed", 1)


def test_who_asks_for_a_replacement_by_hand_is_its_author(people):
    new = replaced("A", people, by=people[1])
    assert (new.status, approving.standing(new).have) == ("proposed", 0)
    with pytest.raises(NotAllowed, match="your own work"):
        approving.approve_publication(new, by=people[1])
    assert approving.approve_publication(new, by=people[0])


# --- a whole plan


def a_mixed_plan(maker: User) -> Plan:
    plan = a_plan(maker)
    for tier in ("A", "S"):
        proposed(tier, plan=plan)
    proposed("A", plan=plan, due_in=-timedelta(days=1))
    held = proposed("A", plan=plan)
    Publication.objects.filter(pk=held.pk).update(hold=Hold.objects.create(scope="items", why="x", since=clock.now()))
    return plan


def test_a_plan_is_approved_as_one_recorded_list_with_its_counts(people):
    plan = a_mixed_plan(people[0])
    said = approving.approve_plan(plan, by=people[1])
    assert dict(said.counts) == {Answer.APPROVED: 1, Answer.WAITS: 1, Answer.LATE: 1, Answer.HELD: 1}
    batch = Batch.objects.get()
    assert (said.batch, batch.deed, batch.by, batch.plan, batch.count) == (batch, "approve", people[1], plan, 2)
    assert sorted(line.after["answer"] for line in batch.lines.all()) == ["approved", "held", "late", "waits"]
    assert set(Approval.objects.values_list("batch", flat=True)) == {batch.pk}


def test_a_plan_is_a_draft_until_nothing_in_it_waits(people):
    plan = a_plan(people[0])
    for tier in ("A", "S"):
        proposed(tier, plan=plan)
    approving.approve(plan, by=people[1])
    assert plan.status == "draft"
    assert approving.approve(plan, by=people[2]) == 1
    assert (plan.status, set(plan.publications.values_list("status", flat=True))) == ("approved", {"approved"})


@pytest.mark.parametrize("stands", [None, "late", "cancelled"])
def test_a_plan_of_which_nothing_is_approved_stays_a_draft_and_says_why(people, stands):
    plan = a_plan(people[0])
    if stands:
        proposed(plan=plan, due_in=-timedelta(days=5), status="cancelled" if stands == "cancelled" else "proposed")
    said = approving.approve_plan(plan, by=people[1])
    assert (plan.status, said.stays) == ("draft", "Nothing in this plan is approved; it stays a draft.")


def test_a_plan_whose_last_ones_are_too_late_counts_as_approved_by_those_that_are(people):
    plan = a_plan(people[0])
    proposed(plan=plan)
    proposed(plan=plan, due_in=-timedelta(days=5))
    assert approving.approve_plan(plan, by=people[1]).stays == ""
    assert plan.status == "approved"


def test_where_nothing_could_be_approved_nothing_is_recorded(people):
    row = proposed("S")
    approving.approve_all([row.pk], by=people[0])
    said = approving.approve_all([row.pk], by=people[0])
    assert (dict(said.counts), said.batch, Batch.objects.count()) == ({Answer.SAID: 1}, None, 1)


def test_a_bulk_approval_counts_each_persons_own_work(people):
    own, other = proposed(by=people[0]), proposed(by=people[1])
    said = approving.approve_all([own.pk, other.pk], by=people[0])
    assert dict(said.counts) == {Answer.OWN: 1, Answer.APPROVED: 1}
    assert (again(own).status, again(other).status) == ("proposed", "approved")


def test_a_moved_bulk_of_another_day_is_the_movers_own_work(people):
    rows = [proposed(), proposed()]
    bulk.move([row.pk for row in rows], by=people[0], span=timedelta(days=1))
    assert dict(approving.approve_all([row.pk for row in rows], by=people[0]).counts) == {Answer.OWN: 2}


def test_a_large_plan_takes_as_many_queries_as_a_small_one(people, django_assert_max_num_queries):
    plan = a_plan(people[0])
    for _turn in range(30):
        proposed("S", plan=plan)
    with django_assert_max_num_queries(40):
        approving.approve(plan, by=people[1])


# --- two at once


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_both_count_and_one_of_them_lets_it_go():
    ana, ben, row = person("ana"), person("ben"), proposed("S")
    gate, said = threading.Barrier(2, timeout=30), []

    def approve(who: User) -> None:
        gate.wait()
        said.append(approving.approve_publication(Publication.objects.get(pk=row.pk), by=who))
        connection.close()

    workers = [threading.Thread(target=approve, args=(who,)) for who in (ana, ben)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert sorted(said) == [False, True]
    assert (again(row).status, approving.standing(again(row)).have) == ("approved", 2)
    assert lifecycle.history(row).filter(to_status="approved").count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_person_in_two_windows_counts_once():
    ana, row = person("ana"), proposed("S")
    gate, refused = threading.Barrier(2, timeout=30), []

    def approve() -> None:
        gate.wait()
        try:
            approving.approve_publication(Publication.objects.get(pk=row.pk), by=ana)
        except Invalid as refusal:
            refused.append(str(refusal))
        connection.close()

    workers = [threading.Thread(target=approve) for _window in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert len(refused) == 1
    assert (again(row).status, row.approvals.count()) == ("proposed", 1)
