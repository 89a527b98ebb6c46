"""From a released version to finished clips, and back through the cut list."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from catalog import signals
from catalog.footage import cutting as footage_cutting
from catalog.footage import probing
from catalog.footage.errors import FootageError
from catalog.models import Clip, Edition, Master
from catalog.rules import clip as rules
from catalog.services import clips, editions, lineage, qc, rendering
from config.kernel import clock, leases, lifecycle
from config.kernel.models import News


@pytest.fixture
def release(edition, film, store, drain_jobs):
    """Deliver and judge a version; the bells for the clips stay in the queue."""

    def go(seeds: dict[int, int], **facts):
        files = {number: film(seed=seed, **facts) for number, seed in seeds.items()}
        version = editions.deliver(edition, files=files, note="", by=None)
        qc.run_automatic(version)
        qc.judge(version.qc_checks.get(gate="watched"), verdict="passed", evidence="looks right", by=None)
        version.refresh_from_db()
        return version

    return go


def test_a_delivery_comes_out_as_clips_that_can_be_played(release, drain_jobs, store, heard):
    ready = heard(signals.clip_ready)
    version = release({1: 1, 2: 2, 3: 3})
    assert version.status == "releasable"
    drain_jobs()
    made = {(clip.kind, clip.first_episode, clip.last_episode): clip for clip in Clip.objects.all()}
    assert set(made) == {
        ("episode", 1, 1),
        ("episode", 2, 2),
        ("episode", 3, 3),
        ("hook", 1, 3),
        ("compilation", 1, 3),
    }
    assert {clip.status for clip in made.values()} == {"ready"}
    assert len(ready) == 5
    whole = made["compilation", 1, 3]
    facts = probing.probe(store / whole.file.name)
    assert abs(facts.duration_ms - 9000) < 150 and (facts.width, facts.height) == (360, 640)
    assert (store / whole.thumbnail.name).read_bytes()[:2] == b"\xff\xd8"
    assert whole.sha256 == hashlib.sha256((store / whole.file.name).read_bytes()).hexdigest()


def test_a_second_of_a_clip_leads_to_the_episode_it_shows(release, drain_jobs):
    release({1: 1, 2: 2, 3: 3})
    drain_jobs()
    stretches = Clip.objects.get(kind="compilation").stretches()
    assert rules.place_of(stretches, 3500) == rules.Place(2, 500)
    hook = Clip.objects.get(kind="hook").stretches()
    assert [(one.episode, one.in_ms, one.out_ms) for one in hook] == [(1, 2000, 3000), (2, 2000, 3000), (3, 2000, 3000)]


def test_planning_twice_makes_nothing_new(release):
    version = release({1: 1, 2: 2, 3: 3})
    before = set(Clip.objects.values_list("pk", flat=True))
    assert {clip.pk for clip in clips.plan(version)} == before
    assert Clip.objects.count() == len(before) == 5


def test_a_fix_makes_new_clips_only_where_its_bytes_show(release):
    first = release({1: 1, 2: 2, 3: 3})
    old = {(clip.kind, clip.first_episode): clip for clip in Clip.objects.all()}
    second = release({2: 22})
    first.refresh_from_db()
    assert (first.status, second.status) == ("superseded", "releasable")
    new = {(clip.kind, clip.first_episode): clip for clip in second.clips.all()}
    assert set(new) == {("episode", 2), ("hook", 1), ("compilation", 1)}
    assert all(clip.supersedes == old[place] for place, clip in new.items())


def test_lineage_leads_from_a_master_to_its_clips_and_from_a_clip_to_its_heir(release):
    first = release({1: 1, 2: 2, 3: 3})
    second = release({2: 22})
    ((bad, fixed),) = lineage.changed_masters(first, second)
    assert (bad.episode.number, fixed.episode.number) == (2, 2)
    from_bad = set(lineage.clips_from(bad))
    assert {(clip.kind, clip.version) for clip in from_bad} == {
        ("episode", first),
        ("hook", first),
        ("compilation", first),
    }
    for clip in from_bad:
        heir = lineage.successor(clip, second)
        assert heir is not None and heir.version == second and heir.segments.filter(master=fixed).exists()
    unchanged = Clip.objects.get(kind="episode", first_episode=1)
    assert lineage.successor(unchanged, second) is None
    assert unchanged in lineage.current_clips(second) and not from_bad & set(lineage.current_clips(second))
    carried = second.masters.get(episode__number=1)
    assert unchanged in lineage.clips_from(carried)


def test_a_clip_rung_twice_is_rendered_once(release, monkeypatch):
    release({1: 1, 2: 2, 3: 3})
    clip = Clip.objects.get(kind="episode", first_episode=1)
    rendered = []
    real = footage_cutting.render
    monkeypatch.setattr(
        rendering.cutting, "render", lambda *args, **kwargs: rendered.append(1) or real(*args, **kwargs)
    )
    clips.cut(clip.pk)
    assert "done already" in clips.cut(clip.pk)
    assert rendered == [1]


def test_a_clip_held_by_another_worker_is_left_alone(release, monkeypatch):
    release({1: 1, 2: 2, 3: 3})
    clip = Clip.objects.first()
    assert leases.claim(Clip.objects.get(pk=clip.pk), seconds=60)
    monkeypatch.setattr(rendering.cutting, "render", lambda *_args, **_kwargs: pytest.fail("rendered all the same"))
    assert "held" in clips.cut(clip.pk)


def test_a_worker_that_lost_its_lease_settles_nothing(release, monkeypatch):
    release({1: 1, 2: 2, 3: 3})
    clip = Clip.objects.get(kind="episode", first_episode=1)
    real = rendering.make

    def slow(row, segments):
        made = real(row, segments)
        with clock.at(clock.now() + timedelta(hours=1)):
            assert leases.claim(Clip.objects.get(pk=row.pk), seconds=60)
        return made

    monkeypatch.setattr(rendering, "make", slow)
    assert "taken over" in clips.cut(clip.pk)
    clip.refresh_from_db()
    assert (clip.status, clip.size_bytes) == ("waiting", 0)


def test_the_same_content_in_two_editions_is_rendered_once(release, drain_jobs, edition, monkeypatch):
    release({1: 1, 2: 2, 3: 3})
    drain_jobs()
    clip = Clip.objects.get(kind="episode", first_episode=1)
    other = Edition.objects.create(drama=edition.drama, language="pt-BR", kind="subtitled", title="O amanhecer")
    twin = Clip.objects.create(
        edition=other,
        version=clip.version,
        kind="episode",
        first_episode=1,
        last_episode=1,
        content_key=clip.content_key,
    )
    segment = clip.segments.get()
    twin.segments.create(position=0, master=segment.master, in_ms=0, out_ms=segment.out_ms)
    monkeypatch.setattr(rendering.cutting, "render", lambda *_args, **_kwargs: pytest.fail("rendered twice"))
    assert "is ready" in clips.cut(twin.pk)
    twin.refresh_from_db()
    assert twin.file.name == clip.file.name and twin.thumbnail.name != clip.thumbnail.name


def test_a_failing_cut_pauses_and_gives_up_after_three_attempts(release, monkeypatch):
    release({1: 1, 2: 2, 3: 3})
    clip = Clip.objects.first()

    def broken(*_args, **_kwargs):
        raise FootageError("the disk is full", code="ffmpeg_failed")

    monkeypatch.setattr(rendering.cutting, "render", broken)
    moment = clock.now()
    for attempt in (1, 2, 3):
        with clock.at(moment):
            said = clips.cut(clip.pk)
            clip.refresh_from_db()
            assert clip.attempts == attempt and "the disk is full" in said
            assert "held or done" in clips.cut(clip.pk)
        moment += timedelta(hours=1)
    assert (clip.status, clip.reason) == ("failed", "the disk is full")
    assert News.objects.filter(code="clip_failed").count() == 1


def test_a_failed_clip_can_be_cut_again(release, monkeypatch):
    release({1: 1, 2: 2, 3: 3})
    clip = Clip.objects.get(kind="episode", first_episode=1)
    lifecycle.advance(clip, to="failed", why="for the test", attempts=3)
    assert clips.again(clip, by=None) is True
    assert "is ready" in clips.cut(clip.pk)


def test_a_missing_master_file_is_named(release, store):
    release({1: 1, 2: 2, 3: 3})
    master = Master.objects.get(episode__number=1)
    (store / master.file.name).unlink()
    said = clips.cut(Clip.objects.get(kind="episode", first_episode=1).pk)
    assert master.file.name in said


def test_the_sweep_rings_for_dropped_clips_and_not_for_held_ones(release, drain_jobs):
    from django_q.models import OrmQ

    release({1: 1, 2: 2, 3: 3})
    OrmQ.objects.all().delete()
    held, dropped = Clip.objects.order_by("pk")[:2]
    now = clock.now()
    Clip.objects.filter(pk=held.pk).update(lease_until=now + timedelta(minutes=5))
    Clip.objects.filter(pk=dropped.pk).update(lease_until=now - timedelta(minutes=5))
    assert clips.sweep() == "4 clips to cut"
    rung = {entry.task["args"][-1] for entry in OrmQ.objects.all()}
    assert dropped.pk in rung and held.pk not in rung


def test_an_intro_in_the_storage_shifts_the_cut_list(release, film, store):
    trailer = store / "trailers/compilation-intro.mp4"
    trailer.parent.mkdir(parents=True)
    trailer.write_bytes(film(seed=77, seconds=2).read())
    release({1: 1, 2: 2, 3: 3})
    clip = Clip.objects.get(kind="compilation")
    assert "is ready" in clips.cut(clip.pk)
    starts = [one.starts_ms for one in clip.stretches()]
    assert abs(starts[0] - 2000) < 60 and abs(starts[1] - 5000) < 100
    assert rules.place_of(clip.stretches(), 500) is None
    clip.refresh_from_db()
    assert abs(clip.duration_ms - 11000) < 200
