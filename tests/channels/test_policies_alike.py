"""What looks and sounds alike, under the packs as they are shipped: at planning, at a move by hand, at upload."""

from __future__ import annotations

from datetime import timedelta

import pytest

from channels.models import Publication
from channels.rules.words import Stage
from channels.services import moving, planning, policies, preflight, publishing
from channels.services.rechecking import Recheck
from config.kernel import clock
from config.kernel.errors import Invalid
from tests.channels import stage
from tests.channels.test_planning_alike import in_one_family

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "youtube", "tiktok")]
DAY = timedelta(days=1)
AT = 3 * DAY


class Alikes:
    """A clip on its channel, and so many look-alikes due before it: on that channel too, or each on one of its own."""

    def __init__(self, count, *, same_channel, platform="youtube", family=True, **more):
        self.channel = stage.a_channel(platform=platform)
        channels = [self.channel if same_channel else self.another(platform, n) for n in range(count)]
        clips = [stage.a_clip(stage.an_edition(stage.a_drama(f"DR-{n}"))) for n in range(count + 1)]
        if family:
            in_one_family(*clips)
        self.others = [
            stage.a_publication(channel, clip, due_in=AT - (n + 1) * timedelta(hours=9))
            for n, (channel, clip) in enumerate(zip(channels, clips[1:], strict=True))
        ]
        self.row = stage.a_publication(self.channel, clips[0], **({"due_in": AT} | more))

    @staticmethod
    def another(platform, number):
        return stage.a_channel(f"Channel {number}", platform=platform)


CASES = pytest.mark.parametrize(
    ("platform", "same_channel", "count", "code"),
    [
        ("youtube", True, 1, "policy_lookalikes_channel"),
        ("youtube", False, 2, "policy_lookalikes_language"),
        ("youtube", False, 1, ""),
        ("tiktok", True, 1, "policy_lookalikes_channel"),
        ("tiktok", False, 2, "policy_lookalikes_language"),
    ],
)


def codes(outcomes):
    return "".join(sorted(str(one.reason.get("code")) for one in outcomes if not one.passed))


@CASES
def test_at_upload_one_look_alike_too_many_is_refused(platform, same_channel, count, code):
    given = Alikes(count, same_channel=same_channel, platform=platform)
    assert codes(preflight.outcomes(given.row, stage=Stage.UPLOAD)) == code


@CASES
def test_what_a_plan_is_about_to_write_is_judged_with_the_look_alikes_that_stand(platform, same_channel, count, code):
    given = Alikes(count, same_channel=same_channel, platform=platform)
    row = Publication(channel=given.channel, clip=given.row.clip, due_at=given.row.due_at, title="T")
    row.made_for_kids, row.synthetic_media = False, False
    given.row.preflight.all().delete()
    given.row.approvals.all().delete()
    given.row.delete()
    assert codes(policies.judging([row]).outcomes(row)) == code


@CASES
def test_a_move_by_hand_beside_look_alikes_is_judged_by_the_packs_too(platform, same_channel, count, code):
    given = Alikes(count, same_channel=same_channel, platform=platform, due_in=60 * DAY)
    at = clock.now() + AT
    row = Publication.objects.select_related("channel", "clip__edition__drama").get(pk=given.row.pk)
    assert codes(Recheck([row]).outcomes([row], {row.pk: at})[row.pk]) == code
    if code:
        with pytest.raises(Invalid, match="look and sound alike"):
            moving.move(row, due_at=at, by=None)
    else:
        assert moving.move(row, due_at=at, by=None)


def test_a_plan_places_nothing_beside_its_look_alike_on_the_channel():
    given = Alikes(1, same_channel=True)
    Publication.objects.filter(pk=given.row.pk).update(status="cancelled")
    plan = planning.make(starts_at=clock.now(), ends_at=clock.now() + AT, channels=[given.channel])
    assert (plan.publications.count(), {one.rule for one in plan.left_out.all()}) == (0, {"sameness"})


def test_what_would_be_the_second_of_its_kind_on_the_channel_is_not_sent(youtube):
    given = Alikes(1, same_channel=True)
    with clock.at(given.row.upload_at):
        publishing.push(given.row.pk)
    given.row.refresh_from_db()
    assert (given.row.status, youtube.count("open_session")) == ("proposed", 0)
    assert "lookalikes" in given.row.status_reason


def test_however_many_look_alikes_stand_around_the_number_of_queries_stays(django_assert_max_num_queries):
    given = Alikes(12, same_channel=True)
    rows = list(Publication.objects.select_related("channel", "clip__edition__drama"))
    with django_assert_max_num_queries(6):
        judging = policies.judging(rows)
        assert "policy_lookalikes_channel" in codes(judging.outcomes(given.row))
