"""What viewers wrote under a clip, as the platforms list it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SeenComment:
    """A comment as read. `parent_id` is '' for a top-level one; `likes`, `replies` as the platform counts them."""

    external_id: str
    video_id: str
    parent_id: str
    author_id: str
    text: str
    posted_at: datetime
    updated_at: datetime
    likes: int
    replies: int
    is_held: bool
    is_own: bool = False


@dataclass(frozen=True)
class CommentsPage:
    """`next_page` is '' when the walk is over (the end, or older than asked). Never keep it across runs."""

    items: tuple[SeenComment, ...]
    next_page: str = ""
    calls: int = 1
