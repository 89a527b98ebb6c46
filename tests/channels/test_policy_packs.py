"""Packs in the database: shipped once, judged at both stages, tried, switched on with what they hold, taken back."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, connections

from catalog.models import Fingerprint
from catalog.services import lookalikes
from channels.models import Hold, PolicyPack, Publication
from channels.rules.eligibility import Window
from channels.rules.words import Stage
from channels.services import (
    facts,
    policies,
    policy_holds,
    policy_packs,
    policy_shipping,
    policy_trying,
    preflight,
    publishing,
)
from config.kernel import clock, lifecycle
from config.kernel.errors import Invalid, MoveRefused
from tests.channels import stage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _held_clock(noon):
    """Monday noon."""


@pytest.fixture
def mei():
    return User.objects.create_user("mei")


class Queue:
    """Proposals with these titles on one channel, an hour apart."""

    def __init__(self, *titles, **more):
        self.channel = stage.a_channel(times=())
        self.edition = stage.an_edition(stage.a_drama())
        self.rows = [self.add(title, number, **more) for number, title in enumerate(titles, start=1)]

    def add(self, title, number, **more):
        told = {"status": "proposed", "approved_at": None} | more
        return stage.a_publication(
            self.channel, stage.a_clip(self.edition, number), title=title, due_in=timedelta(hours=number), **told
        )

    def held(self):
        return list(Publication.objects.exclude(hold=None).order_by("pk").values_list("title", flat=True))


def a_draft(*words, code="words", **more):
    told = {"name": "Words", "starts_on": date(2026, 1, 1)} | more
    rules = [{"code": "words", "kind": "banned_words", "words": list(words)}]
    newest = PolicyPack.objects.filter(code=code).order_by("-version").first()
    pack = PolicyPack(code=code, version=newest.version + 1 if newest else 1, **({"rules": rules} | told))
    policy_packs.save_draft(pack, by=None)
    return pack


def kept(row, stage_, pack):
    outcomes = row.preflight.filter(stage=stage_).latest("pk").outcomes
    return [one for one in outcomes if one.get("pack") == pack]


# --- what comes with the product


def test_every_shipped_pack_is_valid_dated_and_says_where_it_is_written():
    for pack in PolicyPack.objects.all():
        policy_packs.check(pack)
        assert pack.sources and all(one["url"].startswith("https://") for one in pack.sources)
        # A source without a day was read by nobody, and its page says so; only an example may stand on such alone.
        days = [date.fromisoformat(one["read_on"]) for one in pack.sources if "read_on" in one]
        assert days or pack.note.startswith("EXAMPLE."), pack
    assert PolicyPack.objects.get(code="youtube-2025-07").starts_on == date(2025, 7, 15)


def test_a_fresh_database_has_the_shipped_packs_in_force_and_loading_again_adds_nothing():
    assert PolicyPack.objects.count() >= 8
    assert set(PolicyPack.objects.values_list("status", flat=True)) == {"on"}
    assert policy_shipping.load() == []


def test_a_newly_shipped_version_arrives_as_a_draft_and_only_once(tmp_path):
    text = (policy_shipping.FOLDER / "market-id.toml").read_text(encoding="utf-8")
    (tmp_path / "market-id.toml").write_text(text.replace("version = 1", "version = 2"), encoding="utf-8")
    own = policy_packs.new_version(PolicyPack.objects.get(code="market-id"), by=None)
    (row,) = policy_shipping.load(tmp_path)
    assert (own.version, row.version, row.shipped, row.status) == (2, 3, 2, "draft")
    assert policy_shipping.load(tmp_path) == []


def test_a_house_that_is_at_work_gets_its_first_packs_as_drafts():
    PolicyPack.objects.all().delete()
    Queue("Uno")
    call_command("load_policy_packs", verbosity=0)
    assert set(PolicyPack.objects.values_list("status", flat=True)) == {"draft"}


# --- judging


def test_the_verdict_of_each_rule_is_kept_at_both_stages_with_its_pack_and_version():
    queue = Queue("Noche de casino")
    policy_packs.switch_on(a_draft("poker"), by=None)
    (row,) = queue.rows
    for at in (Stage.PLANNED, Stage.UPLOAD):
        preflight.check(row, stage=at)
        (line,) = kept(row, at, "words v1")
        assert (line["rule"], line["passed"], line["reason"]["code"]) == ("words.words", True, "policy_no_banned")


def test_what_a_pack_refuses_at_upload_goes_back_to_be_mended_and_says_which_word(youtube):
    queue = Queue("Noche de casino", status="approved", approved_at=clock.now())
    (row,) = queue.rows
    PolicyPack.objects.exclude(code="words").update(status="off")
    policy_packs.switch_on(a_draft("casino"), by=None)
    Publication.objects.update(hold=None)
    with clock.at(row.upload_at):
        publishing.push(row.pk)
    row.refresh_from_db()
    assert (row.status, youtube.count("open_session")) == ("proposed", 0)
    assert "“casino”" in row.status_reason and "words.words" in row.status_reason
    assert [line["passed"] for line in kept(row, Stage.UPLOAD, "words v1")] == [False]


def test_a_warning_is_kept_and_stops_nothing():
    queue = Queue("Noche de casino")
    rules = [{"code": "soft", "kind": "banned_words", "severity": "warn", "words": ["casino"]}]
    policy_packs.switch_on(a_draft(rules=rules), by=None)
    check = preflight.check(queue.rows[0], stage=Stage.PLANNED)
    (line,) = kept(queue.rows[0], Stage.PLANNED, "words v1")
    assert (line["passed"], line["warns"], "“casino”" in line["evidence"]) == (True, True, True)
    assert check.refused() == []


def test_before_a_new_versions_first_day_the_former_one_still_judges():
    queue = Queue("poker", "casino")
    policy_packs.switch_on(a_draft("casino", starts_on=date(2026, 1, 1)), by=None)
    policy_packs.switch_on(a_draft("poker", starts_on=date(2026, 4, 1)), by=None)
    book = policies.book(only="words")
    day, later = (clock.now(), clock.now() + timedelta(days=40))
    found = []
    for moment in (day, later):
        for row in queue.rows:
            row.due_at = moment
            verdicts = policies.Judging(book, policies.Around()).verdicts(row)
            found += [(row.title, one.pack) for one in verdicts if one.holds]
    assert found == [("casino", "words v1"), ("poker", "words v2")]


def test_a_month_is_judged_with_a_fixed_number_of_queries(django_assert_max_num_queries):
    queue = Queue(*[f"Título {n}" for n in range(12)])
    rows = list(Publication.objects.select_related("channel", "clip__edition__drama"))
    with django_assert_max_num_queries(3):
        judging = policies.judging(rows)
        assert all(judging.outcomes(row) for row in rows)
    assert len(queue.rows) == 12


def test_the_planner_gets_its_caps_from_the_packs_in_force():
    channel = stage.a_channel(platform="tiktok")
    window = Window(clock.now(), clock.now() + timedelta(days=3))
    found = policies.limits([facts.of_channel(channel)], window)
    assert (found.of(channel.pk).most_per_day, found.sameness.days, found.sameness.most_per_channel) == (15, 30, 1)


def test_the_same_film_on_a_second_channel_of_the_language_is_one_too_many_for_the_third():
    queue = Queue("Uno", "Dos", "Tres")
    for number, row in enumerate(queue.rows, start=1):
        channel = stage.a_channel(f"Channel {number}", times=())
        Publication.objects.filter(pk=row.pk).update(channel=channel)
        family = queue.rows[0].clip_id
        Fingerprint.objects.create(
            clip=row.clip, version=lookalikes.VERSION, serial=number, picture_family=family, whole_family=family
        )
    verdicts = policy_trying.judge_all(policy_trying.queue(), policies.book(only="youtube-2025-07"))
    failed = {key: [one.reason["code"] for one in some if one.holds] for key, some in verdicts.items()}
    assert list(failed.values()) == [[], [], ["policy_lookalikes_language"]]
    third = Publication.objects.get(pk=queue.rows[2].pk)
    assert [one.rule for one in policies.judge(third, stage=Stage.UPLOAD) if not one.passed] == [
        "youtube-2025-07.lookalikes",
        "youtube-2025-07.seen_by_a_person",
    ]


# --- trying and switching


def test_what_the_preview_says_is_what_is_then_held(mei):
    queue = Queue("Noche de casino", "Boda", "El casino rojo", "Adiós")
    pack = a_draft("casino")
    found = policy_trying.preview(pack)
    assert [(one.name, one.count, one.before) for one in found.rules] == [("words", 2, 0)]
    assert [(one.name, one.count) for one in found.channels] == [("ES Romance", 2)]
    assert (found.queued, found.fresh, len(found.examples), queue.held()) == (4, 2, 2, [])
    switched = policy_packs.switch_on(pack, by=mei, seen=policy_packs.seen(pack))
    assert queue.held() == ["Noche de casino", "El casino rojo"]
    assert set(found.held) == set(switched.hold.items.values_list("pk", flat=True))
    pack.refresh_from_db()
    moved = lifecycle.history(pack).first()
    assert (pack.status, moved.by, "2 of 4" in moved.why) == ("on", mei, True)


def test_a_preview_shows_the_difference_to_the_version_in_force():
    Queue("casino", "poker", "casino y poker")
    policy_packs.switch_on(a_draft("casino"), by=None)
    found = policy_trying.preview(a_draft("poker"))
    assert (len(found.held), found.already, found.fresh, found.freed) == (1, 1, 1, 1)


def test_undo_restores_the_former_version_and_lets_go_of_what_was_held(mei):
    queue = Queue("casino", "poker")
    first = a_draft("casino")
    policy_packs.switch_on(first, by=mei)
    second = a_draft("poker")
    policy_packs.switch_on(second, by=mei)
    assert queue.held() == ["casino", "poker"]
    back = policy_packs.undo(second, by=mei, why="too wide")
    assert (back.former, back.freed, queue.held()) == (first, 1, ["casino"])
    assert [policy_packs.in_force("words").pk, PolicyPack.objects.get(pk=second.pk).status] == [first.pk, "off"]
    assert Hold.objects.get(pack=second).lifted_by == mei
    assert lifecycle.history(second).first().why == "too wide"


def test_switching_off_lets_go_of_everything_it_held():
    queue = Queue("casino")
    pack = a_draft("casino")
    policy_packs.switch_on(pack, by=None)
    assert policy_packs.switch_off(pack, by=None).freed == 1
    assert (queue.held(), policy_packs.in_force("words")) == ([], None)
    with pytest.raises(MoveRefused):
        policy_packs.undo(pack, by=None)


def test_a_switch_that_holds_nothing_leaves_no_hold_behind():
    Queue("Boda")
    assert policy_packs.switch_on(a_draft("casino"), by=None).hold is None
    assert not Hold.objects.exists()


def test_who_decided_upon_another_version_or_other_rules_is_told(mei):
    pack, other = a_draft("casino"), a_draft("poker")
    looked = policy_packs.seen(pack)
    policy_packs.switch_on(other, by=mei)
    with pytest.raises(Invalid, match="Meanwhile Words v2 was switched on by mei"):
        policy_packs.switch_on(pack, by=None, seen=looked)
    looked = policy_packs.seen(pack)
    PolicyPack.objects.filter(pk=pack.pk).update(rules=[{"code": "a", "kind": "length", "most_seconds": 9}])
    with pytest.raises(Invalid, match="was changed meanwhile"):
        policy_packs.switch_on(pack, by=mei, seen=looked)
    assert PolicyPack.objects.get(pk=pack.pk).status == "draft"


def test_rules_that_make_no_sense_are_kept_by_nobody():
    with pytest.raises(Invalid) as refused:
        a_draft(rules=[{"code": "a", "kind": "banned_words", "words": []}])
    assert refused.value.details["rules"] == ["Rule 1 (a), words: At least one word is needed."]
    with pytest.raises(Invalid, match="ends before it starts"):
        a_draft("casino", ends_on=date(2025, 1, 1))
    assert not PolicyPack.objects.filter(code="words").exists()


def test_a_version_in_force_is_changed_in_a_new_draft_only():
    pack = a_draft("casino")
    policy_packs.switch_on(pack, by=None)
    with pytest.raises(Invalid, match="make a new version"):
        policy_packs.save_draft(pack, by=None)
    draft = policy_packs.new_version(pack, by=None)
    assert (draft.version, draft.status, draft.rules, draft.shipped) == (2, "draft", pack.rules, None)


# --- letting go


def test_what_was_mended_is_let_go_and_what_was_not_is_not():
    queue = Queue("Noche de casino", "El casino rojo")
    pack = a_draft("casino")
    policy_packs.switch_on(pack, by=None)
    mended, other = queue.rows
    with pytest.raises(Invalid, match="“casino”"):
        policy_holds.release(mended, by=None)
    Publication.objects.filter(pk=mended.pk).update(title="Noche de juego")
    assert policy_holds.release(mended, by=None) is True
    assert (policy_holds.release(mended, by=None), queue.held()) == (False, ["El casino rojo"])
    Publication.objects.filter(pk=other.pk).update(title="El rojo")
    assert policy_holds.release_what_passes(pack, by=None) == policy_holds.Released(1, 0)
    assert Hold.objects.get().is_in_force is False


# --- two people at once


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs row locks of two connections")
@pytest.mark.parametrize("same", [True, False])
def test_of_two_people_who_switch_at_once_one_wins_and_the_other_is_told(same):
    Queue("casino", "poker")
    pack = a_draft("casino")
    other = pack if same else a_draft("poker")
    looked = {one.pk: policy_packs.seen(one) for one in (pack, other)}
    barrier, said = threading.Barrier(2), []

    def switch(pk):
        try:
            row = PolicyPack.objects.get(pk=pk)
            barrier.wait(20)
            with clock.at(clock.now()):
                said.append(policy_packs.switch_on(row, by=None, seen=looked[pk]).held)
        except (Invalid, MoveRefused) as refusal:
            said.append(str(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=switch, args=(one.pk,)) for one in (pack, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    won = [one for one in said if one == 1]
    lost = [one for one in said if isinstance(one, str)]
    assert (len(won), len(lost), Hold.objects.count()) == (1, 1, 1)
    assert "in force already" in lost[0] or "Meanwhile" in lost[0]
    assert PolicyPack.objects.filter(code="words", status="on").count() == 1
