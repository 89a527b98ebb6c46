"""Saving a form beside working machines: only the columns a person changed are written, never a status."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


class OnlyWhatChanged:
    """For a page whose rows workers move meanwhile: a form opened earlier must not write back what it read then."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            super().save_model(request, obj, form, change)  # type: ignore[misc]
            return
        columns = {field.name for field in obj._meta.concrete_fields}
        changed = [name for name in form.changed_data if name in columns]
        if changed:
            obj._history_user = request.user
            obj.save(update_fields=changed)
