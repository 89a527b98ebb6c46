"""YouTube's verbs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from googleapiclient.http import MediaInMemoryUpload

from channels.errors import ConsentLost, ItemRefused, ObjectGone, PlatformError
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
    finished,
)
from channels.platforms.comments import CommentsPage
from channels.platforms.watched import Watched
from channels.platforms.youtube import analytics, client, errors, oauth, uploading, wire
from config.kernel import clock

RECONCILE_PAGES = 4
MAX_DURATION_MS = 12 * 3600 * 1000
THUMBNAIL_BYTES = 50 * 1024 * 1024
_IMAGE_TYPES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png"}

CALLS: Mapping[str, tuple[str, ...]] = {
    "whoami": ("youtube.channels.list",),
    "limits": (),
    "open_session": ("youtube.videos.insert",),
    "send": (),
    "ask": (),
    "publish_status": (),
    "find_upload": ("youtube.channels.list", "youtube.playlistItems.list", "youtube.videos.list"),
    "look": ("youtube.videos.list",),
    "watched": ("youtubeAnalytics.reports.query",),
    "withdraw": ("youtube.videos.list", "youtube.videos.update"),
    "set_thumbnail": ("youtube.thumbnails.set",),
    "comments_page": ("youtube.commentThreads.list",),
    "replies_page": ("youtube.comments.list",),
    "reply": ("youtube.comments.insert",),
    "hide": ("youtube.comments.setModerationStatus",),
}


class YouTube:
    key = errors.KEY
    label = "YouTube"
    families: tuple[str, ...] = ("youtube",)
    buckets: tuple[Bucket, ...] = client.BUCKETS

    def family_of(self, verb: str) -> str:
        return self.families[0]

    def prices(self, verb: str) -> tuple[Price, ...]:
        return pricing.of_calls(CALLS[verb], client.METHODS)

    def scopes(self, *, family: str = MAIN) -> tuple[str, ...]:
        return oauth.SCOPES

    def explain(self, reason: str) -> PlatformError:
        return errors.explain(reason)

    # --- consent

    def authorize_url(self, app: App, *, redirect_uri: str, state: str, code_verifier: str, family: str = MAIN) -> str:
        return oauth.authorize_url(app, redirect_uri=redirect_uri, state=state, code_verifier=code_verifier)

    def exchange(self, app: App, *, code: str, redirect_uri: str, code_verifier: str, family: str = MAIN) -> Grant:
        return oauth.exchange(app, code=code, redirect_uri=redirect_uri, code_verifier=code_verifier)

    def refresh(self, app: App, *, refresh_token: str, family: str = MAIN) -> Grant:
        return oauth.refresh(app, refresh_token=refresh_token)

    def revoke(self, app: App, *, token: str, family: str = MAIN) -> None:
        oauth.revoke(app, token=token)

    def whoami(self, access_token: str) -> AccountFacts:
        request = client.service().channels().list(part="id,snippet,contentDetails,status,statistics", mine=True)
        channels = client.call(access_token, request).get("items", [])
        if not channels:
            raise ConsentLost(
                _("The connected Google account has no YouTube channel."),
                platform=self.key,
                platform_code="youtubeSignupRequired",
            )
        return wire.account(channels[0])

    def limits(self, access_token: str) -> PostingLimits:
        return PostingLimits(tuple(wire.PRIVACY_WORDS), MAX_DURATION_MS, uploading.MAX_BYTES)

    # --- uploading

    def chunks(self, total: int) -> int:
        return uploading.chunk_bytes()

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
        """YouTube names the video with the last byte; there is nothing to wait for."""
        return finished(external_id=publish_id, is_published=True)

    def find_upload(
        self, access_token: str, *, marker: str, size_bytes: int, duration_ms: int, since: datetime
    ) -> list[Found]:
        """What the channel received since `since` and looks like ours, certain ones first.

        An empty list proves nothing for the first quarter of an hour: the uploads list lags.
        """
        playlist = self.whoami(access_token).uploads_playlist
        hits: list[Found] = []
        page = ""
        for _page in range(RECONCILE_PAGES):
            ids, page = self._recent(access_token, playlist, since=since, page=page)
            for video in self._videos(access_token, ids, part="snippet,status,fileDetails,contentDetails"):
                hit = wire.found(video, marker=marker, size_bytes=size_bytes, duration_ms=duration_ms)
                hits += [hit] if hit else []
            if not page or not ids:
                break
        return sorted(hits, key=lambda hit: not hit.is_certain)

    def _recent(self, access_token: str, playlist: str, *, since: datetime, page: str) -> tuple[list[str], str]:
        more = {"pageToken": page} if page else {}
        request = (
            client.service()
            .playlistItems()
            .list(part="snippet,contentDetails,status", playlistId=playlist, maxResults=50, **more)
        )
        body = client.call(access_token, request)
        young = [item for item in body.get("items", ()) if wire.uploaded_since(item, since=since)]
        return [item["contentDetails"]["videoId"] for item in young], body.get("nextPageToken", "")

    def _videos(self, access_token: str, ids: Sequence[str], *, part: str) -> list[dict[str, Any]]:
        if not ids:
            return []
        request = client.service().videos().list(part=part, id=list(ids), maxResults=len(ids))
        items: list[dict[str, Any]] = client.call(access_token, request).get("items", [])
        return items

    # --- after the upload

    def look(self, access_token: str, external_ids: Sequence[str]) -> dict[str, Seen]:
        """Up to 50 clips of the token's channel. What the answer leaves out was deleted or taken down."""
        now = clock.now()
        videos = self._videos(access_token, external_ids, part="snippet,status,statistics,processingDetails")
        seen = {video["id"]: wire.seen(video, now=now) for video in videos}
        return {key: seen.get(key) or wire.removed(key, now=now) for key in external_ids}

    def watched(self, access_token: str, *, account_id: str, external_ids: Sequence[str]) -> dict[str, Watched]:
        """Up to 200 clips of the token's channel."""
        return analytics.watched(access_token, external_ids)

    def withdraw(
        self, access_token: str, external_id: str, *, how: Withdrawal = Withdrawal.DELETED, handle: str = ""
    ) -> Withdrawn:
        try:
            if how == Withdrawal.MADE_PRIVATE:
                self._make_private(access_token, external_id)
            else:
                client.call(access_token, client.service().videos().delete(id=external_id))
        except ObjectGone:
            return Withdrawn(external_id, Withdrawal.ALREADY_GONE)
        return Withdrawn(external_id, how)

    def _make_private(self, access_token: str, external_id: str) -> None:
        """Read the whole part and write it back: an update erases every field of the part that it leaves out."""
        videos = self._videos(access_token, [external_id], part="status")
        if not videos:
            raise errors.translate(404, {"error": {"errors": [{"reason": "videoNotFound"}]}})
        body = {"id": external_id, "status": wire.private_status(videos[0])}
        client.call(access_token, client.service().videos().update(part="status", body=body))

    def set_thumbnail(self, access_token: str, external_id: str, *, image: bytes) -> None:
        kind = next((kind for magic, kind in _IMAGE_TYPES.items() if image.startswith(magic)), "")
        if not kind or len(image) > THUMBNAIL_BYTES:
            raise ItemRefused(
                _("A thumbnail is a JPEG or PNG of at most 50 MB."), platform=self.key, platform_code="invalidImage"
            )
        media = MediaInMemoryUpload(image, mimetype=kind, resumable=False)
        client.call(access_token, client.service().thumbnails().set(videoId=external_id, media_body=media))

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
        """Threads of the whole channel, newest first, with the replies that come along.

        With one external id the threads of that video instead. A late reply does not bring its thread up:
        compare `replies` with what is known and fetch `replies_page`. The walk ends on the page that reaches
        back past `since`; what that page has beyond it comes along all the same.
        """
        of_video = {"videoId": external_ids[0]} if external_ids else {"allThreadsRelatedToChannelId": account_id}
        more = {"pageToken": page_token} if page_token else {}
        request = (
            client.service()
            .commentThreads()
            .list(
                part="id,snippet,replies",
                order="time",
                maxResults=100,
                textFormat="plainText",
                moderationStatus="heldForReview" if held else "published",
                **of_video,
                **more,
            )
        )
        body = client.call(access_token, request)
        threads = body.get("items", [])
        items = [comment for thread in threads for comment in wire.thread(thread, account_id=account_id)]
        goes_on = not any(wire.is_older(thread, than=since) for thread in threads)
        return CommentsPage(tuple(items), next_page=body.get("nextPageToken", "") if goes_on else "")

    def replies_page(
        self, access_token: str, *, account_id: str, external_id: str, parent_id: str, page_token: str = ""
    ) -> CommentsPage:
        """Replies of one thread; their order has changed over the years: sort them."""
        more = {"pageToken": page_token} if page_token else {}
        request = (
            client.service()
            .comments()
            .list(part="snippet", parentId=parent_id, maxResults=100, textFormat="plainText", **more)
        )
        body = client.call(access_token, request)
        items = [wire.comment(item, account_id=account_id, video_id=external_id) for item in body.get("items", ())]
        return CommentsPage(tuple(items), next_page=body.get("nextPageToken", ""))

    def reply(self, access_token: str, *, account_id: str, external_id: str, parent_id: str, text: str) -> str:
        """The new comment's id. Ambiguous when the answer is lost: look through the replies before repeating."""
        body = {"snippet": {"parentId": parent_id, "textOriginal": text}}
        request = client.service().comments().insert(part="snippet", body=body)
        return str(client.call(access_token, request, once=True)["id"])

    def hide(self, access_token: str, *, account_id: str, external_id: str, comment_ids: Sequence[str]) -> None:
        """Hide up to 50 comments of one channel, their replies with them; twice does no harm."""
        request = client.service().comments().setModerationStatus(id=list(comment_ids), moderationStatus="rejected")
        client.call(access_token, request)
