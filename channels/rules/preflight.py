"""What must be true of a publication before it is planned and again before it is uploaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from channels.rules.publication import Status

RIGHTS, QC, AGE, AI, DUPLICATE = "rights", "qc", "age_rating", "ai_disclosure", "duplicate"
KIDS = "made_for_kids"
TEXTS, APPROVAL, CHANNEL, CLIP = "texts", "approval", "channel", "clip"
LENGTH, SIZE, SHAPE = "length", "size", "shape"

FATE: Mapping[str, Status] = {
    DUPLICATE: Status.CANCELLED,
    QC: Status.CANCELLED,
    CLIP: Status.FAILED,
    LENGTH: Status.FAILED,
    SIZE: Status.FAILED,
    SHAPE: Status.FAILED,
    RIGHTS: Status.PROPOSED,
    AGE: Status.PROPOSED,
    AI: Status.PROPOSED,
    KIDS: Status.PROPOSED,
    TEXTS: Status.PROPOSED,
    APPROVAL: Status.PROPOSED,
    CHANNEL: Status.PROPOSED,
}
"""Where a publication goes that a rule stops at the moment of upload. PROPOSED: a person can mend it;
CANCELLED: another clip goes in its place; FAILED: nothing was sent and nothing can be."""
OF_A_PACK = Status.PROPOSED
"""Where a publication goes that a policy pack refuses: a person mends it, or chooses another day for it."""


@dataclass(frozen=True)
class Outcome:
    """`pack`: the version of the policy pack that has the rule; "" for a rule of the house. `warns`: the rule failed,
    and only warns, so it counts as passed. `reason`: the evidence as a code with its facts, worded by its reader.
    """

    rule: str
    passed: bool
    evidence: str = ""
    pack: str = ""
    warns: bool = False
    reason: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fate(self) -> Status:
        return OF_A_PACK if self.pack else FATE[self.rule]

    def kept(self) -> dict[str, Any]:
        """As it stands in the record of an examination."""
        line: dict[str, Any] = {"rule": self.rule, "passed": self.passed, "evidence": self.evidence[:300]}
        if self.pack:
            line |= {"pack": self.pack, "reason": dict(self.reason)}
        return line | ({"warns": True} if self.warns else {})
