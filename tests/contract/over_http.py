"""The stage over a real adapter, speaking HTTP to the sandbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from channels.platforms import registry
from channels.platforms.base import App
from tests.contract.stage import Entry, Stage
from tests.sandbox.people import World

PAGES = {"youtube": 100, "tiktok": 30}


class OverHttp(Stage):
    def __init__(
        self, key: str, master: bytes, monkeypatch: pytest.MonkeyPatch, *, world: World, **account: Any
    ) -> None:
        super().__init__(master, monkeypatch)
        self.world = world
        self.adapter = registry.adapter(key)
        self.app = App(world.client_id, world.secret)
        self.families = self.adapter.families
        self.rotates, self.page_size = key == "tiktok", PAGES[key]
        self._take_keys(world.channel(**account) if key == "youtube" else world.creator(**account))
        self.tie_clock(world.server.env["CLOCK_ANCHOR"])

    def _take_keys(self, owner: Any) -> None:
        self.id, self.handle = owner.id, owner.facts["handle"]
        pairs = owner.facts["tokens"][self.world.client_id]
        self.tokens = {family: pair["access_token"] for family, pair in pairs.items()}
        self.refresh_tokens = {family: pair["refresh_token"] for family, pair in pairs.items()}
        self.accounts = {
            "youtube": owner.id,
            "tiktok_open": owner.facts.get("open_id", ""),
            "tiktok_accounts": owner.facts.get("business_id", ""),
        }

    def books(self) -> list[Entry]:
        return [Entry(one["external_id"], one["sha256"]) for one in self.world.books(self.id)]

    def fault(self, name: str, *, times: int | None = 1, **options: Any) -> None:
        # A token endpoint that is down does not look whose token it was asked to renew.
        match = {"platform": self.key} if name == "token_endpoint_down" else {"account": self.id}
        self.world.fault(name, match=match, times=times, options=options)

    def hold_processing(self, external_id: str) -> None:
        self.fault("processing_stuck", times=None)

    def end_processing(self, *, rejected: bool = False) -> None:
        self.world.server.control("DELETE", "faults", {"name": "processing_stuck"})
        if rejected:
            self.fault("reject_duplicate")

    def delete_by_hand(self, external_id: str) -> None:
        self.world.server.control("POST", "delete-by-hand", {"external_id": external_id})

    def travel(self, *, hours: float) -> None:
        self.world.server.travel(hours=hours)
        self.tie_clock(self.world.server.env["CLOCK_ANCHOR"])

    def let_token_expire(self) -> None:
        self.travel(hours=25)

    def say(self, video: str, text: str, *, parent: str = "", at: datetime | None = None, held: bool = False) -> str:
        facts: dict[str, Any] = {"parent": parent} if parent else {}
        facts |= {"at": at.isoformat()} if at else {}
        return self.world.say(video, text, status="heldForReview" if held else "published", **facts)

    def spent(self) -> dict[str, int]:
        """What the platform's own books say this client used up, by its bucket."""
        rows = self.world.server.control("GET", "state")["spent"]
        mine = f"{self.key}:{self.world.client_id}:"
        return {row["key"].removeprefix(mine): row["units"] for row in rows if row["key"].startswith(mine)}
