from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView

from config.kernel.health import healthz, readyz

api = [
    path("", include("catalog.api.urls")),
    path("", include("moderation.api.urls")),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
]

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}dramaport.svg")),
    path("healthz", healthz),
    path("readyz", readyz),
    path("i18n/", include("django.conf.urls.i18n")),
    re_path(r"^api/(?P<version>v1)/", include(api)),
    path("", include("catalog.urls")),
    path("channels/", include("channels.urls")),
    path("admin/", admin.site.urls),
]
