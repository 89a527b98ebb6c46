"""Settings of the stand-in platforms: a Django project of its own, with its own database and folder.

Everything that can be turned is an environment variable named SANDBOX_…; the defaults run the demo.
Times are product seconds (`CLOCK_RATE`), sizes are bytes.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

_HOUSE = Path(__file__).resolve().parents[2]

SANDBOX_MEDIA = Path(os.environ.get("SANDBOX_MEDIA", _HOUSE / "var" / "sandbox"))
SANDBOX_DATABASE = Path(os.environ.get("SANDBOX_DATABASE", _HOUSE / "var" / "sandbox.sqlite3"))
for _folder in (SANDBOX_MEDIA, SANDBOX_DATABASE.parent):
    _folder.mkdir(parents=True, exist_ok=True)

SANDBOX_SEED = os.environ.get("SANDBOX_SEED", "dramaport")
SANDBOX_PROCESSING_SECONDS = float(os.environ.get("SANDBOX_PROCESSING_SECONDS", "60"))
SANDBOX_MODERATION_SECONDS = float(os.environ.get("SANDBOX_MODERATION_SECONDS", "30"))
SANDBOX_LISTING_DELAY_SECONDS = float(os.environ.get("SANDBOX_LISTING_DELAY_SECONDS", "10"))
SANDBOX_INSIGHT_DELAY_HOURS = float(os.environ.get("SANDBOX_INSIGHT_DELAY_HOURS", "24"))
SANDBOX_ANALYTICS_DELAY_HOURS = float(os.environ.get("SANDBOX_ANALYTICS_DELAY_HOURS", "48"))
SANDBOX_COMMENTS_PER_1000_VIEWS = float(os.environ.get("SANDBOX_COMMENTS_PER_1000_VIEWS", "6"))
SANDBOX_COMPLAINT_SHARE = float(os.environ.get("SANDBOX_COMPLAINT_SHARE", "0.30"))
SANDBOX_BASE_COMPLAINTS = float(os.environ.get("SANDBOX_BASE_COMPLAINTS", "0.015"))
SANDBOX_TAKE_ANY_BYTES = os.environ.get("SANDBOX_TAKE_ANY_BYTES", "") == "1"

SECRET_KEY = os.environ.get("SANDBOX_SECRET_KEY") or secrets.token_urlsafe(32)  # signs nothing that outlives a process
DEBUG = False
ALLOWED_HOSTS = os.environ.get("SANDBOX_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
ROOT_URLCONF = "config.sandbox.urls"
WSGI_APPLICATION = "config.sandbox.wsgi.application"
INSTALLED_APPS = ["config.sandbox.apps.SandboxConfig"]
MIDDLEWARE = ["config.sandbox.answers.Envelopes"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": SANDBOX_DATABASE,
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=30000;",
        },
    }
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {
        "sandbox": {"handlers": ["console"], "level": "INFO"},
        # A 4xx of a platform is its normal speech, not news.
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
    },
}
