"""Change one operator or number at a time and see whether the tests notice: mutation testing.

Run as `make mutants`, or `python tests/bench/mutants.py [COUNT] [PART OF A FILE'S NAME]`; COUNT
changes are drawn at random from all that there are, 0 takes all. Survivors, the changes after which
all tests pass, are printed as FILE:LINE with both versions of the line; the exit code is 1 where
less than 95 % are noticed.
"""

from __future__ import annotations

import ast
import contextlib
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).parents[2]
STATISTICS = ("test_statistics.py", "test_sign_flips.py", "test_settling.py")
STUDIES = ("test_verdicts.py", "test_comparison.py")
TESTS: Mapping[str, tuple[str, ...]] = {
    "statistics/*.py": tuple(f"statistics/{name}" for name in STATISTICS),
    "studies/verdicts.py": ("studies/test_verdicts.py",),
    "studies/plateau.py": ("studies/test_plateau.py",),
    "studies/comparison.py": tuple(f"studies/{name}" for name in STUDIES),
    "results/scores.py": ("results/test_scores.py", *(f"studies/{name}" for name in STUDIES)),
    "results/rows.py": ("results/test_rows.py",),
}
"""Modules below `engine/`, and the tests below `tests/` that are to notice a change of them."""
SWAPPED: Mapping[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
LIMIT = 120
"""Seconds after which a change counts as noticed: the tests hang."""


@dataclass(frozen=True)
class Mutant:
    """One change of one file."""

    path: Path
    """Below `engine/`."""
    line: int
    source: str
    """The whole file with the change."""
    tests: tuple[str, ...]

    @property
    def difference(self) -> str:
        """Where it is, with the statement before and after."""
        before = ast.unparse(ast.parse(_source(self.path))).splitlines()
        after = self.source.splitlines()
        changed = [pair for pair in zip(before, after, strict=False) if pair[0] != pair[1]]
        old, new = changed[0] if changed else ("", "")
        return f"{self.path}:{self.line}\n  - {old.strip()}\n  + {new.strip()}"


def _source(path: Path) -> str:
    return (ROOT / "engine" / path).read_text()


def mutants() -> Iterator[Mutant]:
    """Yield every change of every module."""
    for pattern, tests in TESTS.items():
        for path in sorted((ROOT / "engine").glob(pattern)):
            source = path.read_text()
            for place, node in enumerate(ast.walk(ast.parse(source))):
                for variant in range(_variants(node)):
                    tree = ast.parse(source)
                    changed = list(ast.walk(tree))[place]
                    _change(changed, variant)
                    name = path.relative_to(ROOT / "engine")
                    line = getattr(node, "lineno", 0)
                    yield Mutant(name, line, ast.unparse(tree), tests)


def _variants(node: ast.AST) -> int:
    """How many changes there are of a node."""
    match node:
        case ast.Compare(ops=ops):
            return sum(type(op) in SWAPPED for op in ops)
        case ast.BinOp(op=op) | ast.BoolOp(op=op):
            return int(type(op) in SWAPPED)
        case ast.Constant(value=bool()):
            return 0
        case ast.Constant(value=int() | float()) | ast.UnaryOp(op=ast.Not() | ast.USub()):
            return 1
        case _:
            return 0


def _change(node: ast.AST, variant: int) -> None:
    match node:
        case ast.Compare(ops=ops):
            places = [place for place, op in enumerate(ops) if type(op) in SWAPPED]
            ops[places[variant]] = SWAPPED[type(ops[places[variant]])]()  # type: ignore[call-overload]
        case ast.BinOp() | ast.BoolOp():
            node.op = SWAPPED[type(node.op)]()  # type: ignore[assignment]
        case ast.Constant(value=value):
            node.value = value * 1.25 if isinstance(value, float) and value else value + 1  # type: ignore[operator]
        case ast.UnaryOp():
            node.op = ast.UAdd() if isinstance(node.op, ast.USub) else ast.Not()
            if isinstance(node.op, ast.Not):
                node.operand = ast.UnaryOp(ast.Not(), node.operand)


def survives(mutant: Mutant, site: Path) -> bool:
    """Return whether all tests of a mutant pass, in a process of their own."""
    changed = site / "hiss" / mutant.path
    original = changed.read_text()
    changed.write_text(mutant.source)
    process = multiprocessing.get_context("fork").Process(target=_test, args=(mutant.tests,))
    process.start()
    process.join(LIMIT)
    if process.is_alive():
        process.kill()
        process.join()
    changed.write_text(original)
    return process.exitcode == 0


def _test(tests: tuple[str, ...]) -> None:
    import pytest

    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        options = ["-x", "-q", "-n", "0", "-o", "addopts=", "-p", "no:cacheprovider"]
        code = pytest.main([*options, *(str(ROOT / "tests" / name) for name in tests)])
    os._exit(int(code))


def main(count: int, part: str) -> int:
    """Try some mutants, print the survivors, and return the exit code."""
    import pytest  # noqa: F401 (imported once, before the processes fork)
    import scipy.stats  # noqa: F401
    import sklearn.model_selection  # noqa: F401

    chosen = [one for one in mutants() if part in str(one.path)]
    random.Random(1).shuffle(chosen)
    chosen = chosen[: count or None]
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        shutil.copytree(ROOT / "engine", site / "hiss")
        for name in ("tui", "presets"):
            shutil.copytree(ROOT / name, site / "hiss" / name)
        sys.path.insert(0, folder)
        os.environ["PYTHONPATH"] = folder
        sys.dont_write_bytecode = True
        unchanged = {one.path: replace(one, source=_source(one.path)) for one in chosen}
        failing = [str(path) for path, one in unchanged.items() if not survives(one, site)]
        if failing:
            print(f"The tests of {', '.join(failing)} fail without any change.")
            return 2
        survivors = []
        for one in chosen:
            if survives(one, site):
                survivors.append(one)
                print(one.difference, flush=True)
    noticed = 1 - len(survivors) / max(1, len(chosen))
    print(f"{len(chosen)} changes, {100 * noticed:.1f} % noticed")
    return int(noticed < 0.95)


if __name__ == "__main__":
    arguments = [*sys.argv[1:], "60", ""]
    raise SystemExit(main(int(arguments[0]), arguments[1] if len(sys.argv) > 2 else ""))
