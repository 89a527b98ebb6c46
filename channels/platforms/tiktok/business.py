"""TikTok's Accounts API: the consent of its own, and the comments, which the Open API has not."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from channels.errors import ConsentLost
from channels.platforms import transport
from channels.platforms.base import App, Grant
from channels.platforms.comments import CommentsPage
from channels.platforms.tiktok import client, errors, oauth, wire
from channels.platforms.watched import Watched
from config.kernel import clock

FAMILY = "tiktok_accounts"
SCOPES = (
    "user.info.basic",
    "user.info.username",
    "video.list",
    "video.insights",
    "comment.list",
    "comment.list.manage",
)
PAGE_SIZE = 30
INSIGHTS = ("item_id", "video_views", "average_time_watched", "video_duration")


def authorize_url(app: App, *, redirect_uri: str, state: str, code_verifier: str) -> str:
    """The address that the portal issues, with our state. This family knows no code challenge."""
    return oauth.authorize_url(app, redirect_uri=redirect_uri, state=state, code_verifier="", scopes=SCOPES)


def exchange(app: App, *, code: str, redirect_uri: str, code_verifier: str) -> Grant:
    body = {"grant_type": "authorization_code", "auth_code": code, "redirect_uri": redirect_uri}
    return oauth.grant_of(_post("tt_user/oauth2/token/", app, body), kept_refresh_token="")


def refresh(app: App, *, refresh_token: str) -> Grant:
    body = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return oauth.grant_of(_post("tt_user/oauth2/refresh_token/", app, body), kept_refresh_token=refresh_token)


def revoke(app: App, *, token: str) -> None:
    try:
        _post("tt_user/oauth2/revoke/", app, {"access_token": token})
    except ConsentLost:
        return


def _post(path: str, app: App, body: dict[str, str]) -> dict[str, Any]:
    url = transport.root("TIKTOK_BUSINESS_API_ROOT") + path
    content = json.dumps({"client_id": app.client_id, "client_secret": app.client_secret, **body})
    headers = {"Content-Type": "application/json"}
    response = transport.send(transport.Call(errors.KEY, "POST", url, headers, body=content))
    answer = transport.json_of(response)
    if response.status_code >= 300 or errors.is_refusal(answer):
        raise errors.translate_consent(response.status_code, answer)
    return answer.get("data") or {}


def comments_page(
    access_token: str, *, business_id: str, video_ids: Sequence[str], since: datetime | None, page_token: str
) -> CommentsPage:
    """One page of one video; `next_page` leads on to older ones and then to the next video."""
    if not video_ids:
        return CommentsPage((), calls=0)
    number, cursor = _position(page_token)
    data = client.accounts_call(
        access_token,
        "GET",
        "business/comment/list/",
        query={
            **_paging(business_id, video_ids[number], cursor),
            "include_replies": "true",
            "status": "ALL",
        },
    )
    threads = data.get("comments") or []
    items = [comment for thread in threads for comment in wire.thread(thread, video_id=video_ids[number])]
    goes_on = bool(data.get("has_more")) and all(_is_young(thread, since=since) for thread in threads)
    return CommentsPage(tuple(items), next_page=_next(number, data, goes_on=goes_on, videos=len(video_ids)))


def replies_page(
    access_token: str, *, business_id: str, video_id: str, comment_id: str, page_token: str
) -> CommentsPage:
    query = {**_paging(business_id, video_id, page_token or "0"), "comment_id": comment_id}
    data = client.accounts_call(access_token, "GET", "business/comment/reply/list/", query=query)
    replies = data.get("comments") or data.get("replies") or []
    items = tuple(wire.comment(reply, video_id=video_id, parent_id=comment_id) for reply in replies)
    return CommentsPage(items, next_page=str(data["cursor"]) if data.get("has_more") else "")


def reply(access_token: str, *, business_id: str, video_id: str, comment_id: str, text: str) -> str:
    """The new comment's id. Ambiguous when the answer is lost: look through the replies before repeating."""
    body = {"business_id": business_id, "video_id": video_id, "comment_id": comment_id, "text": text}
    data = client.accounts_call(access_token, "POST", "business/comment/reply/create/", body=body, once=True)
    if not data.get("comment_id"):
        raise client.unreadable(200, once=True)
    return str(data["comment_id"])


def hide(access_token: str, *, business_id: str, video_id: str, comment_id: str) -> None:
    body = {"business_id": business_id, "video_id": video_id, "comment_id": comment_id, "action": "HIDE"}
    client.accounts_call(access_token, "POST", "business/comment/hide/", body=body)


def watched(access_token: str, *, business_id: str, video_ids: Sequence[str]) -> dict[str, Watched]:
    """Of each post the views and the average share seen. What the owner's Analytics do not tell (yet) is None."""
    if not video_ids:
        return {}
    now = clock.now()
    query = {
        "business_id": business_id,
        "fields": json.dumps(INSIGHTS),
        "filters": json.dumps({"video_ids": list(video_ids)}),
        "max_count": str(len(video_ids)),
    }
    data = client.accounts_call(access_token, "GET", "business/video/list/", query=query)
    told = {str(row.get("item_id")): wire.watched(row, now=now) for row in data.get("videos") or ()}
    return {key: told.get(key) or Watched(key, wire.INSIGHTS_SOURCE, now) for key in video_ids}


def _paging(business_id: str, video_id: str, cursor: str) -> dict[str, str]:
    # Without a sort field the order is random, and pages of a random order never end safely.
    return {
        "business_id": business_id,
        "video_id": video_id,
        "sort_field": "create_time",
        "sort_order": "desc",
        "max_count": str(PAGE_SIZE),
        "cursor": cursor,
    }


def _is_young(thread: Mapping[str, Any], *, since: datetime | None) -> bool:
    return since is None or wire.moment(thread["create_time"]) >= since


def _position(page_token: str) -> tuple[int, str]:
    """(number of the video, cursor within it)"""
    number, _colon, cursor = page_token.partition(":")
    return int(number or 0), cursor or "0"


def _next(number: int, data: Mapping[str, Any], *, goes_on: bool, videos: int) -> str:
    if goes_on:
        return f"{number}:{data['cursor']}"
    return f"{number + 1}:0" if number + 1 < videos else ""
