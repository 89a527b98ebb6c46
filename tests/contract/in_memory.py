"""The stage over the platform in memory."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import pytest

from channels.errors import Ambiguous, PlatformDown, TokenRefused
from channels.platforms.base import App, SeenState
from tests.channels.fake_platform import FakePlatform
from tests.contract.stage import CHUNK, Entry, Stage, present

STEPS = {
    "drop_after_final_chunk": ("final:after", PlatformDown),
    "init_answer_dropped": ("open_session:after", PlatformDown),
    "token_401_midway": ("send:before", TokenRefused),
    "token_endpoint_down": ("refresh:before", PlatformDown),
    "refresh_answer_lost": ("refresh:after", PlatformDown),
    "reply_stored_answer_lost": ("reply:after", Ambiguous),
}


class InMemory(Stage):
    rotates = True
    page_size = FakePlatform.PAGE

    def __init__(self, key: str, master: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(master, monkeypatch)
        self.adapter = self.fake = FakePlatform(key, chunk=CHUNK if key == "youtube" else 64_000_000)
        self.app = App("client", "secret")
        self.families = self.fake.families[:1]
        self.tokens = dict.fromkeys(self.fake.families, "token-0")
        self.refresh_tokens = dict.fromkeys(self.fake.families, "refresh-0")
        self.accounts = dict.fromkeys(self.fake.families, "ACC")
        self.tie_clock(present())

    def books(self) -> list[Entry]:
        return [Entry(one.external_id, hashlib.sha256(one.content).hexdigest()) for one in self.fake.books]

    def fault(self, name: str, **options: Any) -> None:
        if name == "forget_session":
            self.fake.forget_sessions()
        elif name == "invalid_grant":
            self.fake.refresh_tokens.clear()
        elif name == "comments_disabled":
            self.fake.silent |= {video.external_id for video in self.fake.videos}
        elif name == "chunk_503":
            self.fake.fail("send:after" if options.get("stored") else "send:before", PlatformDown("503"))
        else:
            step, error = STEPS[name]
            self.fake.fail(step, error(name))

    def hold_processing(self, external_id: str) -> None:
        for video in self.fake.videos:
            video.state = SeenState.PROCESSING

    def end_processing(self, *, rejected: bool = False) -> None:
        for video in self.fake.videos:
            video.state, video.reason = (SeenState.REJECTED, "spam_risk") if rejected else (SeenState.LIVE, "")
            video.is_named = video.is_named or not rejected

    def delete_by_hand(self, external_id: str) -> None:
        self.fake.videos = [video for video in self.fake.videos if video.external_id != external_id]

    def travel(self, *, hours: float) -> None:
        real, product = (float(value) for value in self._anchor.split(","))
        self.tie_clock(f"{real},{product + hours * 3600}")

    def tie_clock(self, anchor: str) -> None:
        self._anchor = anchor
        super().tie_clock(anchor)

    def let_token_expire(self) -> None:
        self.fake.tokens.clear()

    def say(self, video: str, text: str, *, parent: str = "", at: datetime | None = None, held: bool = False) -> str:
        return self.fake.say(video, text, parent=parent, at=at, held=held)
