"""A platform in memory: it keeps books of what really happened, and fails at the step it is told to.

A step is named after the verb, with `before` (the request never arrived) or `after` (it did its work and the
answer was lost): `fake.fail("send:after", PlatformDown("…"))`. The last chunk's steps are `final:before/after`.
`Killed` stands for kill -9: nothing may catch it.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from channels.errors import ConsentLost, ItemRefused, ObjectGone, OnlyByHand, PlatformDown, PlatformError, TokenRefused
from channels.platforms import base, meter
from channels.platforms.base import (
    AccountFacts,
    Bucket,
    Found,
    Grant,
    PostingLimits,
    Price,
    Privacy,
    Proof,
    Seen,
    SeenState,
    Upload,
    UploadHandle,
    Withdrawal,
    Withdrawn,
)
from channels.platforms.watched import Watched
from config.kernel import clock
from tests.channels.fake_comments import FakeComments

MIB = 1024 * 1024


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Video:
    external_id: str
    marker: str
    content: bytes
    created_at: datetime
    publish_at: datetime | None
    duration_ms: int
    publish_id: str = ""
    state: SeenState = SeenState.LIVE
    reason: str = ""
    is_named: bool = True
    views: int | None = 0
    completion: float | None = None


@dataclass
class Session:
    upload: Upload
    data: bytearray = field(default_factory=bytearray)
    video: Video | None = None
    is_gone: bool = False
    failed: str = ""


class FakePlatform(FakeComments):
    label = "Fake"
    buckets = (
        Bucket("uploads", "app", "day", "America/Los_Angeles", 100),
        Bucket("units", "app", "day", "America/Los_Angeles", 10_000),
        Bucket("posts", "account", "day", "UTC", 15),
    )
    PRICES = {
        "open_session": (Price("uploads", 1),),
        "find_upload": (Price("units", 3),),
        "look": (Price("units", 1, batch=50),),
        "watched": (Price("units", 1, batch=2),),
        "withdraw": (Price("units", 50),),
        "set_thumbnail": (Price("units", 50),),
        "whoami": (Price("units", 1),),
    }

    def __init__(self, key: str = "youtube", *, chunk: int = 4) -> None:
        super().__init__()
        self.key = key
        self.families = ("youtube",) if key == "youtube" else ("tiktok_open", "tiktok_accounts")
        self.names_late = key == "tiktok"
        self.chunk = chunk
        self.videos: list[Video] = []
        self.books: list[Video] = []
        self.sessions: dict[str, Session] = {}
        self.faults: dict[str, list[BaseException]] = defaultdict(list)
        self.calls: list[str] = []
        self.tokens: dict[str, str] = {"token-0": "ACC"}
        self.refresh_tokens = {"refresh-0"}
        self.life = timedelta(hours=1)
        self.thumbnails: dict[str, bytes] = {}
        self.numbers = itertools.count(1)
        self.posting = PostingLimits(tuple(Privacy), None, 10**12)

    # --- the switchboard

    def fail(self, step: str, *errors: BaseException) -> None:
        self.faults[step] += errors

    def _step(self, step: str) -> None:
        if self.faults[step]:
            raise self.faults[step].pop(0)

    def _call(self, verb: str, token: str = "") -> None:
        self.calls.append(verb)
        meter.count(self.PRICES.get(verb, ()))
        self._step(f"{verb}:before")
        if token and token not in self.tokens:
            raise TokenRefused("the token is not taken")

    def count(self, verb: str) -> int:
        return self.calls.count(verb)

    # --- what it is

    def family_of(self, verb: str) -> str:
        return self.families[0]

    def prices(self, verb: str) -> tuple[Price, ...]:
        return self.PRICES.get(verb, ())

    def scopes(self, *, family: str = "") -> tuple[str, ...]:
        return ("upload", "comments")

    def explain(self, reason: str) -> PlatformError:
        known = {"internal": PlatformDown("a fault"), "copyright": ItemRefused("a claim")}
        return known.get(reason, ItemRefused(reason))

    # --- consent

    def authorize_url(self, app, *, redirect_uri, state, code_verifier, family="") -> str:
        return f"https://consent.example/?state={state}&redirect_uri={redirect_uri}"

    def exchange(self, app, *, code, redirect_uri, code_verifier, family="") -> Grant:
        self._call("exchange")
        if code != "good":
            raise ConsentLost("the code is not known")
        return self.grant()

    def grant(self) -> Grant:
        number = next(self.numbers)
        self.tokens[f"token-{number}"] = "ACC"
        self.refresh_tokens = {f"refresh-{number}"}
        return Grant(
            f"token-{number}",
            f"refresh-{number}",
            expires_at=clock.now() + self.life,
            scopes=("upload", "comments"),
            account_id="ACC",
        )

    def refresh(self, app, *, refresh_token, family="") -> Grant:
        """Rotates: the token given is dead afterwards."""
        self._call("refresh")
        if refresh_token not in self.refresh_tokens:
            raise ConsentLost("invalid_grant")
        grant = self.grant()
        self._step("refresh:after")
        return grant

    def revoke(self, app, *, token, family="") -> None:
        self.tokens.pop(token, None)

    def whoami(self, access_token: str) -> AccountFacts:
        self._call("whoami", access_token)
        return AccountFacts(self.tokens[access_token], "An account", "@account", followers=7)

    def limits(self, access_token: str) -> PostingLimits:
        self._call("limits", access_token)
        return self.posting

    # --- uploading

    def chunks(self, total: int) -> int:
        return self.chunk

    def span(self, *, offset: int, total: int, chunk_bytes: int) -> int:
        return min(chunk_bytes, total - offset)

    def is_final(self, *, offset: int, length: int, total: int) -> bool:
        return offset + length >= total

    def open_session(self, access_token: str, upload: Upload) -> UploadHandle:
        self._call("open_session", access_token)
        self._check(upload)
        number = next(self.numbers)
        secret = f"https://upload.example/?upload_id={number}"
        self.sessions[secret] = Session(upload)
        self._step("open_session:after")
        return UploadHandle(secret, self.chunk, publish_id=f"pub-{number}" if self.names_late else "")

    def _check(self, upload: Upload) -> None:
        text, most = (upload.title, 100) if self.key == "youtube" else (upload.caption or upload.title, 2200)
        if len(text) > most:
            raise ItemRefused("The text is too long.", platform_code="text")
        if self.key == "tiktok" and upload.publish_at and upload.publish_at > clock.now():
            raise ItemRefused("There is no schedule.", platform_code="no_schedule")

    def send(self, access_token: str, handle: UploadHandle, *, offset: int, chunk: bytes, total: int):
        is_final = offset + len(chunk) >= total
        name = "final" if is_final else "send"
        self._call("send", access_token)
        self._step(f"{name}:before")
        session = self.sessions.get(handle.secret)
        if session is None or session.is_gone:
            return base.gone(may_exist=True)
        if offset != len(session.data):
            raise PlatformDown("other bytes are held")
        session.data += chunk
        if is_final:
            self._finish(session, handle)
        self._step(f"{name}:after")
        return self._state(session, handle)

    def _finish(self, session: Session, handle: UploadHandle) -> None:
        upload = session.upload
        assert len(session.data) == upload.size_bytes
        session.video = Video(
            external_id=f"vid-{next(self.numbers)}",
            marker=upload.marker,
            content=bytes(session.data),
            created_at=clock.now(),
            publish_at=upload.publish_at,
            duration_ms=upload.duration_ms,
            publish_id=handle.publish_id,
            is_named=not self.names_late,
        )
        self.videos.append(session.video)
        self.books.append(session.video)

    def show(self, external_id: str, **facts: Any) -> None:
        """A clip that is there already, whoever uploaded it."""
        self.videos.append(Video(external_id, "", b"", clock.now(), None, 1000, **facts))

    def _state(self, session: Session, handle: UploadHandle):
        if session.failed:
            return base.failed(session.failed, publish_id=handle.publish_id)
        if session.video is None:
            return base.open_at(len(session.data))
        external_id = session.video.external_id if session.video.is_named else ""
        return base.finished(external_id=external_id, publish_id=handle.publish_id, is_published=bool(external_id))

    def ask(self, access_token: str, handle: UploadHandle, *, total: int):
        self._call("ask", access_token)
        session = self.sessions.get(handle.secret)
        if session is None or session.is_gone:
            return base.gone(may_exist=True)
        return self._state(session, handle)

    def publish_status(self, access_token: str, publish_id: str):
        self._call("publish_status", access_token)
        video = next(video for video in self.videos if video.publish_id == publish_id)
        if video.state == SeenState.REJECTED:
            return base.failed(video.reason, publish_id=publish_id)
        return base.finished(external_id=video.external_id if video.is_named else "", publish_id=publish_id)

    def find_upload(self, access_token: str, *, marker, size_bytes, duration_ms, since) -> list[Found]:
        self._call("find_upload", access_token)
        found = []
        for video in self.videos:
            if video.created_at < since or (self.names_late and not video.is_named):
                continue
            proof = Proof.TAG if video.marker == marker else Proof.SIZE_AND_DURATION
            if proof is Proof.TAG or (len(video.content), video.duration_ms) == (size_bytes, duration_ms):
                found.append(Found(video.external_id, proof, proof is Proof.TAG, "a title", video.created_at))
        return sorted(found, key=lambda one: not one.is_certain)

    # --- afterwards

    def look(self, access_token: str, external_ids) -> dict[str, Seen]:
        self._call("look", access_token)
        now = clock.now()
        here = {video.external_id: video for video in self.videos}
        return {
            key: self._seen(here[key], now) if key in here else Seen(key, SeenState.REMOVED, "fake.look", now)
            for key in external_ids
        }

    def _seen(self, video: Video, now: datetime) -> Seen:
        state = video.state
        if state == SeenState.LIVE and video.publish_at and video.publish_at > now:
            state = SeenState.SCHEDULED
        return Seen(
            video.external_id,
            state,
            "fake.look",
            now,
            reason=video.reason,
            views=video.views,
            url=f"https://watch.example/{video.external_id}",
            publish_at=video.publish_at if state == SeenState.SCHEDULED else None,
        )

    def watched(self, access_token: str, *, account_id: str, external_ids) -> dict[str, Watched]:
        self._call("watched", access_token)
        here = {video.external_id: video for video in self.videos}
        return {
            key: Watched(key, "fake-insights", clock.now(), here[key].views, here[key].completion)
            if key in here
            else Watched(key, "fake-insights", clock.now())
            for key in external_ids
        }

    def withdraw(self, access_token, external_id, *, how=Withdrawal.DELETED, handle="") -> Withdrawn:
        self._call("withdraw", access_token)
        if self.key == "tiktok":
            raise OnlyByHand("by hand only", link=f"https://watch.example/{external_id}")
        here = next((video for video in self.videos if video.external_id == external_id), None)
        if here is None:
            how = Withdrawal.ALREADY_GONE
        elif how == Withdrawal.MADE_PRIVATE:
            here.state, here.publish_at = SeenState.PRIVATE, None
        else:
            self.videos.remove(here)
        self._step("withdraw:after")
        return Withdrawn(external_id, how)

    def set_thumbnail(self, access_token, external_id, *, image) -> None:
        self._call("set_thumbnail", access_token)
        if external_id not in {video.external_id for video in self.videos}:
            raise ObjectGone("no such video")
        self.thumbnails[external_id] = image
        self._step("set_thumbnail:after")

    # --- what a test does to it

    def forget_sessions(self) -> None:
        for session in self.sessions.values():
            session.is_gone = True

    def name_posts(self) -> None:
        for video in self.videos:
            video.is_named = True

    def restrict(self, **limits) -> None:
        self.posting = replace(self.posting, **limits)
