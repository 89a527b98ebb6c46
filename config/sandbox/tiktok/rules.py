"""What TikTok takes as a post and as its source; refused with its own codes."""

from __future__ import annotations

from typing import Any

from config.sandbox.models import Account
from config.sandbox.tiktok import errors

CAPTION_UNITS = 2200
MB = 1_000_000  # "MB" is not defined; the sandbox takes what either reading allows
MIN_CHUNK, MAX_CHUNK, MAX_LAST, MAX_CHUNKS = 5 * MB, 64 * 1024 * 1024, 128 * 1024 * 1024, 1000
MAX_VIDEO = 4 * 1024**3

_POST_FIELDS = {
    "privacy_level": str,
    "title": str,
    "disable_comment": bool,
    "disable_duet": bool,
    "disable_stitch": bool,
    "video_cover_timestamp_ms": int,
    "brand_content_toggle": bool,
    "brand_organic_toggle": bool,
    "is_aigc": bool,
}
_SOURCE_FIELDS = {"source": str, "video_size": int, "chunk_size": int, "total_chunk_count": int, "video_url": str}


def privacy_options(account: Account) -> list[str]:
    first = "FOLLOWER_OF_CREATOR" if account.is_private else "PUBLIC_TO_EVERYONE"
    return [first, "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]


def caption_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def check_post(post: dict[str, Any], *, account: Account) -> None:
    _check_fields(post, _POST_FIELDS, place="post_info")
    if not post.get("privacy_level"):
        raise errors.invalid("post_info.privacy_level is required.")
    if post["privacy_level"] not in privacy_options(account):
        raise errors.open_refusal(403, "privacy_level_option_mismatch")
    if caption_units(post.get("title", "")) > CAPTION_UNITS:
        raise errors.invalid(f"post_info.title is longer than {CAPTION_UNITS} UTF-16 units.")
    if post.get("brand_content_toggle") and post["privacy_level"] == "SELF_ONLY":
        raise errors.invalid("Branded content cannot be SELF_ONLY.")


def check_source(source: dict[str, Any]) -> bool:
    """True when TikTok is to fetch the file itself."""
    _check_fields(source, _SOURCE_FIELDS, place="source_info")
    kind = source.get("source")
    if kind == "PULL_FROM_URL":
        if not str(source.get("video_url", "")).startswith(("http://", "https://")):
            raise errors.invalid("source_info.video_url is required.")
        return True
    if kind != "FILE_UPLOAD":
        raise errors.invalid("source_info.source has to be FILE_UPLOAD or PULL_FROM_URL.")
    size, chunk, count = (source.get(name, 0) for name in ("video_size", "chunk_size", "total_chunk_count"))
    if not 0 < size <= MAX_VIDEO or chunk <= 0:
        raise errors.invalid("source_info.video_size and chunk_size have to be positive, 4 GB at most.")
    if not 1 <= count <= MAX_CHUNKS or count != max(1, size // chunk):
        raise errors.invalid("The total chunk count is invalid: it is floor(video_size / chunk_size), 1 to 1000.")
    if chunk > size or (chunk < MIN_CHUNK and chunk != size):
        raise errors.invalid("The chunk size is invalid: 5 MB at least, or the whole of a smaller video.")
    if chunk > MAX_CHUNK or size - chunk * (count - 1) > MAX_LAST:
        raise errors.invalid("The chunk size is invalid: 64 MB at most, the last one 128 MB.")
    return False


def _check_fields(given: dict[str, Any], known: dict[str, type], *, place: str) -> None:
    for name, value in given.items():
        if name not in known:
            raise errors.invalid(f"{place}.{name} is not a known field.")
        wrong_bool = isinstance(value, bool) and known[name] is not bool
        if wrong_bool or not isinstance(value, known[name]):
            raise errors.invalid(f"{place}.{name} has to be {known[name].__name__}.")
