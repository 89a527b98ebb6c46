"""Every address of the stand-in platforms, each under the root that the product's settings name."""

from __future__ import annotations

from django.urls import path

import config.sandbox.tiktok.business_comments
import config.sandbox.tiktok.business_videos
import config.sandbox.tiktok.display
import config.sandbox.tiktok.posting
import config.sandbox.youtube.channels
import config.sandbox.youtube.comments
import config.sandbox.youtube.media
import config.sandbox.youtube.videos  # noqa: F401  (these fill the doors' tables of handlers)
from config.sandbox.control import accounts as control_accounts
from config.sandbox.control import mishaps, state
from config.sandbox.tiktok import business_door, open_door
from config.sandbox.tiktok import oauth as tiktok_oauth
from config.sandbox.tiktok import upload as tiktok_upload
from config.sandbox.youtube import analytics, door, entry
from config.sandbox.youtube import oauth as google_oauth

urlpatterns = [
    path("o/oauth2/v2/auth", google_oauth.authorize),
    path("token", google_oauth.token),
    path("revoke", google_oauth.revoke),
    path("youtube/upload/youtube/v3/videos", entry.videos_upload),
    path("youtube/upload/<path:path>", door.enter, {"upload": True}),
    path("youtube/<path:path>", door.enter),
    path("analytics/v2/reports", analytics.reports),
    path("tiktok-auth/v2/auth/authorize/", tiktok_oauth.authorize),
    path("tiktok/v2/oauth/token/", tiktok_oauth.open_token),
    path("tiktok/v2/oauth/revoke/", tiktok_oauth.open_revoke),
    path("tiktok/v2/<path:path>", open_door.enter),
    path("tiktok-upload/video/", tiktok_upload.put),
    path("tiktok-business/tt_user/oauth2/token/", tiktok_oauth.business_token),
    path("tiktok-business/tt_user/oauth2/refresh_token/", tiktok_oauth.business_refresh),
    path("tiktok-business/tt_user/oauth2/revoke/", tiktok_oauth.business_revoke),
    path("tiktok-business/tt_user/token_info/get/", tiktok_oauth.business_token_info),
    path("tiktok-business/<path:path>", business_door.enter),
    path("_control/health", state.health),
    path("_control/state", state.state),
    path("_control/books", state.books),
    path("_control/clients", control_accounts.clients),
    path("_control/accounts", control_accounts.accounts),
    path("_control/faults", mishaps.faults_view),
    path("_control/delete-by-hand", mishaps.delete_by_hand),
    path("_control/comments", mishaps.say),
    path("_control/viewers", mishaps.viewers),
]
