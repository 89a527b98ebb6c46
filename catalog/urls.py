"""Stored files, for people who are signed in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.urls import path

from catalog.admin import media

urlpatterns = [path("media/<path:name>", login_required(media.serve), name="media")]
