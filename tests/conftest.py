from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from config.kernel import clock, jobs

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    """Every test keeps its files to itself, and static files need no collecting."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": plain}}


@pytest.fixture
def noon():
    """The product's clock held at noon of a Monday."""
    with clock.at(NOON):
        yield NOON


@pytest.fixture
def drain_jobs(db) -> Callable[[], list[str]]:
    """Run the queue in order until it is empty; returns what the jobs said."""
    from django_q.models import OrmQ

    def drain(most: int = 500) -> list[str]:
        said: list[str] = []
        while (entry := OrmQ.objects.order_by("pk").first()) and len(said) < most:
            task = entry.task
            entry.delete()
            call = jobs.resolve(task["func"]) if isinstance(task["func"], str) else task["func"]
            said.append(str(call(*task["args"], **task["kwargs"])))
        return said

    return drain
