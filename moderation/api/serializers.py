from __future__ import annotations

import re
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from rest_framework import serializers

from moderation.models import Evidence, Ticket

FILE_NAME = re.compile(r"^episode_(\d{1,5})$")


class EvidenceOut(serializers.ModelSerializer[Evidence]):
    class Meta:
        model = Evidence
        fields = ["excerpt", "language", "said_at", "episode", "episode_ms"]


class TicketOut(serializers.ModelSerializer[Ticket]):
    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField(source="__str__")
    edition = serializers.UUIDField(source="version.edition.uuid")
    drama_code = serializers.CharField(source="version.edition.drama.code")
    language = serializers.CharField(source="version.edition.language")
    version = serializers.IntegerField(source="version.number")
    complaint = serializers.CharField(source="label")

    class Meta:
        model = Ticket
        fields = [
            "id", "name", "status", "status_reason", "severity", "edition", "drama_code", "language", "version",
            "complaint", "sub_class", "episode", "from_ms", "to_ms", "complaints", "opened_at", "due_at", "ended_at",
        ]  # fmt: skip


class TicketWithEvidence(TicketOut):
    evidence = EvidenceOut(many=True)

    class Meta(TicketOut.Meta):
        fields = [*TicketOut.Meta.fields, "evidence"]


class ReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)


class DeliveryIn(serializers.Serializer[Any]):
    """`note` and one file a mended episode, each named episode_N."""

    note = serializers.CharField(max_length=2000)

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        value["files"] = _files(data)
        return value


def _files(data: Any) -> dict[int, UploadedFile]:
    found: dict[int, UploadedFile] = {}
    for name, value in data.items():
        if not isinstance(value, UploadedFile):
            continue
        match = FILE_NAME.match(name)
        if match is None:
            raise serializers.ValidationError({name: [_("A file is named after its episode: episode_7.")]})
        found[int(match[1])] = value
    if not found:
        raise serializers.ValidationError({"episode_N": [_("At least one file is needed, named after its episode.")]})
    return found
