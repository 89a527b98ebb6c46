"""The house's rules, kept by a machine: which room may import which."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("config.kernel", "catalog", "channels", "moderation")
PURE = {"django.db.models", "django.utils.translation"}
OUTSIDE = {"catalog": ("footage",), "channels": ("platforms",), "moderation": ("classifier",)}
DOORS = ("admin", "api", "jobs", "receivers", "management", "board")


def modules(folder: str) -> Iterator[tuple[str, Path]]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        if "migrations" not in path.parts:
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(path: Path) -> set[str]:
    """Every module that this file imports, at the top or inside a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            raise AssertionError(f"{path} imports by dots; say the whole name")
    return found


def room_of(module: str) -> str | None:
    return next((room for room in ROOMS if module == room or module.startswith(room + ".")), None)


def stands_in(module: str, *places: str) -> bool:
    return any(module == place or module.startswith(place + ".") for place in places)


@pytest.mark.parametrize("room", ROOMS)
def test_imports_run_down_the_house_and_never_up(room):
    above = ROOMS[ROOMS.index(room) + 1 :]
    wrong = [
        f"{module} imports {name}"
        for module, path in modules(room.replace(".", "/"))
        for name in imports(path)
        if room_of(name) in above
    ]
    assert wrong == []


def test_no_app_imports_the_roof():
    roof = ("config.settings", "config.urls", "config.checks", "config.navigation", "config.demo", "config.sandbox")
    wrong = [
        f"{module} imports {name}"
        for room in ROOMS
        for module, path in modules(room.replace(".", "/"))
        for name in imports(path)
        if stands_in(name, *roof)
    ]
    assert wrong == []


def test_the_sandbox_is_a_stranger_that_knows_the_kernel_alone():
    wrong = [
        f"{module} imports {name}"
        for module, path in modules("config/sandbox")
        for name in imports(path)
        if room_of(name) in ROOMS[1:] or stands_in(name, "config.settings", "config.demo")
    ]
    assert wrong == []


@pytest.mark.parametrize("app", ROOMS[1:])
def test_rules_decide_from_values_alone(app):
    wrong = [
        f"{module} imports {name}"
        for module, path in modules(f"{app}/rules")
        for name in imports(path)
        if (name.startswith("django") and not any(name.startswith(pure) for pure in PURE))
        or stands_in(name, "config.kernel.clock", f"{app}.models", f"{app}.services", "requests")
    ]
    assert wrong == []


@pytest.mark.parametrize("app", ROOMS[1:])
def test_what_touches_the_outside_world_knows_no_model(app):
    for place in OUTSIDE[app]:
        wrong = [
            f"{module} imports {name}"
            for module, path in modules(f"{app}/{place}")
            for name in imports(path)
            if any(stands_in(name, f"{room}.models", f"{room}.services") for room in ROOMS)
        ]
        assert wrong == []


@pytest.mark.parametrize("app", ROOMS[1:])
def test_floors_inside_an_app_run_down(app):
    floors = {"rules": ("models", "services", *DOORS), "models": ("services", *DOORS), "services": DOORS}
    wrong = [
        f"{module} imports {name}"
        for floor, above in floors.items()
        for module, path in modules(f"{app}/{floor}")
        for name in imports(path)
        if any(stands_in(name, f"{room}.{upper}") for room in ROOMS[1:] for upper in above)
    ]
    assert wrong == []


@pytest.mark.parametrize("app", ROOMS[1:])
def test_doors_do_not_import_each_other(app):
    wrong = [
        f"{module} imports {name}"
        for door in DOORS
        for module, path in modules(app)
        if stands_in(module, f"{app}.{door}")
        for name in imports(path)
        if any(
            stands_in(name, f"{room}.{other}") for room in ROOMS[1:] for other in DOORS if (room, other) != (app, door)
        )
    ]
    assert wrong == []


def test_no_file_is_named_for_having_no_place():
    nameless = {"utils.py", "helpers.py", "common.py", "managers.py"}
    found = [
        str(path)
        for folder in ("config", "catalog", "channels", "moderation")
        for path in (ROOT / folder).rglob("*.py")
        if path.name in nameless
    ]
    assert found == []
