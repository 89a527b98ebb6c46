"""TikTok's verbs. Posting goes through the Open API, comments through the Accounts API with a grant of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import ModuleType

from django.utils.translation import gettext_lazy as _

from channels.errors import OnlyByHand, PlatformError
from channels.platforms import pricing
from channels.platforms.base import (
    MAIN,
    AccountFacts,
    App,
    Bucket,
    Found,
    Grant,
    PostingLimits,
    Price,
    Seen,
    Upload,
    UploadHandle,
    UploadState,
    Withdrawal,
    Withdrawn,
)
from channels.platforms.comments import CommentsPage
from channels.platforms.tiktok import business, client, errors, oauth, uploading, wire
from channels.platforms.watched import Watched
from config.kernel import clock

OPEN = "tiktok_open"
RECONCILE_PAGES = 5
RECONCILE_MARGIN = timedelta(minutes=2)
STUDIO = "https://www.tiktok.com/tiktokstudio/content"
_USER_FIELDS = "open_id,display_name,username,follower_count"
_LIST_FIELDS = "id,title,video_description,create_time,duration,share_url"
_LOOK_FIELDS = "id,create_time,share_url,duration,view_count,like_count,comment_count"

CALLS: Mapping[str, tuple[str, ...]] = {
    "whoami": ("v2/user/info/",),
    "limits": ("v2/post/publish/creator_info/query/",),
    "open_session": ("v2/post/publish/video/init/",),
    "send": (),
    "ask": ("v2/post/publish/status/fetch/",),
    "publish_status": ("v2/post/publish/status/fetch/",),
    "find_upload": ("v2/video/list/",),
    "look": ("v2/video/query/",),
    "watched": ("business/video/list/",),
    "withdraw": (),
    "set_thumbnail": (),
    "comments_page": ("business/comment/list/",),
    "replies_page": ("business/comment/reply/list/",),
    "reply": ("business/comment/reply/create/",),
    "hide": ("business/comment/hide/",),
}


class TikTok:
    key = errors.KEY
    label = "TikTok"
    families: tuple[str, ...] = (OPEN, business.FAMILY)
    buckets: tuple[Bucket, ...] = client.BUCKETS

    def family_of(self, verb: str) -> str:
        return business.FAMILY if CALLS[verb][:1] and CALLS[verb][0].startswith("business/") else OPEN

    def prices(self, verb: str) -> tuple[Price, ...]:
        return pricing.of_calls(CALLS[verb], client.ENDPOINTS)

    def scopes(self, *, family: str = MAIN) -> tuple[str, ...]:
        return business.SCOPES if family == business.FAMILY else oauth.SCOPES

    def explain(self, reason: str) -> PlatformError:
        return errors.explain(reason)

    # --- consent

    def authorize_url(self, app: App, *, redirect_uri: str, state: str, code_verifier: str, family: str = MAIN) -> str:
        url: str = _door(family).authorize_url(app, redirect_uri=redirect_uri, state=state, code_verifier=code_verifier)
        return url

    def exchange(self, app: App, *, code: str, redirect_uri: str, code_verifier: str, family: str = MAIN) -> Grant:
        grant: Grant = _door(family).exchange(app, code=code, redirect_uri=redirect_uri, code_verifier=code_verifier)
        return grant

    def refresh(self, app: App, *, refresh_token: str, family: str = MAIN) -> Grant:
        grant: Grant = _door(family).refresh(app, refresh_token=refresh_token)
        return grant

    def revoke(self, app: App, *, token: str, family: str = MAIN) -> None:
        _door(family).revoke(app, token=token)

    def whoami(self, access_token: str) -> AccountFacts:
        data = client.open_call(access_token, "GET", "v2/user/info/", query={"fields": _USER_FIELDS})
        return wire.account(data.get("user") or {})

    def limits(self, access_token: str) -> PostingLimits:
        """Ask afresh before every post; the answer also says when the account may not post at all."""
        data = client.open_call(access_token, "POST", "v2/post/publish/creator_info/query/", body={})
        return wire.limits(data, max_bytes=uploading.MAX_BYTES)

    # --- uploading

    def chunks(self, total: int) -> int:
        return uploading.chunk_bytes(total)

    def span(self, *, offset: int, total: int, chunk_bytes: int) -> int:
        return uploading.span(offset=offset, total=total, chunk_bytes=chunk_bytes)

    def is_final(self, *, offset: int, length: int, total: int) -> bool:
        return offset + length >= total

    def open_session(self, access_token: str, upload: Upload) -> UploadHandle:
        return uploading.open_session(access_token, upload)

    def send(self, access_token: str, handle: UploadHandle, *, offset: int, chunk: bytes, total: int) -> UploadState:
        return uploading.send(access_token, handle, offset=offset, chunk=chunk, total=total)

    def ask(self, access_token: str, handle: UploadHandle, *, total: int) -> UploadState:
        return uploading.ask(access_token, handle, total=total)

    def publish_status(self, access_token: str, publish_id: str) -> UploadState:
        return uploading.publish_status(access_token, publish_id)

    def find_upload(
        self, access_token: str, *, marker: str, size_bytes: int, duration_ms: int, since: datetime
    ) -> list[Found]:
        """Posts since `since` whose caption shows the marker. The listing has public posts only, and of a
        caption the first 150 characters: an empty list proves nothing about other posts."""
        earliest = since - RECONCILE_MARGIN
        hits: list[Found] = []
        body: dict[str, int] = {"max_count": 20}
        for _page in range(RECONCILE_PAGES):
            data = client.open_call(access_token, "POST", "v2/video/list/", body=body, query={"fields": _LIST_FIELDS})
            videos = data.get("videos") or []
            young = [video for video in videos if wire.moment(video["create_time"]) >= earliest]
            hits += [hit for video in young if (hit := wire.found(video, marker=marker))]
            if not data.get("has_more") or len(young) < len(videos):
                break
            body["cursor"] = int(data["cursor"])
        return hits

    # --- after the upload

    def look(self, access_token: str, external_ids: Sequence[str]) -> dict[str, Seen]:
        """Up to 20 posts of the token's account. What the answer leaves out is not public (any more)."""
        if not external_ids:
            return {}
        now = clock.now()
        body = {"filters": {"video_ids": list(external_ids)}}
        data = client.open_call(access_token, "POST", "v2/video/query/", body=body, query={"fields": _LOOK_FIELDS})
        seen = {str(video["id"]): wire.seen(video, now=now) for video in data.get("videos") or ()}
        return {key: seen.get(key) or wire.removed(key, now=now) for key in external_ids}

    def watched(self, access_token: str, *, account_id: str, external_ids: Sequence[str]) -> dict[str, Watched]:
        """Up to 20 posts of the token's account, from the Accounts API: the Open API does not know."""
        return business.watched(access_token, business_id=account_id, video_ids=external_ids)

    def withdraw(
        self, access_token: str, external_id: str, *, how: Withdrawal = Withdrawal.DELETED, handle: str = ""
    ) -> Withdrawn:
        raise OnlyByHand(
            _("TikTok lets no app delete or hide a post: the account's owner does it in the app."),
            platform=self.key,
            platform_code="no_delete",
            link=f"https://www.tiktok.com/@{handle.lstrip('@')}/video/{external_id}" if handle else STUDIO,
        )

    def set_thumbnail(self, access_token: str, external_id: str, *, image: bytes) -> None:
        raise OnlyByHand(
            _("TikTok takes the cover from the clip, when it is posted; a picture of its own is set in the app."),
            platform=self.key,
            platform_code="no_thumbnail",
            link=STUDIO,
        )

    # --- comments

    def comments_page(
        self,
        access_token: str,
        *,
        account_id: str,
        since: datetime | None,
        page_token: str = "",
        external_ids: Sequence[str] = (),
        held: bool = False,
    ) -> CommentsPage:
        """One page of one of `external_ids`. Held comments come with the others; asked for apart, there are none."""
        videos = () if held else external_ids
        return business.comments_page(
            access_token, business_id=account_id, video_ids=videos, since=since, page_token=page_token
        )

    def replies_page(
        self, access_token: str, *, account_id: str, external_id: str, parent_id: str, page_token: str = ""
    ) -> CommentsPage:
        return business.replies_page(
            access_token, business_id=account_id, video_id=external_id, comment_id=parent_id, page_token=page_token
        )

    def reply(self, access_token: str, *, account_id: str, external_id: str, parent_id: str, text: str) -> str:
        """`external_id` must be a post of this account: the platform would reply under anybody's."""
        return business.reply(
            access_token, business_id=account_id, video_id=external_id, comment_id=parent_id, text=text
        )

    def hide(self, access_token: str, *, account_id: str, external_id: str, comment_ids: Sequence[str]) -> None:
        """One call for each comment; twice does no harm."""
        for comment_id in comment_ids:
            business.hide(access_token, business_id=account_id, video_id=external_id, comment_id=comment_id)


def _door(family: str) -> ModuleType:
    """The module that speaks the family's OAuth; both have the same four verbs."""
    return business if family == business.FAMILY else oauth
