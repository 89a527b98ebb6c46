"""Who sees which rows: our people by their rights, a partner's people only what is theirs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from catalog.models import Partner


def partner_of(request: HttpRequest) -> Partner | None:
    """The company this person signs in for; None for our own people. Asked once a request."""
    if not hasattr(request, "_partner"):
        request._partner = Partner.objects.of_user(request.user).first()  # type: ignore[attr-defined]
    return request._partner  # type: ignore[attr-defined,no-any-return]


class OwnRows:
    """A page that narrows its rows to the reader's company: by the column `owner`, or as `rows_of` says.

    Without either, a partner's people see nothing there, whatever rights they hold.
    """

    owner = ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        partner = partner_of(request)
        return rows if partner is None else self.rows_of(rows, partner)

    def rows_of(self, rows: QuerySet[Any], partner: Partner) -> QuerySet[Any]:
        return rows.filter(**{self.owner: partner}) if self.owner else rows.none()
