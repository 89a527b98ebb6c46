"""What a person at the terminal is told, and when: before the work, and truly."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Drama
from catalog.services import sheets

HEADER = "code,original_name,original_language,tier,age_rating,origin,supplier\n"


@pytest.fixture
def table(tmp_path, supplier) -> Path:
    path = tmp_path / "dramas.csv"
    path.write_text(f"{HEADER}DR-0009,Dawn,zh-Hans,A,12,live,{supplier.name}\n")
    return path


@pytest.fixture
def mixed(table) -> Path:
    """One good row and one refused."""
    table.write_text(table.read_text() + "DR-0010,Dusk,zh-Hans,Z,12,live,Nobody\n")
    return table


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("report.txt", "not as “.txt”"),
        ("absent/report.csv", "no folder “.*absent”"),
        ("folder.csv", "cannot be written"),
        ("dramas.csv", "name another"),
    ],
)
def test_a_report_that_cannot_be_written_is_refused_before_anything_is_saved(table, tmp_path, place, sentence):
    (tmp_path / "folder.csv").mkdir()
    before = table.read_text()
    with pytest.raises(CommandError, match=sentence):
        call_command("import_catalog", str(table), "--apply", "--report", str(tmp_path / place))
    assert not Drama.objects.exists() and table.read_text() == before


def test_a_report_that_fails_after_the_saving_says_that_the_rows_are_saved(table, tmp_path, monkeypatch):
    def full(*_given, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sheets, "write", full)
    with pytest.raises(CommandError, match="The rows were saved, but .*No space left"):
        call_command("import_catalog", str(table), "--apply", "--report", str(tmp_path / "report.csv"))
    assert Drama.objects.count() == 1


def test_a_dry_run_that_skips_refused_rows_says_what_would_be_saved_and_then_that_happens(mixed, capsys):
    call_command("import_catalog", str(mixed), "--skip-refused")
    assert "--apply would save 1 rows and leave out 1 refused ones" in capsys.readouterr().out
    assert not Drama.objects.exists()
    call_command("import_catalog", str(mixed), "--skip-refused", "--apply")
    assert list(Drama.objects.values_list("code", flat=True)) == ["DR-0009"]


def test_a_dry_run_with_refused_rows_says_that_nothing_would_be_saved(mixed):
    with pytest.raises(CommandError, match="1 rows would be refused, so nothing would be saved"):
        call_command("import_catalog", str(mixed))
