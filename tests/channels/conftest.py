from __future__ import annotations

import pytest

from channels.platforms import registry
from tests.channels.fake_platform import FakePlatform


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def youtube(monkeypatch):
    return _installed(monkeypatch, FakePlatform("youtube"))


@pytest.fixture
def tiktok(monkeypatch):
    return _installed(monkeypatch, FakePlatform("tiktok"))


def _installed(monkeypatch, fake):
    monkeypatch.setattr(registry, "PLATFORMS", {**registry.PLATFORMS, fake.key: fake})
    return fake
