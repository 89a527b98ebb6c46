from config.sandbox.models.account import Account
from config.sandbox.models.client import ApiClient
from config.sandbox.models.comment import Comment
from config.sandbox.models.fault import Fault
from config.sandbox.models.grant import AccessToken, AuthCode, Family, Grant, RefreshToken
from config.sandbox.models.playlist import Caption, Playlist, PlaylistItem
from config.sandbox.models.spend import Penalty, Spend
from config.sandbox.models.upload import UploadSession
from config.sandbox.models.video import Video

__all__ = [
    "AccessToken",
    "Account",
    "ApiClient",
    "AuthCode",
    "Caption",
    "Comment",
    "Family",
    "Fault",
    "Grant",
    "Penalty",
    "Playlist",
    "PlaylistItem",
    "RefreshToken",
    "Spend",
    "UploadSession",
    "Video",
]
