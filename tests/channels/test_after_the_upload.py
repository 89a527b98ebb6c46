from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from channels.errors import PlatformDown
from channels.models import Extra
from channels.platforms.base import Privacy, SeenState
from channels.services import deciding, extras, looking, publishing, replacing, withdrawing
from config.kernel import clock
from config.kernel.errors import Invalid, MoveRefused
from config.kernel.models import News
from tests.channels import stage
from tests.channels.fake_platform import Killed

pytestmark = pytest.mark.django_db


def after(minutes):
    return clock.at(clock.now() + timedelta(minutes=minutes))


def publication(platform="youtube"):
    clip = stage.a_clip(stage.an_edition(stage.a_drama()))
    clip.thumbnail.save("t.jpg", ContentFile(b"\xff\xd8\xff picture"))
    return stage.a_publication(stage.a_channel(platform=platform), clip)


@pytest.fixture
def live(noon, youtube):
    row = publication()
    publishing.push(row.pk)
    with after(6):
        looking.look_all()
    row.refresh_from_db()
    assert row.status == "published"
    return row


def look(row, *, minutes):
    with after(minutes):
        looking.look_all()
    row.refresh_from_db()
    return row.status


def test_nothing_after_acceptance_repeats_the_upload(live, youtube, drain_jobs):
    youtube.fail("set_thumbnail:after", Killed())
    with after(6), pytest.raises(Killed):
        extras.do(Extra.objects.get().pk)
    with after(10):
        extras.sweep()
        drain_jobs()
    assert Extra.objects.get().status == "done"
    assert (len(youtube.videos), youtube.count("open_session")) == (1, 1)
    assert list(youtube.thumbnails.values()) == [b"\xff\xd8\xff picture"]


def test_unknown_views_are_empty_and_not_zero(live, youtube):
    youtube.videos[0].views = None
    look(live, minutes=120)
    assert live.observations.first().views is None


def test_one_absence_is_a_hiccup_two_are_a_loss(live, youtube):
    kept, youtube.videos = youtube.videos, []
    assert look(live, minutes=70) == "published"
    youtube.videos = kept
    assert look(live, minutes=80) == "published"
    youtube.videos = []
    assert look(live, minutes=140) == "published"
    assert look(live, minutes=150) == "withdrawn"
    assert News.objects.filter(code="publication_vanished").count() == 1


def test_a_rejection_is_told_and_three_in_a_row_stop_the_channel(noon, youtube):
    channel = stage.a_channel(drama_gap_hours=0)
    for number in range(3):
        clip = stage.a_clip(stage.an_edition(stage.a_drama(f"DR-000{number}")))
        row = stage.a_publication(channel, clip, due_in=timedelta(seconds=-number))
        publishing.push(row.pk)
    for video in youtube.videos:
        video.state, video.reason = SeenState.REJECTED, "copyright"
    assert look(row, minutes=6) == "rejected"
    assert row.status_reason == "a claim (copyright)"
    channel.refresh_from_db()
    assert channel.status == "stopped"


def test_a_platform_that_is_down_changes_nothing(live, youtube):
    youtube.fail("look:before", PlatformDown("down"))
    assert look(live, minutes=70) == "published"
    assert live.next_look_at == clock.now() + timedelta(minutes=85)


def test_a_take_down_is_asked_once_and_done_once_whatever_is_lost(live, youtube, drain_jobs, admin_user):
    assert withdrawing.withdraw(live, by=admin_user, why="dubbing")
    assert not withdrawing.withdraw(live, by=admin_user, why="dubbing")
    youtube.fail("withdraw:after", PlatformDown("lost"))
    drain_jobs()
    with after(2):
        extras.sweep()
        drain_jobs()
    live.refresh_from_db()
    assert (live.status, youtube.videos) == ("withdrawn", [])
    assert Extra.objects.get(kind="take_down").status == "done"
    assert not withdrawing.withdraw(live, by=admin_user, why="again")


def test_what_never_went_out_cannot_be_taken_down(noon, youtube):
    with pytest.raises(MoveRefused, match="nothing to take down"):
        withdrawing.withdraw(publication(), by=None, why="x")


def test_a_replacement_goes_up_at_once_with_the_same_texts(live, youtube, drain_jobs):
    new_clip = stage.a_clip(live.clip.edition, 1, content=b"mended", supersedes=live.clip)
    new = replacing.schedule(live, clip=new_clip, by=None, why="the dubbing was mended")
    assert replacing.schedule(live, clip=new_clip, by=None, why="again").pk == new.pk
    assert (new.title, new.status, new.run) == (live.title, "approved", live.run)
    with after(1):
        publishing.sweep()
        drain_jobs()
    assert youtube.videos[-1].content == stage.content_of(new_clip)
    with pytest.raises(Invalid, match="already"):
        replacing.schedule(new, clip=live.clip, by=None, why="back")


# --- TikTok


@pytest.fixture
def post(noon, tiktok):
    return publication("tiktok")


def test_a_tiktok_post_without_id_waits_for_it_and_is_never_sent_again(post, tiktok, drain_jobs):
    publishing.push(post.pk)
    assert look(post, minutes=2) == "accepted"
    assert (post.external_id, post.next_look_at) == ("", clock.now() + timedelta(minutes=3))
    publishing.sweep()
    assert drain_jobs() == []
    tiktok.name_posts()
    assert look(post, minutes=4) == "published"
    assert (post.external_id, tiktok.count("open_session")) == (tiktok.videos[0].external_id, 1)


def test_a_tiktok_caption_carries_the_mark(post, tiktok):
    publishing.push(post.pk)
    assert f"#{post.marker}" in next(iter(tiktok.sessions.values())).upload.caption


def test_after_two_days_without_an_id_a_person_is_asked(post, tiktok, admin_user):
    publishing.push(post.pk)
    assert look(post, minutes=60 * 49) == "needs_person"
    deciding.it_is_there(post, external_id=" vid-9 ", by=admin_user)
    post.refresh_from_db()
    assert (post.status, post.external_id) == ("accepted", "vid-9")


def test_a_tiktok_post_that_moderation_refused_is_rejected(post, tiktok):
    publishing.push(post.pk)
    tiktok.videos[0].state, tiktok.videos[0].reason = SeenState.REJECTED, "spam_risk_text"
    assert look(post, minutes=2) == "rejected"


def test_an_account_that_no_longer_offers_the_privacy_fails_the_clip(post, tiktok):
    tiktok.restrict(privacy_options=(Privacy.PRIVATE,))
    publishing.push(post.pk)
    post.refresh_from_db()
    assert (post.status, tiktok.count("open_session")) == ("failed", 0)


def test_all_bytes_sent_and_the_session_lost_tiktok_needs_a_person(post, tiktok, drain_jobs, admin_user):
    tiktok.fail("final:after", Killed())
    with pytest.raises(Killed):
        publishing.push(post.pk)
    tiktok.forget_sessions()
    for minutes in (3, 34):
        with after(minutes):
            publishing.sweep()
            drain_jobs()
    post.refresh_from_db()
    assert (post.status, tiktok.count("open_session")) == ("needs_person", 1)
    assert deciding.it_is_not_there(post, by=admin_user, send_again=True) == "sent again"
    with after(35):
        drain_jobs()
    post.refresh_from_db()
    assert post.status == "accepted"


def test_a_tiktok_take_down_is_by_hand_and_noticed_when_done(post, tiktok, drain_jobs):
    publishing.push(post.pk)
    tiktok.name_posts()
    look(post, minutes=2)
    assert withdrawing.withdraw(post, by=None, why="dubbing")
    drain_jobs()
    wish = post.extras.get()
    assert wish.status == "by_hand"
    assert "https://watch.example/" in wish.reason
    tiktok.videos.clear()
    assert look(post, minutes=15) == "withdrawn"
    wish.refresh_from_db()
    assert wish.status == "done"


def test_a_person_can_confirm_a_take_down_by_hand(post, tiktok, drain_jobs, admin_user):
    publishing.push(post.pk)
    tiktok.name_posts()
    look(post, minutes=2)
    withdrawing.withdraw(post, by=None, why="dubbing")
    drain_jobs()
    withdrawing.confirm_by_hand(post.extras.get(), by=admin_user)
    post.refresh_from_db()
    assert (post.status, post.extras.get().status) == ("withdrawn", "done")
