"""One upload as the policy rules see it, and what stands around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from channels.rules import texts
from channels.rules.policies import normalising
from channels.rules.policies.words import Text
from channels.rules.words import PlatformName


@dataclass(frozen=True)
class Item(normalising.Masked):
    """`day`: the due day as the channel's clock says, which decides what rules are in force.

    `people`: how many have approved it; None while nobody was asked yet (at planning). `whole`: the family of clips
    that look and sound alike; 0: it stands alone. `replaces`: the publication that goes when this one comes.
    """

    clip: int
    channel: int
    drama: int
    platform: str
    language: str
    countries: tuple[str, ...]
    due_at: datetime
    day: date
    title: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    marker: str = ""
    duration_ms: int = 0
    tier: str = ""
    origin: str = ""
    voice: str = ""
    must_label: bool | None = None
    synthetic_media: bool | None = None
    made_for_kids: bool | None = None
    has_thumbnail: bool = True
    people: int | None = None
    whole: int = 0
    replaces: int = 0

    @cached_property
    def normal(self) -> Mapping[str, str]:
        """Its texts as words are looked for in them."""
        return {
            Text.TITLE.value: normalising.normal(self.title),
            Text.DESCRIPTION.value: normalising.normal(self.description),
            Text.TAGS.value: " · ".join(normalising.normal(tag) for tag in self.tags),
        }

    @property
    def caption(self) -> str | None:
        """The one text that TikTok takes; None elsewhere."""
        if self.platform != PlatformName.TIKTOK:
            return None
        return texts.caption(self.title, self.tags, marker=self.marker)


@dataclass(frozen=True)
class Finding:
    """`reason`: a code with its facts, for evidence that becomes words when somebody reads it."""

    passed: bool
    reason: Mapping[str, Any]


@dataclass(frozen=True)
class Verdict:
    """How one rule of one pack came out. `pack` names the version; a failed rule that only warns lets it pass."""

    rule: str
    pack: str
    passed: bool
    warns: bool
    reason: Mapping[str, Any]

    @property
    def holds(self) -> bool:
        return not self.passed and not self.warns
