"""One account of ours on one platform, and the levers that a test moves: the same for every platform.

The levers have the sandbox's names of mishaps, so that a scenario reads alike over the platform in memory.
"""

from __future__ import annotations

import hashlib
import struct
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from channels.platforms.base import App, Platform, Privacy, Upload, UploadHandle, UploadKind
from channels.platforms.base import UploadState as State
from channels.platforms.comments import CommentsPage, SeenComment
from config.kernel import clock

CHUNK = 256 * 1024
SIZE = 2 * CHUNK + 5000
ABOUT_ACCOUNT = frozenset({"comments_page", "replies_page", "reply", "hide", "watched"})


@dataclass(frozen=True)
class Film:
    """A clip that plays, in bytes of its own."""

    data: bytes
    marker: str
    duration_ms: int

    @property
    def total(self) -> int:
        return len(self.data)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Entry:
    """What really arrived, once for each time that it arrived; withdrawn ones too."""

    external_id: str
    sha256: str


class Stage:
    """Concrete stages fill these in; `tokens` and `refresh_tokens` are by family."""

    adapter: Platform
    app: App
    tokens: dict[str, str]
    refresh_tokens: dict[str, str]
    accounts: dict[str, str]
    families: tuple[str, ...]
    rotates: bool
    page_size: int

    def __init__(self, master: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
        self._master, self._patch = master, monkeypatch

    # --- levers of each kind of stage

    def books(self) -> list[Entry]: ...

    def fault(self, name: str, **options: Any) -> None: ...

    def hold_processing(self, external_id: str) -> None: ...

    def end_processing(self, *, rejected: bool = False) -> None: ...

    def delete_by_hand(self, external_id: str) -> None: ...

    def travel(self, *, hours: float) -> None: ...

    def let_token_expire(self) -> None: ...

    def say(self, video: str, text: str, *, parent: str = "", at: datetime | None = None, held: bool = False) -> str:
        """One viewer's comment; its id."""

    # --- the product's side

    @property
    def key(self) -> str:
        return self.adapter.key

    def call(self, verb: str, *args: Any, **arguments: Any) -> Any:
        """The verb with the token, and where it wants one the account, of its family: as the gateway calls it."""
        family = self.adapter.family_of(verb)
        if verb in ABOUT_ACCOUNT:
            arguments["account_id"] = self.accounts[family]
        return getattr(self.adapter, verb)(self.tokens[family], *args, **arguments)

    def refresh(self, family: str = "", *, token: str = "") -> Any:
        family = family or self.adapter.families[0]
        return self.adapter.refresh(self.app, refresh_token=token or self.refresh_tokens[family], family=family)

    def film(self, *, size: int = SIZE) -> Film:
        """The session's film, made `size` bytes long and unlike any other by an atom that players skip."""
        atom = size - len(self._master)
        padding = uuid.uuid4().bytes + bytes(atom - 8 - 16)
        data = self._master + struct.pack(">I4s", atom, b"free") + padding
        return Film(data, marker=f"dp{uuid.uuid4().hex[:12]}", duration_ms=3000)

    def announced(self, film: Film, **facts: Any) -> Upload:
        title = facts.pop("title", "The Heiress, part 1")
        said = {"privacy": Privacy.PUBLIC, "made_for_kids": False, "is_synthetic": True, "tags": ("drama",)}
        said |= {"language": "es", "audio_language": "es", "caption": f"{title} #{film.marker}", **facts}
        return Upload(title=title, marker=film.marker, size_bytes=film.total, duration_ms=film.duration_ms, **said)

    def open(self, film: Film, **facts: Any) -> UploadHandle:
        return self.call("open_session", self.announced(film, **facts))

    def ask(self, handle: UploadHandle, film: Film) -> State:
        return self.call("ask", handle, total=film.total)

    def send(self, handle: UploadHandle, film: Film, *, offset: int) -> State:
        """The one chunk that is due at `offset`."""
        length = self.adapter.span(offset=offset, total=film.total, chunk_bytes=handle.chunk_bytes)
        chunk = film.data[offset : offset + length]
        return self.call("send", handle, offset=offset, chunk=chunk, total=film.total)

    def send_rest(self, handle: UploadHandle, film: Film, *, offset: int = 0) -> State:
        state = self.send(handle, film, offset=offset)
        while state.kind == UploadKind.OPEN:
            assert state.next_offset > offset, "the platform takes no more bytes"
            offset = state.next_offset
            state = self.send(handle, film, offset=offset)
        return state

    def last_offset(self, handle: UploadHandle, film: Film) -> int:
        """Where the chunk begins that makes the upload whole."""
        return spans(self, film.total, handle.chunk_bytes)[-1][0]

    def named(self, state: State) -> str:
        """The clip's id; asks for it where the platform gives it late."""
        assert state.kind == UploadKind.FINISHED, state
        if not state.external_id:
            self.end_processing()
            state = self.call("publish_status", state.publish_id)
        assert state.external_id, state
        return state.external_id

    def post(self, film: Film | None = None, **facts: Any) -> str:
        film = film or self.film()
        return self.named(self.send_rest(self.open(film, **facts), film))

    def find(self, film: Film, *, since: datetime, marker: str = "") -> list[Any]:
        marker, length = marker or film.marker, film.duration_ms
        return self.call("find_upload", marker=marker, size_bytes=film.total, duration_ms=length, since=since)

    def walk(self, video: str, *, since: datetime | None = None, held: bool = False) -> Iterator[CommentsPage]:
        page, token = None, ""
        while page is None or token:
            page = self.call("comments_page", since=since, page_token=token, external_ids=[video], held=held)
            token = page.next_page
            yield page

    def comments(self, video: str, *, since: datetime | None = None, held: bool = False) -> list[SeenComment]:
        return [one for page in self.walk(video, since=since, held=held) for one in page.items]

    def has_exactly(self, film: Film, external_id: str) -> None:
        """The figure that counts: it is there once, whole, and under the name that we were told."""
        assert self.books() == [Entry(external_id, film.sha256)]

    # --- time

    def tie_clock(self, anchor: str) -> None:
        """The product reads the same time as the platform, however far that one has travelled."""
        self._patch.setenv("CLOCK_RATE", "1.000001")  # at exactly 1 the clock takes no anchor
        self._patch.setenv("CLOCK_ANCHOR", anchor)


def spans(stage: Stage, total: int, chunk_bytes: int) -> list[tuple[int, int]]:
    """(offset, length) of every chunk."""
    found, offset = [], 0
    while offset < total:
        length = stage.adapter.span(offset=offset, total=total, chunk_bytes=chunk_bytes)
        found.append((offset, length))
        offset += length
    return found


def present() -> str:
    now = time.time()
    return f"{now},{now}"


def minutes_ago(count: float) -> datetime:
    return clock.now() - timedelta(minutes=count)
