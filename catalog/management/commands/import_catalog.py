from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from catalog.errors import ImportRefused
from catalog.services import importing, sheets

MOST_LINES = 200


class Command(BaseCommand):
    """A dry run unless told to save; ends with an error when a row is refused, so that scripts notice."""

    help = "Import dramas, editions, episodes or rights from a CSV (UTF-8) or XLSX file. A dry run unless --apply."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a .csv or .xlsx file; its first row names the columns")
        parser.add_argument("--apply", action="store_true", help="save; without it nothing is written")
        parser.add_argument(
            "--skip-refused", action="store_true", help="save the good rows although others are refused"
        )
        parser.add_argument("--report", type=Path, help="write what becomes of every row to this .csv or .xlsx file")

    def handle(self, *args: Any, **options: Any) -> None:
        self._require_report_place(options["report"], options["file"])
        try:
            with options["file"].open("rb") as stream:
                report = importing.run(stream, apply=options["apply"], skip_refused=options["skip_refused"])
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        except ImportRefused as error:
            raise CommandError(f"{options['file']}: {error}") from error
        self._tell(report)
        self._write(report, to=options["report"])
        self._conclude(report, apply=options["apply"], skip_refused=options["skip_refused"])

    def _require_report_place(self, place: Path | None, file: Path) -> None:
        """Before anything is read or saved: a typing error in the last option must not come out after the work."""
        if place is None:
            return
        try:
            sheets.require_place(place)
        except ImportRefused as error:
            raise CommandError(f"--report: {error}") from error
        if place.resolve() == file.resolve():
            raise CommandError(_("--report: this is the file that is read; name another."))

    def _write(self, report: importing.Report, *, to: Path | None) -> None:
        if to is None:
            return
        try:
            sheets.write(to, ["row", "result", "name", "sentence"], importing.lines(report))
        except OSError as error:
            outcome = _("The rows were saved") if report.is_saved else _("Nothing was saved")
            raise CommandError(
                _("%(outcome)s, but the report was not written: %(file)s: %(reason)s.")
                % {"outcome": outcome, "file": to, "reason": error.strerror}
            ) from error

    def _tell(self, report: importing.Report) -> None:
        worth = [one for one in report.outcomes if one.result != importing.Result.UNCHANGED]
        for one in worth[:MOST_LINES]:
            style = self.style.ERROR if one.result == importing.Result.REFUSED else str
            self.stdout.write(style(" ".join(f"row {one.row}: {one.result} {one.name} {one.sentence}".split())))
        if len(worth) > MOST_LINES:
            self.stdout.write(_("… and %(n)d more rows; --report FILE has them all.") % {"n": len(worth) - MOST_LINES})
        self.stdout.write(report.summary)

    def _conclude(self, report: importing.Report, *, apply: bool, skip_refused: bool) -> None:
        refused = report.count(importing.Result.REFUSED)
        if report.is_saved:
            self.stdout.write(self.style.SUCCESS(_("Saved.")))
        elif apply:
            raise CommandError(
                _("Nothing was saved: %(n)d rows are refused. Mend them, or use --skip-refused.") % {"n": refused}
            )
        elif refused and skip_refused:
            good = report.count(importing.Result.CREATED) + report.count(importing.Result.CHANGED)
            self.stdout.write(
                _("Dry run: --apply would save %(good)d rows and leave out %(refused)d refused ones.")
                % {"good": good, "refused": refused}
            )
        elif refused:
            raise CommandError(_("Dry run: %(n)d rows would be refused, so nothing would be saved.") % {"n": refused})
        else:
            self.stdout.write(_("Dry run: nothing was saved. Run again with --apply."))
