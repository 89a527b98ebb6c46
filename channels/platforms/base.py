"""What every platform takes and gives: plain values, and the verbs an adapter must have."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from channels.errors import PlatformError
from channels.platforms.comments import CommentsPage
from channels.platforms.watched import Watched

MAIN = ""
"""The first of a platform's families: the one that posts."""


class Privacy(enum.StrEnum):
    PUBLIC = "public"
    UNLISTED = "unlisted"
    PRIVATE = "private"
    FRIENDS = "friends"
    FOLLOWERS = "followers"


@dataclass(frozen=True)
class App:
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True)
class Grant:
    """What an owner's consent gave. `account_id` is '' where only `whoami` can tell it."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime
    refresh_expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()
    account_id: str = ""


@dataclass(frozen=True)
class AccountFacts:
    """`uploads_playlist` is '' and `can_upload_long`, `followers` are None where the platform does not say."""

    external_id: str
    title: str
    handle: str = ""
    uploads_playlist: str = ""
    can_upload_long: bool | None = None
    followers: int | None = None


@dataclass(frozen=True)
class Upload:
    """One clip as it is to be posted.

    `privacy` is what viewers shall find in the end; with `publish_at` the platform keeps the clip private
    until then. `marker` is unique to the publication and is what makes it findable again: the adapter puts it
    into the file name and the tags where a platform has them, the caller into `caption` where it has not.
    """

    title: str
    marker: str
    size_bytes: int
    duration_ms: int
    privacy: Privacy
    made_for_kids: bool
    is_synthetic: bool
    content_type: str = "video/mp4"
    description: str = ""
    caption: str = ""
    tags: tuple[str, ...] = ()
    category: str = "24"
    language: str = ""
    audio_language: str = ""
    publish_at: datetime | None = None
    is_own_brand: bool = False
    is_paid_promotion: bool = False
    notify_subscribers: bool = False
    cover_ms: int | None = None
    allow_comments: bool = True
    allow_duet: bool = True
    allow_stitch: bool = True


@dataclass(frozen=True)
class PostingLimits:
    """What this account may post right now. `max_duration_ms` None: the platform sets no limit of its own."""

    privacy_options: tuple[Privacy, ...]
    max_duration_ms: int | None
    max_bytes: int
    comments_disabled: bool = False
    duet_disabled: bool = False
    stitch_disabled: bool = False
    nickname: str = ""

    def clashes(self, upload: Upload) -> tuple[str, ...]:
        """The codes of what the account does not offer for this upload; nothing is ever downgraded silently."""
        found = {
            "privacy_not_offered": upload.privacy not in self.privacy_options,
            "too_long": self.max_duration_ms is not None and upload.duration_ms > self.max_duration_ms,
            "too_large": upload.size_bytes > self.max_bytes,
            "comments_disabled": self.comments_disabled and upload.allow_comments,
            "duet_disabled": self.duet_disabled and upload.allow_duet,
            "stitch_disabled": self.stitch_disabled and upload.allow_stitch,
        }
        return tuple(code for code, clash in found.items() if clash)


@dataclass(frozen=True)
class UploadHandle:
    """An open upload session. `secret` is a credential: store it encrypted, before the first byte is sent."""

    secret: str = field(repr=False)
    chunk_bytes: int
    publish_id: str = ""
    expires_at: datetime | None = None
    content_type: str = "video/mp4"


class UploadKind(enum.StrEnum):
    OPEN = "open"
    FINISHED = "finished"
    GONE = "gone"
    FAILED = "failed"


@dataclass(frozen=True)
class UploadState:
    """Where an upload stands, in the platform's own words.

    OPEN: send from `next_offset`. FINISHED: every byte is there; `external_id` is '' while the platform has not
    given it, and `is_published` tells *published, id pending* from *still processing*. GONE: the session is no
    more; if its last bytes ever went out the clip may be there all the same: look for it first. FAILED: the platform
    gave the clip up, `reason` is its code (`Platform.explain` says what to do).
    """

    kind: UploadKind
    next_offset: int = 0
    external_id: str = ""
    publish_id: str = ""
    is_published: bool = False
    may_exist: bool = True
    reason: str = ""


def open_at(offset: int) -> UploadState:
    return UploadState(UploadKind.OPEN, next_offset=offset, may_exist=False)


def finished(*, external_id: str = "", publish_id: str = "", is_published: bool = False) -> UploadState:
    return UploadState(UploadKind.FINISHED, external_id=external_id, publish_id=publish_id, is_published=is_published)


def gone(*, may_exist: bool) -> UploadState:
    return UploadState(UploadKind.GONE, may_exist=may_exist)


def failed(reason: str, *, publish_id: str = "") -> UploadState:
    return UploadState(UploadKind.FAILED, reason=reason, publish_id=publish_id, may_exist=False)


class Proof(enum.StrEnum):
    FILE_NAME = "file_name"
    TAG = "tag"
    CAPTION = "caption"
    SIZE_AND_DURATION = "size_and_duration"


@dataclass(frozen=True)
class Found:
    """A clip on the account that looks like ours. Only a `is_certain` one may be adopted without a person."""

    external_id: str
    proof: Proof
    is_certain: bool
    title: str
    created_at: datetime


class SeenState(enum.StrEnum):
    PROCESSING = "processing"
    LIVE = "live"
    UNLISTED = "unlisted"
    PRIVATE = "private"
    SCHEDULED = "scheduled"
    REJECTED = "rejected"
    REMOVED = "removed"


@dataclass(frozen=True)
class Seen:
    """One look at a clip. A count is None when the platform did not say; None is not zero."""

    external_id: str
    state: SeenState
    source: str
    observed_at: datetime
    reason: str = ""
    views: int | None = None
    likes: int | None = None
    comments: int | None = None
    url: str = ""
    published_at: datetime | None = None
    publish_at: datetime | None = None


class Withdrawal(enum.StrEnum):
    DELETED = "deleted"
    MADE_PRIVATE = "made_private"
    ALREADY_GONE = "already_gone"


@dataclass(frozen=True)
class Withdrawn:
    external_id: str
    how: Withdrawal


@dataclass(frozen=True)
class Bucket:
    """A budget that the platform grants. `scope` 'app' or 'account'; `window` 'day' or 'minute'."""

    name: str
    scope: str
    window: str
    zone: str
    default_limit: int


@dataclass(frozen=True)
class Price:
    """What one call takes from one bucket. `batch` ids fit into a call."""

    bucket: str
    units: int
    batch: int = 1


class Platform(Protocol):
    """The verbs. Every one may raise `channels.errors.PlatformError` and nothing else that is expected.

    `account_id` is the id that the grant of the verb's family is bound to (`family_of`). `revoke` takes the
    access token.
    """

    key: str
    label: str
    families: tuple[str, ...]
    buckets: tuple[Bucket, ...]

    def family_of(self, verb: str) -> str: ...

    def prices(self, verb: str) -> tuple[Price, ...]: ...

    def scopes(self, *, family: str = MAIN) -> tuple[str, ...]: ...

    def explain(self, reason: str) -> PlatformError: ...

    def authorize_url(
        self, app: App, *, redirect_uri: str, state: str, code_verifier: str, family: str = MAIN
    ) -> str: ...

    def exchange(self, app: App, *, code: str, redirect_uri: str, code_verifier: str, family: str = MAIN) -> Grant: ...

    def refresh(self, app: App, *, refresh_token: str, family: str = MAIN) -> Grant: ...

    def revoke(self, app: App, *, token: str, family: str = MAIN) -> None: ...

    def whoami(self, access_token: str) -> AccountFacts: ...

    def limits(self, access_token: str) -> PostingLimits: ...

    def chunks(self, total: int) -> int: ...

    def span(self, *, offset: int, total: int, chunk_bytes: int) -> int: ...

    def is_final(self, *, offset: int, length: int, total: int) -> bool: ...

    def open_session(self, access_token: str, upload: Upload) -> UploadHandle: ...

    def send(
        self, access_token: str, handle: UploadHandle, *, offset: int, chunk: bytes, total: int
    ) -> UploadState: ...

    def ask(self, access_token: str, handle: UploadHandle, *, total: int) -> UploadState: ...

    def publish_status(self, access_token: str, publish_id: str) -> UploadState: ...

    def find_upload(
        self, access_token: str, *, marker: str, size_bytes: int, duration_ms: int, since: datetime
    ) -> list[Found]: ...

    def look(self, access_token: str, external_ids: Sequence[str]) -> Mapping[str, Seen]: ...

    def watched(self, access_token: str, *, account_id: str, external_ids: Sequence[str]) -> Mapping[str, Watched]: ...

    def withdraw(
        self, access_token: str, external_id: str, *, how: Withdrawal = Withdrawal.DELETED, handle: str = ""
    ) -> Withdrawn: ...

    def set_thumbnail(self, access_token: str, external_id: str, *, image: bytes) -> None: ...

    def comments_page(
        self,
        access_token: str,
        *,
        account_id: str,
        since: datetime | None,
        page_token: str = "",
        external_ids: Sequence[str] = (),
        held: bool = False,
    ) -> CommentsPage: ...

    def replies_page(
        self, access_token: str, *, account_id: str, external_id: str, parent_id: str, page_token: str = ""
    ) -> CommentsPage: ...

    def reply(self, access_token: str, *, account_id: str, external_id: str, parent_id: str, text: str) -> str: ...

    def hide(self, access_token: str, *, account_id: str, external_id: str, comment_ids: Sequence[str]) -> None: ...
