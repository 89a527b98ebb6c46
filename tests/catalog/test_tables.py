"""Tables in and out: what a cell may say, what a bad file is told, and that nothing is half-saved."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from catalog.errors import ImportRefused
from catalog.models import Drama, Edition, Genre, Rights
from catalog.rules import cells, tables
from catalog.services import exporting, importing
from catalog.services.importing import Result

DRAMAS = "code,original_name,original_language,genres,tier,age_rating,origin,supplier\n"
GOOD = "DR-0002,长夜,zh-hans,revenge; romance,A,16+,live,Bright Films\n"


@pytest.mark.parametrize(
    ("read", "cell", "value"),
    [
        (cells.tag, "ZH-hans", "zh-Hans"),
        (cells.age, "16+", 16),
        (cells.amount, "1200.5", Decimal("1200.50")),
        (cells.yes_or_no, "No", False),
        (cells.moment, "2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        (cells.moment, "2026-03-01T18:00+08:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        (cells.several(cells.territory, or_any=True), "mx; ES ;MX", ("ES", "MX")),
        (cells.several(cells.territory, or_any=True), "*", ("*",)),
        (cells.choice(["S", "A"]), "s", "S"),
    ],
)
def test_a_cell_is_read_to_its_value(read, cell, value):
    assert read(cell) == value


@pytest.mark.parametrize(
    ("read", "cell"),
    [
        (cells.tag, "spanish!"),
        (cells.tag, "xx-"),
        (cells.code, "dr-1"),
        (cells.age, "13"),
        (cells.amount, "1,200.50"),
        (cells.amount, "-1"),
        (cells.amount, "NaN"),
        (cells.amount, "1.005"),
        (cells.currency, "DOLLARS"),
        (cells.number, "0"),
        (cells.number, "٣"),
        (cells.number, "1.5"),
        (cells.moment, "31.02.2026"),
        (cells.moment, "2026-02-31"),
        (cells.moment, "0001-01-01T00:00+14:00"),
        (cells.several(cells.territory), "MX; XX9"),
        (cells.several(cells.territory, or_any=True), "MX; *"),
        (cells.several(cells.territory), " ; "),
        (cells.text(3), "four"),
    ],
)
def test_a_cell_that_says_no_such_value_is_refused(read, cell):
    with pytest.raises(cells.Refused):
        read(cell)


@given(st.text(alphabet="'=+-@\t\r abc", max_size=8))
def test_disarming_a_formula_comes_undone(cell):
    assert cells.rearmed(cells.disarmed(cell)) == cell
    assert not cells.disarmed(cell).startswith(cells.DANGEROUS)


@pytest.mark.parametrize(
    ("header", "sentences"),
    [
        (["drama", "number", "name"], []),
        (["drama", "language", "kind", "titel"], ["Unknown column “titel”; perhaps “title”", "Missing: “title”"]),
        (["code", "tier", "colour"], ["Unknown column “colour”", "Missing: “original_name”"]),
        (["drama", "number", "number"], ["“number” is there twice"]),
        (["a", "b"], ["does not name the columns"]),
        (["drama", "number", ""], ["A column has no name"]),
    ],
)
def test_a_header_is_told_by_name_what_is_wrong(header, sentences):
    if not sentences:
        assert tables.kind_of(header).name == "episodes"
        return
    with pytest.raises(cells.Refused) as refusal:
        tables.kind_of(header)
    assert all(sentence in str(refusal.value) for sentence in sentences)


@pytest.fixture
def ground(supplier, vendor):
    Genre.objects.create(slug="revenge", name="Revenge")
    Genre.objects.create(slug="romance", name="Romance")


def load(text: str | bytes, **how) -> importing.Report:
    return importing.run(io.BytesIO(text if isinstance(text, bytes) else text.encode()), **how)


def outcomes(report) -> list[tuple[int, str]]:
    return [(one.row, str(one.result)) for one in report.outcomes]


def test_a_dry_run_tells_and_saves_nothing(ground):
    report = load(DRAMAS + GOOD)
    assert outcomes(report) == [(2, "created")] and not report.is_saved
    assert not Drama.objects.exists()


def test_an_import_is_saved_with_genres_and_history(ground, admin_user):
    assert load(DRAMAS + GOOD, apply=True, by=admin_user).is_saved
    drama = Drama.objects.get()
    assert (drama.original_language, drama.age_rating, drama.supplier.name) == ("zh-Hans", 16, "Bright Films")
    assert set(drama.genres.values_list("slug", flat=True)) == {"revenge", "romance"}
    assert drama.history.get().history_user == admin_user


def test_a_second_run_changes_nothing(ground):
    load(DRAMAS + GOOD, apply=True)
    again = load(DRAMAS + GOOD, apply=True)
    assert outcomes(again) == [(2, "unchanged")]
    assert Drama.history.count() == 1


def test_a_changed_row_says_what_changes(ground):
    load(DRAMAS + GOOD, apply=True)
    report = load(DRAMAS + GOOD.replace(",A,", ",S,").replace("revenge; romance", "revenge"), apply=True)
    (one,) = report.outcomes
    assert one.result == Result.CHANGED
    assert one.sentence == "genres: “revenge; romance” → “revenge”; tier: “A” → “S”"
    drama = Drama.objects.get()
    assert drama.tier == "S" and [genre.slug for genre in drama.genres.all()] == ["revenge"]


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ("dr-3,x,zh-Hans,,A,16,live,Bright Films", "column “code”, “dr-3”"),
        ("DR-3,x,klingon-,,A,16,live,Bright Films", "column “original_language”, “klingon-”"),
        ("DR-3,x,zh-Hans,horror,A,16,live,Bright Films", "column “genres”, “horror”: there is no such genre"),
        ("DR-3,x,zh-Hans,,A,16,live,Nobody", "column “supplier”, “Nobody”"),
        ("DR-3,x,zh-Hans,,X,17,live,Bright Films", "column “tier”, “X”"),
        ("DR-3,,zh-Hans,,A,16,live,Bright Films", "column “original_name”, “”: it is empty"),
        ("DR-3,x,zh-Hans,,A,16,live,Bright Films,more", "more cells than there are columns: “more”"),
        ("DR-0002,x,zh-Hans,,A,16,live,Bright Films", "the same code as in row 2"),
        (f"DR-3,{'x' * 201},zh-Hans,,A,16,live,Bright Films", "201 characters"),
        ("DR-3,bell\x07,zh-Hans,,A,16,live,Bright Films", "control character"),
    ],
)
def test_one_refused_row_saves_nothing_unless_told_so(ground, bad, sentence):
    report = load(DRAMAS + GOOD + bad + "\n", apply=True)
    assert outcomes(report) == [(2, "created"), (3, "refused")] and not report.is_saved
    assert sentence in report.outcomes[1].sentence
    assert not Drama.objects.exists()
    assert load(DRAMAS + GOOD + bad + "\n", apply=True, skip_refused=True).is_saved
    assert Drama.objects.count() == 1


def test_all_faults_of_a_row_are_told_at_once(ground):
    (one,) = load(DRAMAS + "DR-3,x,zh-Hans,,X,17,radio,Bright Films\n").outcomes
    assert all(f"column “{name}”" in one.sentence for name in ("tier", "age_rating", "origin"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"code,tier\n\xff\xfe", "not UTF-8"),
        (b"PK\x03\x04 this is no zip", "cannot be read as XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
        (b'drama,number,name\nDR-1,1,"open', "Row 2 is no CSV"),
        (b"drama,number,name\nDR-1,1," + b"x" * 140_000, "more than 131072 characters"),
        (b"hello\nworld\n", "does not name the columns"),
    ],
)
def test_a_file_that_is_no_table_is_refused_as_a_whole(db, content, sentence):
    with pytest.raises(ImportRefused, match=sentence):
        load(content, apply=True)


def workbook(rows, sheets_named=("table",)) -> bytes:
    book = Workbook()
    book.active.title = sheets_named[0]
    for name in sheets_named[1:]:
        book.create_sheet(name)
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_with_numbers_and_dates_is_read(drama):
    opens = datetime(2026, 3, 1, 9, 30)
    content = workbook(
        [["drama", "territories", "opens", "exclusive"], ["DR-0001", "MX", opens, True], [None, None, None, None]]
    )
    assert load(content, apply=True).is_saved
    row = Rights.objects.get()
    assert (row.territories, row.platforms, row.is_exclusive) == (["MX"], ["*"], True)
    assert row.opens_at == opens.replace(tzinfo=UTC)
    assert outcomes(load(content)) == [(2, "unchanged")]


def test_a_workbook_of_two_sheets_is_asked_for_one(db):
    with pytest.raises(ImportRefused, match="2 sheets"):
        load(workbook([["drama", "number"]], ("one", "two")))


def test_semicolons_and_a_byte_order_mark_are_read(ground):
    text = (DRAMAS + GOOD).replace(";", "/").replace(",", ";").replace("revenge/ romance", '"revenge, romance"')
    assert outcomes(load(b"\xef\xbb\xbf" + text.encode(), apply=True)) == [(2, "created")]
    assert Drama.objects.get().genres.count() == 2


def test_a_window_that_closes_before_it_opens_is_refused(drama):
    (one,) = load("drama,territories,opens,closes\nDR-0001,MX,2026-03-01,2026-02-01\n").outcomes
    assert "closes before it opens" in one.sentence


@pytest.mark.parametrize(("kind", "voice"), [("dubbed", ""), ("dubbed", "none"), ("subtitled", "ai")])
def test_a_voice_goes_with_dubbing_alone(drama, kind, voice):
    (one,) = load(f"drama,language,kind,voice,title\nDR-0001,es,{kind},{voice},Uno\n").outcomes
    assert one.result == Result.REFUSED and "column “voice”" in one.sentence


def test_what_the_file_does_not_name_stays_as_it_is(edition):
    load("drama,language,kind,voice,title\nDR-0001,es,dubbed,human,Nuevo\n", apply=True)
    edition.refresh_from_db()
    assert (edition.title, edition.vendor.name, edition.synthetic_media) == ("Nuevo", "Voz Studio", False)


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize("kind", ["dramas", "editions", "episodes", "rights"])
def test_what_is_exported_comes_back_unchanged(edition, ground, tmp_path, kind, ending):
    drama = edition.drama
    drama.genres.add(Genre.objects.get(slug="romance"))
    Drama.objects.filter(pk=drama.pk).update(original_name="=cmd|'/c calc'!A0")
    Edition.objects.filter(pk=edition.pk).update(synopsis='line "one"\r\nline; two', cost=Decimal("12.50"))
    drama.episodes.filter(number=1).update(name="-1, +2 'quoted'")
    Rights.objects.create(
        drama=drama, territories=["MX", "ES"], opens_at=datetime(2026, 3, 1, 1, 2, 3, 456, tzinfo=UTC), source="@home"
    )
    path = tmp_path / f"{kind}{ending}"
    count = exporting.export(kind, to=path)
    with path.open("rb") as stream:
        report = importing.run(stream)
    assert count == len(report.outcomes) > 0
    assert {one.result for one in report.outcomes} == {Result.UNCHANGED}, report.outcomes


def test_an_exported_cell_is_never_a_formula(drama, tmp_path):
    Drama.objects.update(original_name="=1+1")
    exporting.export("dramas", to=tmp_path / "d.csv")
    assert "'=1+1" in (tmp_path / "d.csv").read_text(encoding="utf-8-sig")


def test_an_import_asks_few_questions_however_long_the_file(ground, django_assert_max_num_queries):
    body = "".join(f"DR-{n:05d},name {n},zh-Hans,romance,A,16,live,Bright Films\n" for n in range(1000))
    with django_assert_max_num_queries(40):
        assert load(DRAMAS + body, apply=True).is_saved
    with django_assert_max_num_queries(20):
        assert load(DRAMAS + body, apply=True).count(Result.UNCHANGED) == 1000


def test_the_command_is_a_dry_run_until_told_to_save(ground, tmp_path, capsys):
    path = tmp_path / "dramas.csv"
    path.write_text(DRAMAS + GOOD)
    call_command("import_catalog", str(path))
    assert "row 2: created DR-0002" in capsys.readouterr().out and not Drama.objects.exists()
    call_command("import_catalog", str(path), "--apply", "--report", str(tmp_path / "report.csv"))
    assert Drama.objects.count() == 1
    assert "2,created,DR-0002" in (tmp_path / "report.csv").read_text(encoding="utf-8-sig")


def test_the_command_fails_with_the_row_and_the_column(ground, tmp_path, capsys):
    path = tmp_path / "dramas.csv"
    path.write_text(DRAMAS + GOOD.replace(",A,", ",Z,"))
    with pytest.raises(CommandError, match="Nothing was saved: 1 rows"):
        call_command("import_catalog", str(path), "--apply")
    assert "row 2: refused column “tier”, “Z”" in capsys.readouterr().out
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_catalog", str(tmp_path / "absent.csv"))


def test_the_command_exports_what_it_imports(drama, tmp_path, capsys):
    call_command("export_catalog", "episodes", str(tmp_path / "e.xlsx"))
    assert "3 rows of episodes" in capsys.readouterr().out
    with pytest.raises(CommandError, match="not as “.pdf”"):
        call_command("export_catalog", "episodes", str(tmp_path / "e.pdf"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["e.xlsx"]
