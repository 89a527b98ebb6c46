"""Who may look at which stored film or picture."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet

from catalog.models import Clip, Edition, Master, Partner

# The rows behind a stored name, by what it is made of: masters and thumbnails by public id, clips by content.
NAMES = (
    (re.compile(r"masters/[0-9a-f]{2}/(?P<uuid>[0-9a-f]{32})\.\w{2,4}"), Master, "version__edition__in"),
    (re.compile(r"clips/[0-9a-f]{2}/(?P<content_key>[0-9a-f]{64})\.mp4"), Clip, "edition__in"),
    (re.compile(r"thumbnails/[0-9a-f]{2}/(?P<uuid>[0-9a-f]{32})\.jpg"), Clip, "edition__in"),
)


def may_see(user: Any, name: str) -> bool:
    """Staff with the right to the noun see all of it; a partner's person sees what belongs to the partner, no more."""
    for pattern, model, editions in NAMES:
        found = pattern.fullmatch(name)
        if found:
            return _may_see(user, model, found.groupdict(), editions)
    return False


def _may_see(user: Any, model: type[Model], key: dict[str, str], editions: str) -> bool:
    if not user.is_active:
        return False
    partner = Partner.objects.of_user(user).first()
    if partner is None:
        return bool(user.is_staff and user.has_perm(f"catalog.view_{model._meta.model_name}"))
    lookup: dict[str, Any] = {"uuid": UUID(key["uuid"])} if "uuid" in key else dict(key)
    own: QuerySet[Edition] = Edition.objects.visible_to(partner)
    return model._default_manager.filter(**lookup, **{editions: own}).exists()
