"""The catalog's own pages inside the admin: one form with a reason to be there, and whatever stands around it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse


def draw(page: Any, request: HttpRequest, template: str, *, title: Any, **context: Any) -> TemplateResponse:
    """One page with the theme's frame around it; `page` is the ModelAdmin it belongs to."""
    form = context.get("form")
    full = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "title": title,
        "media": page.media + (form.media if isinstance(form, forms.BaseForm) else forms.Media()),
        **context,
    }
    return TemplateResponse(request, template, full)


def find(page: Any, request: HttpRequest, object_id: Any) -> Any:
    """The row of this page that its reader may see; 404 when there is none."""
    row = page.get_object(request, str(object_id))
    if row is None:
        raise Http404
    if not page.has_view_or_change_permission(request, row):
        raise PermissionDenied
    return row


def demand(request: HttpRequest, *rights: str) -> None:
    """Refuse a person without these rights: the button was hidden, the address may still be typed."""
    if not request.user.has_perms(rights):
        raise PermissionDenied
