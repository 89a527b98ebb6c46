"""A test's own corner of the sandbox: one API client, accounts that granted it access, and short calls."""

from __future__ import annotations

import itertools
import json
import struct
import uuid
from typing import Any

import requests
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc

from tests.sandbox.server import SandboxServer

_numbers = itertools.count()
CHUNK = 256 * 1024


def fresh(clip: bytes) -> bytes:
    """The same film in other bytes: a `free` atom that players skip."""
    mark = uuid.uuid4().bytes
    return clip + struct.pack(">I4s", 8 + len(mark), b"free") + mark


class World:
    def __init__(self, server: SandboxServer, **limits: Any) -> None:
        self.server = server
        self.client_id = f"client-{uuid.uuid4().hex[:8]}"
        self.secret = "a secret"
        self.limit(**limits)

    def limit(self, **limits: Any) -> None:
        body = {"client_id": self.client_id, "secret": self.secret, "limits": limits}
        self.server.control("POST", "clients", body)

    def channel(self, **facts: Any) -> Channel:
        return Channel(self, self._account("youtube", facts))

    def creator(self, **facts: Any) -> Creator:
        return Creator(self, self._account("tiktok", facts))

    def fault(self, name: str, **spec: Any) -> None:
        self.server.control("POST", "faults", {"name": name, **spec})

    def books(self, account: str) -> list[dict[str, Any]]:
        return self.server.control("GET", f"books?account={account}")["books"]

    def say(self, video: str, text: str, **facts: Any) -> str:
        return self.server.control("POST", "comments", {"external_id": video, "text": text, **facts})["comment_id"]

    def _account(self, platform: str, facts: dict[str, Any]) -> dict[str, Any]:
        spec = {"platform": platform, "handle": f"stage{next(_numbers)}-{self.client_id}", "clients": [self.client_id]}
        return self.server.control("POST", "accounts", {**spec, **facts})


class Channel:
    """A YouTube channel and its owner's keys."""

    def __init__(self, world: World, facts: dict[str, Any]) -> None:
        self.world, self.facts, self.id = world, facts, facts["external_id"]
        self.keys = facts["tokens"][world.client_id]["youtube"]
        self.root = world.server.url

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys['access_token']}"}

    def google(self) -> Any:
        """The client library the product uses, pointed here by its rootUrl."""
        document = json.loads(get_static_doc("youtube", "v3"))
        document["rootUrl"] = f"{self.root}/youtube/"
        credentials = Credentials(
            self.keys["access_token"],
            refresh_token=self.keys["refresh_token"],
            token_uri=f"{self.root}/token",
            client_id=self.world.client_id,
            client_secret=self.world.secret,
        )
        return build_from_document(document, credentials=credentials)

    def call(self, verb: str, path: str, body: Any = None, **query: Any) -> requests.Response:
        address = f"{self.root}/youtube/youtube/v3/{path}"
        return requests.request(verb, address, params=query, json=body, headers=self.headers, timeout=20)

    def open_upload(self, size: int | None, body: Any = None, **headers: str) -> requests.Response:
        body = body or {"snippet": {"title": "A clip", "categoryId": "24"}, "status": {"privacyStatus": "public"}}
        sizes = {} if size is None else {"X-Upload-Content-Length": str(size)}
        return requests.post(
            f"{self.root}/youtube/upload/youtube/v3/videos",
            params={"uploadType": "resumable", "part": "snippet,status"},
            json=body,
            headers={**self.headers, "X-Upload-Content-Type": "video/mp4", **sizes, **headers},
            timeout=20,
        )

    def put(self, session: str, data: bytes, *, first: int = 0, total: int | None = None) -> requests.Response:
        stated = f"bytes {first}-{first + len(data) - 1}/{total}" if total else ""
        headers = {"Content-Range": stated} if stated else {}
        return requests.put(session, data=data, headers=headers, timeout=20)

    def how_far(self, session: str) -> requests.Response:
        return requests.put(session, headers={"Content-Range": "bytes */*", "Content-Length": "0"}, timeout=20)

    def publish(self, data: bytes, body: Any = None) -> str:
        session = self.open_upload(len(data), body).headers["Location"]
        return self.put(session, data).json()["id"]

    def status(self, video: str) -> dict[str, Any]:
        items = self.call("GET", "videos", part="status", id=video).json()["items"]
        return items[0]["status"] if items else {}


class Creator:
    """A TikTok account with its owner's keys for both families."""

    def __init__(self, world: World, facts: dict[str, Any]) -> None:
        self.world, self.facts, self.id = world, facts, facts["external_id"]
        self.keys = facts["tokens"][world.client_id]
        self.root = world.server.url

    def open(self, path: str, body: Any = None, *, token: str = "") -> requests.Response:
        token = token or self.keys["tiktok_open"]["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        return requests.post(f"{self.root}/tiktok/v2/{path}", json=body or {}, headers=headers, timeout=20)

    def init(self, size: int, *, chunk: int = 0, **post: Any) -> requests.Response:
        chunk = chunk or size
        source = {"source": "FILE_UPLOAD", "video_size": size, "chunk_size": chunk, "total_chunk_count": size // chunk}
        post = {"privacy_level": "PUBLIC_TO_EVERYONE", "title": "a caption", **post}
        return self.open("post/publish/video/init/", {"post_info": post, "source_info": source})

    def put(self, address: str, data: bytes, *, first: int = 0, total: int = 0) -> requests.Response:
        stated = f"bytes {first}-{first + len(data) - 1}/{total or len(data)}"
        headers = {"Content-Type": "video/mp4", "Content-Range": stated}
        return requests.put(address, data=data, headers=headers, timeout=20)

    def publish(self, data: bytes) -> str:
        """The public post's id."""
        made = self.init(len(data)).json()["data"]
        assert self.put(made["upload_url"], data).status_code == 201
        return str(self.status(made["publish_id"])["publicaly_available_post_id"][0])

    def status(self, publish_id: str) -> dict[str, Any]:
        return self.open("post/publish/status/fetch/", {"publish_id": publish_id}).json()["data"]

    def business(self, verb: str, path: str, *, token: str | None = None, **given: Any) -> dict[str, Any]:
        given = {"business_id": self.facts["business_id"], **given}
        token = self.keys["tiktok_accounts"]["access_token"] if token is None else token
        sent = {"params": given} if verb == "GET" else {"json": given}
        address = f"{self.root}/tiktok-business/business/{path}"
        answer = requests.request(verb, address, headers={"Access-Token": token}, timeout=20, **sent)
        assert answer.status_code == 200
        return answer.json()
