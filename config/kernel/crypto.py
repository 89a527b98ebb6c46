"""Secrets at rest. The first key of `FIELD_ENCRYPTION_KEYS` writes; every key reads.

To rotate: put the new key first, run `manage.py rotate_keys`, drop the old one. Columns cannot be
searched; that is the point.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.utils.translation import gettext as _

from config.kernel.errors import ProductError


class Undecipherable(ProductError):
    """A stored secret was written with a key that this installation does not have."""

    code = "undecipherable"


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def box() -> MultiFernet:
    return _box(tuple(settings.FIELD_ENCRYPTION_KEYS))


def fingerprint(value: str, *, purpose: str) -> str:
    """A keyed hash: tells one value from another without keeping it. Hex, 32 characters."""
    key = hashlib.sha256(settings.SECRET_KEY.encode() + purpose.encode()).digest()
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:32]


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is stored encrypted. Empty stays empty; look-ups other than `isnull` and `=''` are refused."""

    def get_prep_value(self, value: Any) -> Any:
        if not value:
            return ""
        return box().encrypt(str(value).encode()).decode()

    def from_db_value(self, value: str | None, *_args: Any) -> str:
        if not value:
            return ""
        try:
            return box().decrypt(value.encode()).decode()
        except InvalidToken as error:
            raise Undecipherable(
                _("%(field)s was encrypted with a key that is not in FIELD_ENCRYPTION_KEYS.") % {"field": self.name}
            ) from error

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name not in {"isnull", "exact"}:
            raise FieldError(f"{self.name} is encrypted and cannot be searched by {lookup_name}")
        return super().get_lookup(lookup_name)
