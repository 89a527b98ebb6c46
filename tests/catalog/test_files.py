"""Stored files are read in parts, on the disk and in an S3-compatible store."""

from __future__ import annotations

import io

import boto3
import pytest
from django.core.files.storage import default_storage
from moto import mock_aws
from storages.backends.s3 import S3Storage

from catalog.models import Master
from catalog.services import files, viewing


def named(name: str, storage=None):
    """A stored file as a model field has it."""
    field = Master().file
    field.name = name
    if storage is not None:
        field.storage = storage
    return field


def test_any_part_of_a_file_on_disk_is_read(store):
    name = files.publish(io.BytesIO(b"0123456789"), key="a/b.bin")
    reader = files.open_range(named(name))
    assert reader.size == 10
    assert [reader.read_at(3, 4), reader.read_at(8, 100), reader.read_at(10, 5)] == [b"3456", b"89", b""]


def test_a_file_that_is_not_there_is_named(store):
    with pytest.raises(files.FileLost, match="a/none.bin"):
        files.open_range(named("a/none.bin"))
    with pytest.raises(files.FileLost, match="a/none.bin"), files.local_path(named("a/none.bin")):
        pass


def test_a_file_appears_complete_or_not_at_all(store):
    class Torn(io.BytesIO):
        def read(self, size=-1):
            if self.tell():
                raise OSError("the cable was pulled")
            return super().read(4)

    files.publish(io.BytesIO(b"before"), key="a/b.bin")
    with pytest.raises(OSError, match="cable"):
        files.publish(Torn(b"0123456789"), key="a/b.bin")
    assert (store / "a/b.bin").read_bytes() == b"before"
    assert [path.name for path in (store / "a").iterdir()] == ["b.bin"]


@pytest.fixture
def bucket(monkeypatch):
    for name, value in {
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="films")
        yield S3Storage(bucket_name="films", region_name="us-east-1")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_file_in_the_store_is_read_by_ranges_and_not_when_it_was_replaced(bucket):
    name = files.publish(io.BytesIO(b"0123456789"), key="a/b.bin", storage=bucket)
    field = named(name, bucket)
    reader = files.open_range(field)
    assert reader.size == 10
    assert [reader.read_at(3, 4), reader.read_at(8, 100), reader.read_at(10, 5)] == [b"3456", b"89", b""]
    with files.local_path(field) as address:
        assert address.startswith("https://") and "a/b.bin" in address
    boto3.client("s3").put_object(Bucket="films", Key=name, Body=b"other bytes")
    with pytest.raises(files.FileLost, match="replaced"):
        reader.read_at(0, 4)
    with pytest.raises(files.FileLost, match="not in the storage"):
        files.open_range(named("a/none.bin", bucket))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("kind", ["disk", "store"])
def test_a_file_that_is_made_twice_keeps_its_name_and_leaves_no_other(kind, store, request):
    """A worker killed between storing and settling: the clip is cut again, under the name that viewing knows."""
    storage = request.getfixturevalue("bucket") if kind == "store" else default_storage
    key = f"clips/ab/{'ab' * 32}.mp4"
    names = [files.publish(io.BytesIO(content), key=key, storage=storage) for content in (b"first", b"second")]
    assert names == [key, key]
    assert storage.listdir("clips/ab")[1] == [f"{'ab' * 32}.mp4"]
    with storage.open(key) as stream:
        assert stream.read() == b"second"
    assert any(pattern.fullmatch(names[1]) for pattern, _model, _editions in viewing.NAMES)
