"""How partners' software signs in: `Authorization: Bearer dp_…`, and how far it sees."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from catalog.models import Partner, PartnerKey
from catalog.services import partners


class KeyHolder(AnonymousUser):
    """The software behind a key: nobody's account, with the partner's scope."""

    is_authenticated = True  # type: ignore[assignment]

    def __init__(self, partner: Partner) -> None:
        self.partner = partner


class PartnerKeyAuthentication(BaseAuthentication):
    """A usable key gives `request.auth` (the PartnerKey) and `request.user.partner`."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        scheme, _space, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        key = partners.find_key(secret.strip())
        if key is None:
            raise exceptions.AuthenticationFailed(_("This key is unknown, expired or revoked."))
        return KeyHolder(key.partner), key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class PartnerAccess(BasePermission):
    """Partners only, by key or as a signed-in person of one; writing needs a key that may write."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if partner_of(request) is None:
            return False
        key = request.auth
        return request.method in SAFE_METHODS or not isinstance(key, PartnerKey) or key.can_write


def partner_of(request: Request) -> Partner | None:
    """The partner in whose name this request speaks; None for everybody else."""
    if isinstance(request.user, KeyHolder):
        return request.user.partner
    return Partner.objects.of_user(request.user).first() if request.user.is_authenticated else None


class PartnerKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = PartnerKeyAuthentication
    name = "partnerKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "dp_…"}
