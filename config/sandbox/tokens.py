"""Keys of all three families: handing out, looking up, turning over, taking back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from config.sandbox import ids
from config.sandbox.models import AccessToken, Account, ApiClient, Family, Grant, RefreshToken


@dataclass(frozen=True)
class Style:
    """How one family makes its keys."""

    access_prefix: str
    refresh_prefix: str
    access_lives: timedelta
    refresh_lives: timedelta | None
    rotates: bool
    scope: str


STYLES = {
    Family.YOUTUBE: Style(
        access_prefix="ya29.",
        refresh_prefix="1//0",
        access_lives=timedelta(seconds=3599),
        refresh_lives=None,
        rotates=False,
        scope=" ".join(
            f"https://www.googleapis.com/auth/{name}"
            for name in (
                "youtube.force-ssl",
                "youtube.upload",
                "yt-analytics.readonly",
                "yt-analytics-monetary.readonly",
            )
        ),
    ),
    Family.TIKTOK_OPEN: Style(
        access_prefix="act.",
        refresh_prefix="rft.",
        access_lives=timedelta(hours=2),
        refresh_lives=timedelta(days=180),
        rotates=True,
        scope="user.info.basic,user.info.profile,user.info.stats,video.list,video.upload,video.publish",
    ),
    Family.TIKTOK_ACCOUNTS: Style(
        access_prefix="act.b.",
        refresh_prefix="rft.b.",
        access_lives=timedelta(hours=24),
        refresh_lives=timedelta(days=365),
        rotates=True,
        scope="user.info.basic,user.info.username,user.info.stats,user.info.profile,user.account.type,user.insights,"
        "video.list,video.insights,comment.list,comment.list.manage,video.publish,video.upload",
    ),
}
FAMILIES = {
    Account.Platform.YOUTUBE: (Family.YOUTUBE,),
    Account.Platform.TIKTOK: (Family.TIKTOK_OPEN, Family.TIKTOK_ACCOUNTS),
}


@dataclass(frozen=True)
class Pair:
    grant: Grant
    access: AccessToken
    refresh: RefreshToken | None

    def access_seconds(self, now: datetime) -> int:
        return int((self.access.expires_at - now).total_seconds())

    def refresh_seconds(self, now: datetime) -> int:
        if self.refresh is None or self.refresh.expires_at is None:
            return 0
        return int((self.refresh.expires_at - now).total_seconds())


def issue(client: ApiClient, account: Account, *, family: str, scope: str = "", now: datetime) -> Pair:
    """A new grant with its first pair."""
    style = STYLES[Family(family)]
    grant = Grant.objects.create(
        client=client, account=account, family=family, scope=scope or style.scope, created_at=now
    )
    return Pair(grant=grant, access=_access(grant, now=now), refresh=_refresh(grant, now=now))


def renew(token: str, *, client: ApiClient, family: str, now: datetime) -> Pair | None:
    """A new pair for a live refresh token; None when the token is dead, unknown or another client's.

    Where the family turns its tokens over, the old one is dead when this returns. Two calls with the
    same token therefore cannot both win.
    """
    style = STYLES[Family(family)]
    with transaction.atomic():
        row = RefreshToken.objects.select_related("grant__account").filter(token=token, retired_at=None).first()
        if row is None or row.grant.revoked_at or row.grant.client_id != client.pk or row.grant.family != family:
            return None
        if row.expires_at is not None and row.expires_at <= now:
            return None
        fresh = row
        if style.rotates:
            RefreshToken.objects.filter(pk=row.pk).update(retired_at=now)
            fresh = _refresh(row.grant, now=now)
        return Pair(grant=row.grant, access=_access(row.grant, now=now), refresh=fresh)


def bearer(token: str, *, family: str) -> AccessToken | None:
    """The access token as it stands, expired or not; None when nobody handed it out or it was revoked."""
    return (
        AccessToken.objects.select_related("grant__account", "grant__client")
        .filter(token=token, grant__family=family, grant__revoked_at=None)
        .first()
    )


def revoke(token: str, *, now: datetime) -> bool:
    """End the grant behind an access or refresh token. False when there is none."""
    row = RefreshToken.objects.filter(token=token).first() or AccessToken.objects.filter(token=token).first()
    if row is None:
        return False
    return bool(Grant.objects.filter(pk=row.grant_id, revoked_at=None).update(revoked_at=now))


def end_grant_of(token: str, *, now: datetime) -> None:
    """The owner went to the platform's settings and removed the app."""
    revoke(token, now=now)


def _access(grant: Grant, *, now: datetime) -> AccessToken:
    style = STYLES[Family(grant.family)]
    return AccessToken.objects.create(
        grant=grant, token=ids.secret(style.access_prefix), expires_at=now + style.access_lives
    )


def _refresh(grant: Grant, *, now: datetime) -> RefreshToken:
    style = STYLES[Family(grant.family)]
    expires_at = None if style.refresh_lives is None else now + style.refresh_lives
    return RefreshToken.objects.create(grant=grant, token=ids.secret(style.refresh_prefix), expires_at=expires_at)
