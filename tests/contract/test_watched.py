"""How much of a clip was watched: late, and nothing rather than zero while the platform says nothing."""

from __future__ import annotations

from channels.platforms.watched import Watched
from tests.contract.stage import Stage


def watched(platform: Stage, external_id: str) -> Watched:
    return platform.call("watched", external_ids=[external_id])[external_id]


def test_a_new_clip_has_no_completion_and_that_is_not_zero(platform: Stage) -> None:
    assert watched(platform, platform.post()).completion is None


def test_a_strange_id_is_answered_with_nothing_known(platform: Stage) -> None:
    assert watched(platform, "strange-id").completion is None


def test_days_later_the_share_that_viewers_saw_is_told(real: Stage) -> None:
    external_id = real.post()
    real.travel(hours=96)
    family = real.adapter.family_of("watched")
    real.tokens[family] = real.refresh(family).access_token
    seen = watched(real, external_id)
    assert seen.completion is not None
    assert 0.2 < seen.completion < 1
    assert (seen.views) > 0
    assert seen.source in {"youtube-analytics", "tiktok-insights"}
