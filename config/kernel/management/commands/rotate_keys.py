"""Write every encrypted column again with the first of `FIELD_ENCRYPTION_KEYS`."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand

from config.kernel.crypto import EncryptedTextField


class Command(BaseCommand):
    help = "Re-encrypt all secrets with the first key. Safe to run twice, and while the product runs."

    def handle(self, *args: Any, **options: Any) -> None:
        for model in apps.get_models():
            names = [field.name for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)]
            if names:
                self.stdout.write(f"{model._meta.label}: {self._rewrite(model, names)} rows, {', '.join(names)}")

    def _rewrite(self, model: Any, names: list[str]) -> int:
        count = 0
        for row in model._default_manager.only("pk", *names).iterator(chunk_size=500):
            before = {name: getattr(row, name) for name in names}
            if any(before.values()):
                model._default_manager.filter(pk=row.pk).update(**before)
                count += 1
        return count
