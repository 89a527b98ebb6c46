"""What YouTube takes as words and settings of a video; refused with its own reasons."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from config.sandbox.youtube import errors

CATEGORIES = {"1", "2", "10", "15", "17", "18", "19", "20", "22", "23", "24", "25", "26", "27", "28", "29"}


def check_snippet(snippet: dict[str, Any]) -> None:
    title = snippet.get("title", "")
    if not title.strip() or len(title) > 100 or _has_brackets(title):
        raise errors.bad_metadata(
            "invalidTitle",
            "The request metadata specifies an invalid or empty video title.",
            location="body.snippet.title",
        )
    description = snippet.get("description", "")
    if len(description.encode()) > 5000 or _has_brackets(description):
        raise errors.bad_metadata(
            "invalidDescription",
            "The request metadata specifies an invalid video description.",
            location="body.snippet.description",
        )
    tags = snippet.get("tags") or []
    if any(not tag.strip() or _has_brackets(tag) for tag in tags) or tags_length(tags) > 500:
        raise errors.bad_metadata(
            "invalidTags", "The request metadata specifies invalid video keywords.", location="body.snippet.tags"
        )
    if snippet.get("categoryId") not in CATEGORIES:
        raise errors.bad_metadata(
            "invalidCategoryId",
            "The snippet.categoryId property specifies an invalid category ID.",
            location="body.snippet.categoryId",
        )


def tags_length(tags: list[str]) -> int:
    return sum(len(tag) + (2 if " " in tag else 0) for tag in tags) + max(0, len(tags) - 1)


def _has_brackets(text: str) -> bool:
    return "<" in text or ">" in text


def checked_status(status: dict[str, Any], *, was_published: bool) -> dict[str, Any]:
    """The status as it will be stored. A missing privacyStatus means public."""
    full = {"license": "youtube", "embeddable": True, "publicStatsViewable": True, **status}
    full.setdefault("privacyStatus", "public")
    stamp = full.get("publishAt")
    if not stamp:
        full.pop("publishAt", None)
        return full
    if full["privacyStatus"] != "private" or was_published or _moment(stamp) is None:
        raise errors.bad_metadata(
            "invalidPublishAt",
            "The request metadata specifies an invalid scheduled publishing time.",
            location="body.status.publishAt",
        )
    return full


def _moment(stamp: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(stamp.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def check_localizations(resource: dict[str, Any]) -> None:
    localized = resource.get("localizations") or {}
    if localized and not resource.get("snippet", {}).get("defaultLanguage"):
        raise errors.bad_metadata(
            "defaultLanguageNotSet",
            "The request is trying to add localized video details without specifying the default language.",
            location="body.snippet.defaultLanguage",
        )
    for language, words in localized.items():
        title, description = words.get("title", ""), words.get("description", "")
        if len(title) > 100 or len(description.encode()) > 5000 or _has_brackets(title + description):
            message = f"The localization for {language} is invalid."
            raise errors.bad_metadata("invalidVideoMetadata", message, location=f"body.localizations.{language}")
