"""Everything the installation can be told, from the environment, with defaults that run the demo.

One machine needs none of these: SQLite, local files and one worker. Many machines set
`DATABASE_URL`, `REDIS_URL` and the `AWS_*` names. `config/checks.py` says what is wrong or unsafe.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from config import environment as env
from config.navigation import SIDEBAR

BASE_DIR = Path(__file__).resolve().parent.parent

# --- where things are -----------------------------------------------------------------------------
VAR_DIR = env.folder("VAR_DIR", BASE_DIR / "var")

# --- secrets and safety ---------------------------------------------------------------------------
DEMO_SECRET_KEY = "demo-only-not-secret-0000000000000000000000000000000000000000"  # noqa: S105  (known on purpose)
DEMO_FIELD_KEY = "ZGVtby1vbmx5LW5vdC1zZWNyZXQtMDAwMDAwMDAwMDA="
DEBUG = env.flag("DEBUG", False)
SECRET_KEY = env.text("SECRET_KEY", DEMO_SECRET_KEY)
FIELD_ENCRYPTION_KEYS = env.words("FIELD_ENCRYPTION_KEYS", [DEMO_FIELD_KEY])
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", [])
BEHIND_HTTPS = env.flag("BEHIND_HTTPS", False)
SECURE_SSL_REDIRECT = BEHIND_HTTPS
SESSION_COOKIE_SECURE = BEHIND_HTTPS
CSRF_COOKIE_SECURE = BEHIND_HTTPS
SECURE_HSTS_SECONDS = env.number("SECURE_HSTS_SECONDS", 31_536_000 if BEHIND_HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_HTTPS
SECURE_HSTS_PRELOAD = BEHIND_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_HTTPS else None
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = env.text("SESSION_COOKIE_NAME", "dramaport_session")
X_FRAME_OPTIONS = "DENY"

# --- apps -----------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.simple_history",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_q",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "simple_history",
    "storages",
    "config.kernel.apps.KernelConfig",
    "catalog.apps.CatalogConfig",
    "channels.apps.ChannelsConfig",
    "moderation.apps.ModerationConfig",
    "config.demo.apps.DemoConfig",
    "config.apps.RoofConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.kernel.admin.security.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.kernel.admin.context.product_clock",
                "config.kernel.admin.context.bars",
            ],
        },
    }
]

# --- database: SQLite in WAL with immediate transactions, or PostgreSQL by URL ----------------------
DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{VAR_DIR / 'dramaport.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # Tests race with real connections, which a database in memory does not have.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
    # Django's defaults (rollback journal, deferred) lose half of all concurrent writes to "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=30000;",
    }
else:
    # The queue's broker closes old connections before each query; without an age every task reconnects.
    DATABASES["default"]["CONN_MAX_AGE"] = env.number("CONN_MAX_AGE", 60)

# --- cache and queue ------------------------------------------------------------------------------
REDIS_URL = env.text("REDIS_URL", "")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
WORKERS = env.number("WORKERS", 3, least=1)
JOB_SECONDS = env.number("JOB_SECONDS", 900, least=60)
Q_CLUSTER = {
    "name": "dramaport",
    "label": _("Queue"),
    "workers": WORKERS,
    # retry > timeout + queue_limit / workers * timeout, or tasks that wait in memory run twice.
    "timeout": JOB_SECONDS,
    "queue_limit": WORKERS,
    "retry": JOB_SECONDS * 2 + 60,
    "bulk": 1,
    "max_attempts": 1,
    "ack_failures": True,
    "catch_up": False,
    "save_limit": -1,
    "poll": env.decimal("QUEUE_POLL_SECONDS", 0.5),
    "ALT_CLUSTERS": {},
    **({"redis": REDIS_URL} if REDIS_URL else {"orm": "default"}),
}
# How often (real seconds) the ticker looks for routines that are due.
TICK_SECONDS = env.decimal("TICK_SECONDS", 10)

# --- files: the local disk, or an S3-compatible store when a bucket is named ------------------------
AWS_STORAGE_BUCKET_NAME = env.text("AWS_STORAGE_BUCKET_NAME", "")
AWS_S3_ENDPOINT_URL = env.optional("AWS_S3_ENDPOINT_URL")
AWS_S3_REGION_NAME = env.optional("AWS_S3_REGION_NAME")
AWS_ACCESS_KEY_ID = env.optional("AWS_ACCESS_KEY_ID")
AWS_SECRET_ACCESS_KEY = env.optional("AWS_SECRET_ACCESS_KEY")
AWS_S3_MAX_MEMORY_SIZE = 8 * 1024 * 1024
AWS_S3_FILE_OVERWRITE = True  # as on disk: a key is made of an id or of the content, so its second file is the first
AWS_QUERYSTRING_EXPIRE = 3600
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "/media/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "templates" / "static"]
STORAGES = {
    "default": {
        "BACKEND": "storages.backends.s3.S3Storage"
        if AWS_STORAGE_BUCKET_NAME
        else "django.core.files.storage.FileSystemStorage"
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- languages and time: everything stored is UTC ---------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.zone("TIME_ZONE", "UTC")

# --- people ---------------------------------------------------------------------------------------
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# --- the platforms' roots: the real hosts unless told otherwise --------------------------------------
YOUTUBE_API_ROOT = env.text("YOUTUBE_API_ROOT", "https://youtube.googleapis.com/")
YOUTUBE_ANALYTICS_API_ROOT = env.text("YOUTUBE_ANALYTICS_API_ROOT", "https://youtubeanalytics.googleapis.com/")
GOOGLE_OAUTH_AUTH_URL = env.text("GOOGLE_OAUTH_AUTH_URL", "https://accounts.google.com/o/oauth2/v2/auth")
GOOGLE_OAUTH_TOKEN_URL = env.text("GOOGLE_OAUTH_TOKEN_URL", "https://oauth2.googleapis.com/token")
TIKTOK_API_ROOT = env.text("TIKTOK_API_ROOT", "https://open.tiktokapis.com/")
TIKTOK_BUSINESS_API_ROOT = env.text("TIKTOK_BUSINESS_API_ROOT", "https://business-api.tiktok.com/open_api/v1.3/")
TIKTOK_OAUTH_AUTH_URL = env.text("TIKTOK_OAUTH_AUTH_URL", "https://www.tiktok.com/v2/auth/authorize/")
TIKTOK_UPLOAD_HOSTS = env.words("TIKTOK_UPLOAD_HOSTS", ["*.tiktokapis.com", "*.tiktok.com"])
UPLOAD_CHUNK_BYTES = env.number("UPLOAD_CHUNK_BYTES", 8 * 1024 * 1024, least=262_144)

# --- the product's own dials (product time) ---------------------------------------------------------
HARVEST_EVERY_MINUTES = env.number("HARVEST_EVERY_MINUTES", 60, least=1)
HARVEST_OVERLAP_MINUTES = env.number("HARVEST_OVERLAP_MINUTES", 120)
UPLOAD_LEASE_SECONDS = env.number("UPLOAD_LEASE_SECONDS", 120, least=10)
DEMO = env.flag("DEMO", False)

# --- API ------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "catalog.partner_access.PartnerKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PAGINATION_CLASS": "config.kernel.api.paging.NewestFirst",
    "PAGE_SIZE": 50,
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.kernel.api.problems.explain",
    "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.URLPathVersioning",
    "DEFAULT_VERSION": "v1",
    "ALLOWED_VERSIONS": ["v1"],
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Dramaport",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v[0-9]",
    "ENUM_NAME_OVERRIDES": {
        "TicketStatus": "moderation.rules.ticket.Status",
        "VersionStatus": "catalog.rules.version.Status",
    },
}

# --- logs: one line each, secrets redacted -----------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"redact": {"()": "config.kernel.http.RedactingFilter"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["redact"],
            "formatter": "line",
        }
    },
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "WARNING")},
    "loggers": {"dramaport": {"level": env.text("LOG_LEVEL", "INFO")}},
}

SIMPLE_HISTORY_REVERT_DISABLED = True  # a former version is read, never put back past the services

# --- the admin's face --------------------------------------------------------------------------------
UNFOLD = {
    "SITE_TITLE": "Dramaport",
    "SITE_HEADER": _("Dramaport"),
    "SITE_SUBHEADER": _("operations desk"),
    "SITE_SYMBOL": "sailing",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "config.kernel.admin.context.favicon"}],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "DASHBOARD_CALLBACK": "config.kernel.admin.board.home",
    "ENVIRONMENT": "config.kernel.admin.context.environment",
    "STYLES": ["config.kernel.admin.context.stylesheet"],
    "SIDEBAR": {
        "show_search": True,
        "show_all_applications": False,
        "navigation": SIDEBAR,
    },
}
