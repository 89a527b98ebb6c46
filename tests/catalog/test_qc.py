"""The gates: what the machine measures, what a person judges, and what follows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from catalog import signals
from catalog.models import EditionVersion, Episode
from catalog.rules import gates
from catalog.services import editions, qc
from config.kernel import clock, lifecycle
from config.kernel.errors import Invalid, MoveRefused

GOOD = {
    "episode": 1,
    "duration_ms": 60_000,
    "width": 720,
    "height": 1280,
    "frame_rate": Decimal(25),
    "video_codec": "h264",
    "audio_codec": "aac",
}


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"width": 320, "height": 568}, "320×568"),
        ({"frame_rate": Decimal("12.5")}, "12.5 frames"),
        ({"frame_rate": Decimal(120)}, "120 frames"),
        ({"video_codec": "vp9"}, "vp9"),
        ({"duration_ms": 900}, "0:00 long"),
        ({"duration_ms": 15 * 60_000 + 1000}, "15:01 long"),
    ],
)
def test_a_picture_the_platforms_do_not_take_is_named(facts, sentence):
    (fault,) = gates.picture_faults(gates.Film(**{**GOOD, **facts}))
    assert sentence in fault and "Episode 1" in fault


@pytest.mark.parametrize(
    "facts", [{}, {"frame_rate": Decimal("59.94")}, {"video_codec": "hevc"}, {"width": 1920, "height": 1080}]
)
def test_a_picture_within_the_limits_passes(facts):
    assert gates.picture_faults(gates.Film(**{**GOOD, **facts})) == []


@pytest.mark.parametrize(
    ("audio", "heard", "sentence"),
    [
        ("", None, "no sound"),
        ("aac", gates.Heard(1, -60.0), "too quiet: -60 dB"),
        ("aac", gates.Heard(1, -45.0, fault="broken packets"), "cannot be heard: broken packets"),
    ],
)
def test_sound_that_nobody_hears_is_named(audio, heard, sentence):
    (fault,) = gates.sound_faults(gates.Film(**{**GOOD, "audio_codec": audio}), heard)
    assert sentence in fault


@pytest.mark.parametrize(
    ("silences", "found"),
    [
        (((8000, 11000),), ["silence 0:08–0:11 in episode 3"]),
        (((8000, 8900),), []),
        (((0, 3000),), []),
        (((57_000, 60_000),), []),
        (((5000, 6500), (61_000, 63_500)), ["silence 0:05–0:06 in episode 3", "silence 1:01–1:03 in episode 3"]),
    ],
)
def test_only_silences_inside_a_film_are_drop_outs(silences, found):
    duration_ms = 60_000 if len(silences) < 2 else 90_000
    assert gates.dropouts(gates.Heard(3, -20.0, silences), duration_ms=duration_ms) == found


@pytest.fixture
def delivered(edition, film, store):
    def go(files):
        return editions.deliver(edition, files=files, note="", by=None)

    return go


def verdicts(version) -> dict[str, str]:
    return dict(version.qc_checks.values_list("gate", "verdict"))


def test_a_drop_out_is_a_warning_with_evidence_and_stops_nothing(delivered, film, heard):
    version = delivered({1: film(seed=1), 2: film(seed=2), 3: film(seed=3, seconds=14, fault=(8000, 11_000))})
    qc.run_automatic(version)
    check = version.qc_checks.get(gate="no_dropout")
    assert (check.verdict, check.is_required) == ("failed", False)
    assert check.evidence == "silence 0:08–0:11 in episode 3"
    assert verdicts(version)["sound"] == "passed"
    released = heard(signals.version_released)
    qc.judge(version.qc_checks.get(gate="watched"), verdict="passed", evidence="", by=None)
    version.refresh_from_db()
    assert version.status == "releasable" and [facts["version"] for facts in released] == [version]


def test_an_episode_without_a_file_refuses_the_version(delivered, film):
    version = delivered({1: film(seed=1), 3: film(seed=3)})
    qc.run_automatic(version)
    assert version.status == "refused"
    assert version.qc_checks.get(gate="complete").evidence == "Episode 2 was not delivered."
    assert "Episode 2" in lifecycle.history(version).first().why


def test_a_picture_too_small_refuses_the_version(delivered, film):
    version = delivered({n: film(seed=n, width=180) for n in (1, 2, 3)})
    qc.run_automatic(version)
    assert version.status == "refused"
    assert "180×320" in version.qc_checks.get(gate="picture").evidence


def test_a_refused_version_goes_through_qc_anew(delivered, film, drama, drain_jobs):
    Episode.objects.create(drama=drama, number=4)
    version = delivered({n: film(seed=n) for n in (1, 2, 3)})
    drain_jobs()
    version.refresh_from_db()
    assert version.status == "refused"
    drama.episodes.filter(number=4).delete()
    assert qc.reopen(version, by=None) is True
    drain_jobs()
    assert verdicts(version)["complete"] == "passed"


def test_a_person_judges_only_what_is_a_persons(delivered, film):
    version = delivered({n: film(seed=n) for n in (1, 2, 3)})
    with pytest.raises(Invalid, match="by the machine"):
        qc.judge(version.qc_checks.get(gate="sound"), verdict="passed", evidence="", by=None)
    watched = version.qc_checks.get(gate="watched")
    with pytest.raises(Invalid, match="what is wrong"):
        qc.judge(watched, verdict="failed", evidence=" ", by=None)
    with pytest.raises(Invalid, match="“perhaps”"):
        qc.judge(watched, verdict="perhaps", evidence="", by=None)
    assert qc.judge(watched, verdict="failed", evidence="wrong language", by=None) is True
    version.refresh_from_db()
    assert version.status == "refused"
    with pytest.raises(MoveRefused, match="not in QC"):
        qc.judge(watched, verdict="passed", evidence="", by=None)


def test_a_version_older_than_the_released_one_is_never_released(delivered, film):
    older = delivered({n: film(seed=n) for n in (1, 2, 3)})
    newer = delivered({2: film(seed=22)})
    for version in (older, newer):
        qc.run_automatic(version)
    for version in (newer, older):
        qc.judge(version.qc_checks.get(gate="watched"), verdict="passed", evidence="", by=None)
    older.refresh_from_db(), newer.refresh_from_db()
    assert (older.status, newer.status) == ("refused", "releasable")


def test_the_sweep_rings_for_versions_whose_bell_was_lost(delivered, film, drain_jobs):
    from django_q.models import OrmQ

    version = delivered({n: film(seed=n) for n in (1, 2, 3)})
    OrmQ.objects.all().delete()
    assert qc.sweep() == "1 versions to check"
    drain_jobs()
    assert verdicts(version)["picture"] == "passed"
    assert qc.sweep() == "nothing due"


@pytest.fixture
def in_qc(edition) -> EditionVersion:
    """A version in QC whose machine gates all passed; a person is waited for."""
    version = EditionVersion.objects.create(edition=edition, number=1, status="checking", delivered_at=clock.now())
    qc.open_gates(version)
    version.qc_checks.filter(is_automatic=True).update(verdict="passed", judged_at=clock.now())
    return version


@pytest.mark.parametrize(
    ("gate", "verdict", "becomes"),
    [("watched", "passed", "releasable"), ("watched", "failed", "refused"), ("picture", "failed", "refused")],
)
def test_the_sweep_settles_a_version_whose_last_verdict_was_given_by_a_killed_process(
    in_qc, drain_jobs, gate, verdict, becomes
):
    in_qc.qc_checks.filter(gate=gate).update(verdict=verdict, judged_at=clock.now())
    assert qc.sweep() == "1 versions to check"
    drain_jobs()
    in_qc.refresh_from_db()
    assert (in_qc.status, qc.sweep()) == (becomes, "nothing due")


def test_a_version_that_waits_for_a_person_is_not_swept(in_qc):
    assert qc.sweep() == "nothing due"


def test_the_same_verdict_again_settles_what_the_first_left_open(in_qc):
    in_qc.qc_checks.filter(gate="watched").update(verdict="passed", evidence="fine")
    watched = in_qc.qc_checks.get(gate="watched")
    assert qc.judge(watched, verdict="passed", evidence="fine", by=None) is False
    in_qc.refresh_from_db()
    assert in_qc.status == "releasable"
