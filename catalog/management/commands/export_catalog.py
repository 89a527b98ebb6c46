from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from catalog.errors import ImportRefused
from catalog.rules import tables
from catalog.services import exporting


class Command(BaseCommand):
    """Writes the columns that import_catalog reads back."""

    help = "Export dramas, editions, episodes or rights to a .csv or .xlsx file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(tables.KINDS))
        parser.add_argument("file", type=Path, help="where to write; the ending says how: .csv or .xlsx")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = exporting.export(options["kind"], to=options["file"])
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        except ImportRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("%(n)d rows of %(kind)s written to %(file)s.")
            % {"n": count, "kind": options["kind"], "file": options["file"]}
        )
