"""What must be true of a publication before it is planned and again before it is uploaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from channels.rules.publication import Status

RIGHTS, QC, AGE, AI, DUPLICATE = "rights", "qc", "age_rating", "ai_disclosure", "duplicate"
TEXTS, APPROVAL, CHANNEL, CLIP, LENGTH = "texts", "approval", "channel", "clip", "length"

FATE: Mapping[str, Status] = {
    DUPLICATE: Status.CANCELLED,
    QC: Status.CANCELLED,
    CLIP: Status.FAILED,
    LENGTH: Status.FAILED,
    RIGHTS: Status.PROPOSED,
    AGE: Status.PROPOSED,
    AI: Status.PROPOSED,
    TEXTS: Status.PROPOSED,
    APPROVAL: Status.PROPOSED,
    CHANNEL: Status.PROPOSED,
}
"""Where a publication goes that a rule stops at the moment of upload. PROPOSED: a person can mend it;
CANCELLED: another clip goes in its place; FAILED: nothing was sent and nothing can be."""


@dataclass(frozen=True)
class Outcome:
    rule: str
    passed: bool
    evidence: str = ""
