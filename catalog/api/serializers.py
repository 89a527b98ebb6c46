from __future__ import annotations

from rest_framework import serializers

from catalog.models import Drama, Edition, EditionVersion


class DramaOut(serializers.ModelSerializer[Drama]):
    id = serializers.UUIDField(source="uuid")
    genres = serializers.SlugRelatedField(slug_field="slug", many=True, read_only=True)  # type: ignore[var-annotated]

    class Meta:
        model = Drama
        fields = ["id", "code", "original_name", "original_language", "genres", "tier", "age_rating", "origin"]


class VersionOut(serializers.ModelSerializer[EditionVersion]):
    id = serializers.UUIDField(source="uuid")

    class Meta:
        model = EditionVersion
        fields = ["id", "number", "status", "note", "delivered_at"]


class EditionOut(serializers.ModelSerializer[Edition]):
    id = serializers.UUIDField(source="uuid")
    drama = serializers.UUIDField(source="drama.uuid")
    drama_code = serializers.CharField(source="drama.code")
    versions = VersionOut(many=True)

    class Meta:
        model = Edition
        fields = ["id", "drama", "drama_code", "language", "kind", "voice", "title", "synopsis", "versions"]
