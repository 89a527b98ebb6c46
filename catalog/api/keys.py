"""Partner keys: `dp_<prefix>_<secret>`. The secret is 32 random bytes, so a plain SHA-256 of it is enough."""

from __future__ import annotations

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request


class PartnerKeyAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        return None
