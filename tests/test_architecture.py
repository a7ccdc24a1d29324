"""Whether the house keeps to its plan: no import circles, and every package installed."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = {"hiss": ROOT / "engine", "hiss.tui": ROOT / "tui", "hiss.presets": ROOT / "presets"}


def modules() -> dict[str, Path]:
    """Every module by its name."""
    found = {}
    for package, folder in PACKAGES.items():
        for path in folder.rglob("*.py"):
            parts = path.relative_to(folder).with_suffix("").parts
            found[".".join((package, *parts)).removesuffix(".__init__")] = path
    return found


def imports(path: Path, known: dict[str, Path]) -> Iterator[str]:
    """Every module of hiss that a file imports, also in functions and under TYPE_CHECKING."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.ImportFrom(module=str(module), names=names):
                for each in names:
                    name = f"{module}.{each.name}"
                    yield name if name in known else module
            case ast.Import(names=names):
                yield from (each.name for each in names)


def graph() -> dict[str, set[str]]:
    known = modules()
    return {
        name: {each for each in imports(path, known) if each in known} - {name}
        for name, path in known.items()
    }


def circles(arrows: dict[str, set[str]]) -> list[list[str]]:
    """The strongly connected components of more than one module (Tarjan, 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in arrows[name]:
            if other not in index:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            place = stack.index(name)
            circle, stack[place:] = sorted(stack[place:]), []
            if len(circle) > 1:
                found.append(circle)

    for name in arrows:
        if name not in index:
            visit(name)
    return found


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert circles(graph()) == []


def test_the_search_for_circles_finds_one() -> None:
    arrows = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}
    assert circles(arrows) == [["a", "b", "c"]]


def test_every_package_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    there = {name for name, path in modules().items() if path.name == "__init__.py"}
    assert set(project["tool"]["setuptools"]["packages"]) == there


def test_no_file_is_longer_than_300_lines() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in modules().values()
    }
    assert {name: count for name, count in lengths.items() if count > 300} == {}
