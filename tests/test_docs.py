"""The papers say what the code does: addresses, settings, files, tables of moves and faults are compared with it."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from uuid import UUID

import pytest
from django.urls import Resolver404, resolve

from catalog.rules import tables
from config import roles
from config.kernel import jobs

ROOT = Path(__file__).resolve().parent.parent
PAPERS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
ROOMS = ("config/kernel", "catalog", "channels", "moderation")
SOMEBODY = str(UUID(int=1))
ENDINGS = "py|md|png|toml|html"
# What an installation makes for itself.
MADE = {"dramas.xlsx", "report.csv"}


def paper(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def section(name: str, title: str) -> str:
    """What stands under this heading, up to the next one."""
    return paper(name).split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def first_cells(text: str) -> set[str]:
    """The names in the first column of the tables of this text."""
    return set(re.findall(r"^\| `([^`]+)`", text, re.MULTILINE))


def read_from_environment(path: Path) -> set[str]:
    """The variables that this file asks the environment for: by a call of `env` or of os.environ."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = ast.unparse(node.func)
            if called.startswith("env.") or called == "os.environ.get":
                found.add(node.args[0].value)
    return found


def test_every_setting_is_explained_and_every_explained_one_is_read():
    product = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    read = set().union(*map(read_from_environment, [ROOT / "config/settings.py", *product]))
    assert len(read) > 35
    assert first_cells(section("operations.md", "Every setting")) == read


def test_every_setting_of_the_stand_in_is_explained_and_every_explained_one_is_read():
    read = read_from_environment(ROOT / "config/sandbox/settings.py")
    assert first_cells(section("sandbox.md", "Settings")) == read


@pytest.mark.parametrize("name", ["partners.md", "accounts.md", "operations.md"])
def test_every_address_of_a_paper_is_served(name):
    found = set(re.findall(r"/(?:api/v1|channels/connect\w*|healthz|readyz)[^\s`'\"?…)]*", paper(name)))
    assert found
    for address in found:
        try:
            resolve(address.replace("$ID", SOMEBODY).replace("$API", "youtube"))
        except Resolver404:
            pytest.fail(f"docs/{name} names {address}, which nobody serves")


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.name)
def test_every_file_that_a_paper_names_is_there(path):
    text = path.read_text(encoding="utf-8")
    links = {link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link}
    named = set(re.findall(rf"`([\w./-]+\.(?:{ENDINGS})|[\w./-]+/)`", text)) - MADE
    missing = [link for link in links if not (path.parent / link).exists()]
    missing += [name for name in named if not name.startswith("/") and not (ROOT / name).exists()]
    assert not missing


def test_the_tables_of_moves_are_those_of_the_code():
    told = re.findall(r"\(`([\w/]+)\.py`\)\n\n\| from \| to \|\n\| --- \| --- \|\n((?:\|.*\n)+)", paper("loop.md"))
    assert len(told) == 9
    for module, rows in told:
        rules = import_module(module.replace("/", "."))
        lines = [line.split("|")[1:3] for line in rows.splitlines()]
        moves = {re.findall("`(.+?)`", start)[0]: set(re.findall("`(.+?)`", ends)) for start, ends in lines}
        assert moves == {status.value: {str(end) for end in rules.MOVES.get(status, ())} for status in rules.Status}


def test_the_faults_are_those_of_the_stand_in():
    tree = ast.parse((ROOT / "config/sandbox/faults.py").read_text(encoding="utf-8"))
    known = next(
        node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "KNOWN"
    )
    assert first_cells(section("sandbox.md", "Faults by name")) == set(ast.literal_eval(known))


def test_the_doors_of_the_stand_in_are_all_named():
    served = re.findall(r'path\("(_control/[\w-]+)"', (ROOT / "config/sandbox/urls.py").read_text(encoding="utf-8"))
    assert first_cells(section("sandbox.md", "The control door")) == {f"/{address}" for address in served}


def test_the_routines_are_told_with_their_spans():
    told = dict(re.findall(r"^\| `([\w.]+)` \| (\d+ \w+) \|", section("operations.md", "The routines"), re.MULTILINE))
    units = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
    spans = {name: int(span.split()[0]) * units[span.split()[1]] for name, span in told.items()}
    assert spans == {name: every.span for name, every in jobs.declared().items() if not name.startswith("tests.")}


def test_the_columns_of_every_table_are_told_with_what_is_needed_and_what_is_key():
    rows = re.findall(r"^\| (\w+) \| (.+) \|$", section("operations.md", "Tables in and out"), re.MULTILINE)
    told = {name: columns for name, columns in rows if name in tables.KINDS}
    for name, kind in tables.KINDS.items():
        marked = [
            (f"**{one.name}**" if one.is_needed else one.name) + ("\\*" if one.name in kind.key else "")
            for one in kind.columns
        ]
        assert told[name] == ", ".join(marked)


def test_every_role_is_explained():
    assert first_cells(section("operations.md", "Roles")) == set(roles.ROLES)
