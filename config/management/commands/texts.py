"""Collect every visible text into locale/, compile the translations, and say which are missing.

Pure Python (Babel), so that no machine needs GNU gettext. The compiled files are kept beside their sources.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import templatize

LANGUAGES = ("zh_Hans",)
ROOMS = ("config", "catalog", "channels", "moderation", "templates")
STRANGERS = ("config/sandbox", "config/demo")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_t": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
SHOWN = 40


class Command(BaseCommand):
    help = "Bring locale/ up to date with the texts in the code, and compile it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail when something is missing")

    def handle(self, *args: Any, **options: Any) -> None:
        found = collect(settings.BASE_DIR)
        for language in LANGUAGES:
            folder = settings.BASE_DIR / "locale" / language / "LC_MESSAGES"
            fresh = _merge(folder / "django.po", found, language)
            missing = [str(one.id) for one in fresh if one.id and (not _is_whole(one) or one.fuzzy)]
            if options["check"]:
                self._complain(folder, fresh, missing)
            else:
                _write(folder, fresh)
            self.stdout.write(f"{language}: {len(fresh)} texts, {len(missing)} without a translation")

    def _complain(self, folder: Path, fresh: Catalog, missing: list[str]) -> None:
        if missing:
            raise CommandError("Without a translation:\n  " + "\n  ".join(missing[:SHOWN]))
        if _mo(fresh) != (folder / "django.mo").read_bytes():
            raise CommandError(f"{folder}/django.mo is not what django.po says; run `make messages`.")


def collect(root: Path) -> Catalog:
    """Every text marked for translation in Python and templates, in the order of their files."""
    catalog = Catalog(charset="utf-8")
    for path in _sources(root):
        name = str(path.relative_to(root))
        source = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # A page's indentation means nothing to Python's tokenizer, and some of it would offend it.
            source = "\n".join(line.lstrip() for line in templatize(source, origin=name).splitlines())
        for _line, message, comments, context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
            catalog.add(message, locations=[(name, 0)], auto_comments=comments, context=context, flags=_flags(message))
    return catalog


def _flags(message: Any) -> tuple[str, ...]:
    text = message[0] if isinstance(message, tuple) else message
    return ("python-format",) if "%(" in text else ()


def _sources(root: Path) -> Iterator[Path]:
    for room in ROOMS:
        for path in sorted((root / room).rglob("*")):
            name = path.relative_to(root).as_posix()
            if (
                path.suffix in {".py", ".html", ".txt"}
                and not name.startswith(STRANGERS)
                and "migrations" not in path.parts
            ):
                yield path


def _merge(path: Path, found: Catalog, language: str) -> Catalog:
    """The catalog on disk with what the code says now: kept translations, new texts empty, gone texts gone."""
    catalog = Catalog(locale=language, charset="utf-8", project="Dramaport", fuzzy=False)
    if path.exists():
        with path.open("rb") as file:
            catalog = pofile.read_po(file, locale=language)
    catalog.update(found, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    return catalog


def _is_whole(message: Any) -> bool:
    return all(message.string) if isinstance(message.string, (tuple, list)) else bool(message.string)


def _write(folder: Path, catalog: Catalog) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "django.po").open("wb") as file:
        pofile.write_po(file, catalog, no_location=True, omit_header=False, sort_output=True, width=110)
    (folder / "django.mo").write_bytes(_mo(catalog))


def _mo(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()
