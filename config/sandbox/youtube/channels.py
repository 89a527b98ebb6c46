"""channels.list, playlists and their items, among them the list of everything a channel uploaded."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpResponse

from config.sandbox import answers, faults, ids, processing
from config.sandbox.models import Account, Playlist, PlaylistItem, Video
from config.sandbox.youtube import door, errors, paging, videos, wire
from config.sandbox.youtube.door import Call

_REACH = 20_000  # a list of uploads goes no deeper


@door.handles("youtube.channels.list")
def list_channels(call: Call) -> HttpResponse:
    rows = Account.objects.filter(platform="youtube").order_by("pk")
    one_filter(call, ("mine", "id", "forHandle"))
    if call.query.get("mine"):
        rows = rows.filter(pk=call.account.pk)
    elif call.query.get("id"):
        rows = rows.filter(external_id__in=call.query["id"])
    else:
        rows = rows.filter(handle__iexact=call.query["forHandle"].removeprefix("@"))
    found, facts = paging.page(call, rows, size=call.query["maxResults"] or 5, total=rows.count())
    items = [wire.channel(row, parts=call.parts, now=call.now) for row in found]
    return answers.as_json(wire.listing("channel", items, **facts))


def one_filter(call: Call, names: tuple[str, ...]) -> str:
    given = [name for name in names if call.query.get(name)]
    if len(given) > 1:
        message = f"Incompatible parameters specified in the request: {', '.join(given)}"
        raise errors.refusal(400, "incompatibleParameters", message, location=given[0])
    if not given:
        message = f"No filter selected. Expected one of: {', '.join(names)}"
        raise errors.refusal(400, "missingRequiredParameter", message, location="parameters.")
    return given[0]


@door.handles("youtube.playlists.list")
def list_playlists(call: Call) -> HttpResponse:
    chosen = one_filter(call, ("mine", "channelId", "id"))
    rows = Playlist.objects.select_related("account").order_by("-pk")
    if chosen == "mine":
        rows = rows.filter(account=call.account)
    elif chosen == "channelId":
        rows = rows.filter(account__external_id=call.query["channelId"])
    else:
        rows = rows.filter(external_id__in=call.query["id"])
    rows = rows.filter(account=call.account) | rows.filter(privacy="public")
    found, facts = paging.page(call, rows, size=call.query["maxResults"] or 5, total=rows.count())
    return answers.as_json(wire.listing("playlist", [wire.playlist(row, parts=call.parts) for row in found], **facts))


@door.handles("youtube.playlists.insert")
def make_playlist(call: Call) -> HttpResponse:
    snippet = call.body.get("snippet") or {}
    title = snippet.get("title", "")
    if not title.strip() or len(title) > 150:
        message = "The playlist's title is missing or longer than 150 characters."
        raise errors.bad_metadata(
            "playlistTitleRequired", message, location="body.snippet.title", domain="youtube.playlist"
        )
    row = Playlist.objects.create(
        account=call.account,
        external_id=ids.playlist(),
        title=title,
        description=snippet.get("description", ""),
        privacy=(call.body.get("status") or {}).get("privacyStatus", "public"),
        created_at=call.now,
    )
    return answers.as_json(wire.playlist(row, parts=call.parts))


@door.handles("youtube.playlistItems.list")
def list_items(call: Call) -> HttpResponse:
    if one_filter(call, ("playlistId", "id")) == "id":
        items = PlaylistItem.objects.filter(external_id__in=call.query["id"]).select_related(
            "playlist", "video__account", "video__session"
        )
        return answers.as_json(wire.listing("playlistItem", [_shown(call, item) for item in items]))
    name = call.query["playlistId"]
    size = call.query["maxResults"] or 5
    if name.startswith("UU"):
        return _uploads(call, name, size=size)
    playlist = Playlist.objects.filter(external_id=name).first()
    if playlist is None or (playlist.privacy == "private" and playlist.account_id != call.account.pk):
        raise _playlist_not_found()
    rows = playlist.items.filter(video__deleted_at=None).select_related("playlist", "video__account", "video__session")
    found, facts = paging.page(call, rows.order_by("position", "pk"), size=size, total=rows.count())
    return answers.as_json(wire.listing("playlistItem", [_shown(call, item) for item in found], **facts))


def _shown(call: Call, item: PlaylistItem) -> dict[str, Any]:
    playlist = item.playlist.external_id
    return wire.playlist_item(item.video, playlist_id=playlist, item=item, position=item.position, parts=call.parts)


def _uploads(call: Call, name: str, *, size: int) -> HttpResponse:
    """Newest upload first; the owner sees private and scheduled ones too."""
    owner = Account.objects.filter(platform="youtube", external_id="UC" + name[2:]).first()
    if owner is None:
        raise _playlist_not_found()
    processing.settle(now=call.now, account=owner)
    rows = Video.objects.filter(account=owner, deleted_at=None, listed_at__lte=call.now)
    if owner.pk != call.account.pk:
        rows = rows.filter(Video.shown(call.now))
    rows = rows.select_related("account", "session").order_by("-created_at", "-pk")
    found, facts = paging.page(call, rows[:_REACH], size=size, total=min(rows.count(), _REACH))
    items = [
        wire.playlist_item(row, playlist_id=name, item=None, position=place, parts=call.parts)
        for place, row in enumerate(found)
    ]
    return answers.as_json(wire.listing("playlistItem", items, **facts))


def _playlist_not_found() -> Exception:
    message = "The playlist identified with the request's playlistId parameter cannot be found."
    return errors.refusal(404, "playlistNotFound", message, domain="youtube.playlistItem", location="playlistId")


@door.handles("youtube.playlistItems.insert")
def add_item(call: Call) -> HttpResponse:
    snippet = call.body.get("snippet") or {}
    playlist = Playlist.objects.filter(external_id=snippet.get("playlistId"), account=call.account).first()
    if playlist is None:
        raise _playlist_not_found()
    late = faults.strikes("video_not_found_yet", call.place)
    found = videos.visible(call, [snippet.get("resourceId", {}).get("videoId", "")]) if late is None else []
    if not found:
        raise errors.refusal(404, "videoNotFound", "Video not found.", domain="youtube.playlistItem")
    try:
        with transaction.atomic():
            item = PlaylistItem.objects.create(
                playlist=playlist,
                video=found[0],
                external_id=ids.letters(40),
                position=snippet.get("position", playlist.items.count()),
                created_at=call.now,
            )
    except IntegrityError as problem:
        message = "The video is already in the playlist."
        raise errors.refusal(409, "videoAlreadyInPlaylist", message, domain="youtube.playlistItem") from problem
    return answers.as_json(_shown(call, item))


@door.handles("youtube.playlistItems.delete")
def drop_item(call: Call) -> HttpResponse:
    gone, _ = PlaylistItem.objects.filter(external_id=call.query["id"], playlist__account=call.account).delete()
    if not gone:
        message = "The playlist item identified with the request's id parameter cannot be found."
        raise errors.refusal(404, "playlistItemNotFound", message, domain="youtube.playlistItem", location="id")
    return HttpResponse(status=204)
