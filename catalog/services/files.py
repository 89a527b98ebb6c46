"""Stored files, on the local disk or in an S3-compatible store. Nothing here reads a whole file at once."""

from __future__ import annotations

import contextlib
import os
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from django.core.files.storage import Storage, default_storage
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _

from catalog.footage import probing
from config.kernel.errors import ProductError


class FileLost(ProductError):
    """The row names a file that the storage does not have, or has in other bytes than before."""

    code = "file_lost"


class RangeReader(Protocol):
    """Reads any part of a stored file in constant memory."""

    @property
    def size(self) -> int: ...

    def read_at(self, offset: int, length: int) -> bytes: ...


@dataclass(frozen=True)
class LocalReader:
    path: str
    size: int

    def read_at(self, offset: int, length: int) -> bytes:
        with Path(self.path).open("rb") as file:
            file.seek(offset)
            return file.read(length)


@dataclass(frozen=True)
class StoreReader:
    """Ranges of one S3 object; If-Match notices an object that was replaced between two reads."""

    client: Any
    bucket: str
    key: str
    size: int
    etag: str

    def read_at(self, offset: int, length: int) -> bytes:
        if offset >= self.size or length <= 0:
            return b""
        last = min(offset + length, self.size) - 1
        try:
            answer = self.client.get_object(
                Bucket=self.bucket, Key=self.key, Range=f"bytes={offset}-{last}", IfMatch=self.etag
            )
        except (BotoCoreError, ClientError) as error:
            raise _store_trouble(self.key, error) from error
        return bytes(answer["Body"].read())


def open_range(field_file: FieldFile) -> RangeReader:
    """A reader of this stored file. Raises FileLost when it is not there."""
    path = disk_path(field_file.storage, field_file.name or "")
    if path is not None:
        if not path.is_file():
            raise _lost(field_file.name)
        return LocalReader(str(path), path.stat().st_size)
    storage: Any = field_file.storage
    client, key = storage.connection.meta.client, storage._normalize_name(field_file.name)
    try:
        head = client.head_object(Bucket=storage.bucket_name, Key=key)
    except (BotoCoreError, ClientError) as error:
        raise _store_trouble(key, error) from error
    return StoreReader(client, storage.bucket_name, key, head["ContentLength"], head["ETag"])


@contextlib.contextmanager
def local_path(field_file: FieldFile) -> Iterator[str]:
    """What ffmpeg opens: the path on this disk, or a presigned address of the store."""
    yield address(field_file.name or "", storage=field_file.storage)


def address(name: str, *, storage: Storage = default_storage) -> str:
    """The path or presigned address of a stored file. Raises FileLost when the disk does not have it."""
    path = disk_path(storage, name)
    if path is None:
        return str(storage.url(name))
    if not path.is_file():
        raise _lost(name)
    return str(path)


def disk_path(storage: Storage, name: str) -> Path | None:
    """Where the file lies on this machine; None when the storage is a remote one."""
    try:
        return Path(storage.path(name))
    except NotImplementedError:
        return None


def publish(stream: BinaryIO | File[bytes], *, key: str, storage: Storage = default_storage) -> str:
    """Store the stream so that its name appears complete or not at all. Returns the name it got.

    On disk an earlier file of that name is replaced; a remote store gives the object in one piece by itself.
    """
    stream.seek(0)
    path = disk_path(storage, key)
    if path is None:
        return _sent(storage, key, stream)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        with unfinished.open("wb") as file:
            while block := stream.read(probing.BLOCK_BYTES):
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return key


def _sent(storage: Storage, key: str, stream: Any) -> str:
    try:
        return str(storage.save(key, File(stream)))
    except (Boto3Error, BotoCoreError, ClientError) as error:
        raise FileLost(
            _("The storage does not take “%(name)s”: %(reason)s.") % {"name": key, "reason": error},
            name=key,
            retryable=True,
        ) from error


def discard(name: str, *, storage: Storage = default_storage) -> None:
    """Remove a stored file that no row came to name."""
    storage.delete(name)


@contextlib.contextmanager
def workbench() -> Iterator[Path]:
    """A folder for files in the making; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="dramaport-") as folder:
        yield Path(folder)


@contextlib.contextmanager
def on_disk(upload: File[bytes]) -> Iterator[Path]:
    """The upload as a file with a path. What came in memory is written out first; large uploads lie on disk already."""
    known = getattr(upload, "temporary_file_path", None)
    if known is not None:
        yield Path(known())
        return
    with workbench() as folder:
        path = folder / "upload"
        upload.seek(0)
        with path.open("wb") as file:
            for block in iter(lambda: upload.read(probing.BLOCK_BYTES), b""):
                file.write(block)
        yield path


def _lost(name: object) -> FileLost:
    return FileLost(_("The file “%(name)s” is not in the storage.") % {"name": name}, name=name)


def _store_trouble(key: str, error: Any) -> FileLost:
    code = str(getattr(error, "response", {}).get("Error", {}).get("Code", ""))
    if code in {"404", "NoSuchKey"}:
        return _lost(key)
    if code in {"412", "PreconditionFailed"}:
        return FileLost(_("The file “%(name)s” was replaced while it was read.") % {"name": key}, name=key)
    return FileLost(
        _("The storage does not give “%(name)s”: %(reason)s.") % {"name": key, "reason": error},
        name=key,
        retryable=True,
    )
