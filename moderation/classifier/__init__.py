"""What a viewer's comment complains about, offline: values in, values out, no rows and no network."""

from __future__ import annotations

from moderation.classifier.judgement import Finding, Judgement, Kind, Moment, SubClass, Text
from moderation.classifier.judging import VERSION, judge
from moderation.classifier.redaction import redact

__all__ = ["VERSION", "Finding", "Judgement", "Kind", "Moment", "SubClass", "Text", "judge", "redact"]
