"""Keys of partners' software: `dp_<prefix>_<secret>`. The secret is 32 random bytes: a plain SHA-256 is enough."""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from catalog.models import Partner, PartnerKey
from config.kernel import clock
from config.kernel.errors import Invalid

log = logging.getLogger("dramaport.catalog")

MARK = "dp"
# "Last used" is kept to the minute: a busy partner does not cost a write per call.
USED_EVERY = timedelta(minutes=1)


def issue_key(
    partner: Partner, *, name: str, can_write: bool, expires_at: datetime | None = None, by: Any = None
) -> tuple[PartnerKey, str]:
    """A new key and its text. The text is shown this once; only its hash is kept."""
    now = clock.now()
    if not name.strip():
        raise Invalid(_("A key needs a name that says whose it is."), details={"name": [_("This is needed.")]})
    if expires_at is not None and expires_at <= now:
        raise Invalid(_("The key would be expired from the start."), details={"expires_at": [_("This is past.")]})
    prefix, secret = secrets.token_hex(5), secrets.token_urlsafe(32)
    row = PartnerKey.objects.create(
        partner=partner,
        name=name.strip(),
        prefix=prefix,
        digest=_digest(secret),
        can_write=can_write,
        created_at=now,
        expires_at=expires_at,
    )
    log.info("key %s of partner %s issued by %s", prefix, partner.pk, by)
    return row, f"{MARK}_{prefix}_{secret}"


def find_key(secret: str) -> PartnerKey | None:
    """The usable key with this text; None for anything else, whatever is wrong with it."""
    mark, _first, rest = secret.partition("_")
    prefix, _second, value = rest.partition("_")
    if mark != MARK or not prefix or not value:
        return None
    now = clock.now()
    row = PartnerKey.objects.usable(now).select_related("partner").filter(prefix=prefix).first()
    if row is None or not hmac.compare_digest(row.digest, _digest(value)):
        return None
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USED_EVERY)
    PartnerKey.objects.filter(stale, pk=row.pk).update(last_used_at=now)
    return row


def revoke_key(key: PartnerKey, *, by: Any = None) -> bool:
    """End the key at once. False when it was revoked before."""
    ended = PartnerKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=clock.now())
    key.refresh_from_db()
    log.info("key %s of partner %s revoked by %s", key.prefix, key.partner_id, by)
    return bool(ended)


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
