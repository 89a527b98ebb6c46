"""What viewers say on the platform in memory."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from channels.errors import ItemRefused
from channels.platforms.comments import CommentsPage, SeenComment
from config.kernel import clock


class FakeComments:
    """The comment verbs, for a platform that has `key`, `_call` and `_step`."""

    PAGE = 3

    def __init__(self) -> None:
        self.comments: list[SeenComment] = []
        self.silent: set[str] = set()
        self._words = itertools.count(1)

    def say(
        self, video_id: str, text: str, *, parent: str = "", at: datetime | None = None, held=False, own=False
    ) -> str:
        at = at or clock.now()
        comment_id = f"word-{next(self._words)}"
        author = "ACC" if own else "viewer"
        self.comments.append(
            SeenComment(comment_id, video_id, parent, author, text, at, at, 0, 0, is_held=held, is_own=own)
        )
        return comment_id

    def comments_page(
        self, access_token, *, account_id, since, page_token="", external_ids: Sequence[str] = (), held=False
    ) -> CommentsPage:
        self._call("comments_page", access_token)
        if self.silent & set(external_ids):
            raise ItemRefused("Comments are switched off for this video.", platform_code="commentsDisabled")
        threads = self._threads(external_ids, held=held)
        start = int(page_token or 0)
        page = threads[start : start + self.PAGE]
        items = [one for top in page for one in (self._counted(top), *self._replies(top.external_id))]
        goes_on = start + self.PAGE < len(threads) and (since is None or page[-1].posted_at >= since)
        return CommentsPage(tuple(items), next_page=str(start + self.PAGE) if goes_on else "")

    def _threads(self, external_ids: Sequence[str], *, held: bool) -> list[SeenComment]:
        """Newest first. Only YouTube lists what is held apart."""
        tops = [one for one in self.comments if not one.parent_id]
        tops = [one for one in tops if not external_ids or one.video_id in external_ids]
        if self.key == "youtube":
            tops = [one for one in tops if one.is_held == held]
        elif held:
            tops = []
        later_first = tops[::-1]
        return sorted(later_first, key=lambda one: one.posted_at, reverse=True)

    def _replies(self, parent_id: str) -> list[SeenComment]:
        return [one for one in self.comments if one.parent_id == parent_id]

    def _counted(self, top: SeenComment) -> SeenComment:
        return replace(top, replies=len(self._replies(top.external_id)))

    def replies_page(self, access_token, *, account_id, external_id, parent_id, page_token="") -> CommentsPage:
        self._call("replies_page", access_token)
        return CommentsPage(tuple(self._replies(parent_id)))

    def reply(self, access_token, *, account_id, external_id, parent_id, text) -> str:
        self._call("reply", access_token)
        reply_id = self.say(external_id, text, parent=parent_id, own=True)
        self._step("reply:after")
        return reply_id

    def hide(self, access_token, *, account_id, external_id, comment_ids) -> None:
        self._call("hide", access_token)
        self.comments = [replace(one, is_held=True) if one.external_id in comment_ids else one for one in self.comments]
