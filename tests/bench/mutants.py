"""Change one operator or number at a time and see whether the tests notice: mutation testing.

Run as `make mutants`, or `python tests/bench/mutants.py [COUNT] [PART OF A FILE'S NAME]`; COUNT
changes are drawn at random from all that a test could notice, 0 takes all; `EQUIVALENT` names the
others. Survivors, the changes after which all tests pass, are printed as FILE:LINE with both
versions of the line; the exit code is 1 where less than 95 % are noticed.
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
STATISTICS = (
    *("test_statistics.py", "test_sign_flips.py"),
    *("test_settling.py", "test_predictions.py", "test_signed_ranks.py"),
)
STUDIES = ("test_verdicts.py", "test_comparison.py")
LAYERS = ("noise/test_layers.py", "noise/test_measured.py")
SCRIPTS = "scripts/test_script.py::test_"
TESTS: Mapping[str, tuple[str, ...]] = {
    "statistics/*.py": tuple(f"statistics/{name}" for name in STATISTICS),
    "studies/verdicts.py": ("studies/test_verdicts.py",),
    "studies/plateau.py": ("studies/test_plateau.py",),
    "studies/comparison.py": tuple(f"studies/{name}" for name in STUDIES),
    "results/scores.py": ("results/test_scores.py", *(f"studies/{name}" for name in STUDIES)),
    "results/rows.py": ("results/test_rows.py",),
    "noise/additive.py": ("noise/test_measured.py",),
    "noise/correlated.py": ("noise/test_measured.py",),
    "noise/corruption.py": ("noise/test_measured.py",),
    "noise/cutout.py": ("noise/test_measured.py",),
    "noise/mixup.py": ("noise/test_measured.py",),
    "noise/dropout.py": (*LAYERS, f"{SCRIPTS}every_noise_of_a_script_changes_as_that_of_hiss"),
    "noise/gaussian.py": ("noise/test_layers.py",),
    "noise/gradients.py": ("noise/test_gradients.py",),
    "noise/kind.py": LAYERS,
    "noise/labels.py": ("noise/test_labels.py",),
    "noise/layers.py": LAYERS,
    "noise/optimizer.py": ("noise/test_gradients.py", "noise/test_dtypes.py"),
    "noise/random.py": ("noise/test_random.py", "noise/test_measured.py"),
    "noise/registry.py": LAYERS,
    "noise/schedules.py": (LAYERS[0], f"{SCRIPTS}a_script_changes_noise_as_hiss_does"),
    "noise/weights.py": ("noise/test_layers.py", "noise/test_dtypes.py"),
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
EQUIVALENT: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "Caches are as right with another size, seeds with another number, samples with a draw more.": {
        "statistics/settling.py": ("maxsize=257",),
        "statistics/sign_flips.py": ("maxsize=2", "SEED = 20030102"),
        "statistics/resampling.py": ("SEED = 20030102",),
        "statistics/signed_ranks.py": ("SAMPLES = 50001",),
    },
    "Rounding errors stay far below a tolerance, and steps are as fine as need be.": {
        "statistics/sign_flips.py": ("SLACK = 1.25e-09", "sums > least"),
        "statistics/lattice.py": (
            "SLACK = 1.25e-09",
            "while step >= slack",
            "() < SLACK * largest",
        ),
        "statistics/settling.py": ("NODES = 49", "range(25)"),
    },
    "A probability computed from continuous values does not equal a bound.": {
        "statistics/settling.py": ("> TARGET", "df) > SURE"),
        "statistics/predictions.py": ("apart < SUMS_TO_ONE",),
    },
    "The way differs, the result does not: the ratio of a search, an element that stays 0, the "
    "place where a sample is cut in two, sums that come with either sign, a number of as many "
    "digits, a center within its pixel, a factor of ±1, what is drawn beyond need, the nearest of "
    "two names.": {
        "noise/cutout.py": ("count - 1.25",),
        "noise/random.py": ("/ tf.sign(x)", "VECTOR = 17"),
        "results/scores.py": ("or 1.25", "list(known), 2)"),
        "statistics/settling.py": ("GROWTH = 1.5",),
        "statistics/sign_flips.py": ("zeros(total + 2)", "len(differences) // 3", "least + first"),
    },
    "Noise has the same distribution with either sign, with other seeds, by another period of a "
    "cosine (to 0.005 by the inverse of an even draw), and whether or not a bound that is never "
    "drawn counts.": {
        "noise/additive.py": ("inputs - ",),
        "noise/correlated.py": ("inputs - ", "shared - (1.0"),
        "noise/gaussian.py": ("inputs - ", "(1.0 - stddev"),
        "noise/corruption.py": ("drawn > rate",),
        "noise/layers.py": ("shape) > rate", "seed, 1, 0]"),
        "noise/random.py": (
            "return 0.5 - 0.5 * _symmetric",
            "wide) - tf.cast(",
        ),
        "noise/mixup.py": ("tf.cos(2.5", "math.pi / drawn[1]"),
        "noise/labels.py": ("noisy[flipped] - shift",),
        "noise/optimizer.py": ("[int(seed), 2]", "sizes = [1 if"),
    },
    "Where it is not 0, it is a product of two even numbers.": {
        "statistics/predictions.py": ("spread > 1",),
    },
    "numpy takes any negative size for the one that is left.": {
        "results/rows.py": ("(len(split.y_test), -2)", "(len(split.y_train), -2)"),
    },
    "Where a new layer, or a sweep, starts is a choice.": {
        "noise/additive.py": ("start=0.125",),
        "noise/correlated.py": ("start=0.125",),
        "noise/corruption.py": ("start=0.25",),
        "noise/cutout.py": ("SIZES = ", "start=0.3125"),
        "noise/dropout.py": ("start=0.25",),
        "noise/gaussian.py": ("start=0.125", "start=0.25"),
        "noise/kind.py": ("STRENGTHS = ", "RATES = ", "SHARES = ", "VARIANCES = "),
        "noise/mixup.py": ("ALPHAS = ", "start=0.25"),
        "noise/weights.py": ("start=0.125",),
    },
    "It is never read: both engines assign it before they train, or its owner hides it.": {
        "noise/layers.py": ("_add_scalar('steps', 1.25)",),
        "noise/optimizer.py": ("learning_rate=1.0",),
    },
    "The value is ruled out before: None by the callers, 0 by its figures or by its interval, "
    "equal sides by a significant mean, a distance of 2 in [0, 1]; a class without rows counts "
    "nowhere, and probabilities end at 1.": {
        "noise/schedules.py": ("start - end == 2",),
        "statistics/predictions.py": ("2 - LEAST_PROBABILITY", "classes = 3 if two"),
        "studies/comparison.py": ("is None and difference.sd is None",),
        "studies/verdicts.py": ("p_holm or 1.0", "mean >= 0", "rope.better >= rope.worse"),
        "results/scores.py": ("'−' if value <= 0",),
    },
}
"""Changes that no test can notice, by reason and file: a part of the statement after the change."""
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
    def statements(self) -> tuple[str, str]:
        """The statement before and after."""
        before = ast.unparse(ast.parse(_source(self.path))).splitlines()
        after = self.source.splitlines()
        changed = (pair for pair in zip(before, after, strict=False) if pair[0] != pair[1])
        old, new = next(changed, ("", ""))
        return old.strip(), new.strip()

    @property
    def difference(self) -> str:
        """Where it is, with the statement before and after."""
        old, new = self.statements
        return f"{self.path}:{self.line}\n  - {old}\n  + {new}"

    def matches(self, file: str, part: str) -> bool:
        """Return whether the change is in this file and its statement then has this part."""
        return str(self.path) == file and part in self.statements[1]


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


def _noticeable(every: list[Mutant]) -> tuple[list[Mutant], int]:
    """Leave out the changes in `EQUIVALENT`; return the others, and how many are left out.

    Raises:
        ValueError: if an entry matches no change of a file that is there.
    """
    equivalent = []
    for file, part in _entries():
        found = [one for one in every if one.matches(file, part)]
        if not found and any(str(one.path) == file for one in every):
            raise ValueError(f"EQUIVALENT: {file} has no change to {part!r}.")
        equivalent += found
    return [one for one in every if one not in equivalent], len(equivalent)


def _entries() -> Iterator[tuple[str, str]]:
    for files in EQUIVALENT.values():
        for file, parts in files.items():
            for part in parts:
                yield file, part


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

    chosen, left_out = _noticeable([one for one in mutants() if part in str(one.path)])
    random.Random(1).shuffle(chosen)
    chosen = chosen[: count or None]
    if any(one.path.parts[0] == "noise" for one in chosen):
        import keras  # noqa: F401
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
    print(
        f"{len(chosen)} changes, {100 * noticed:.1f} % noticed; "
        f"left out {left_out} that nothing can notice"
    )
    return int(noticed < 0.95)


if __name__ == "__main__":
    arguments = [*sys.argv[1:], "60", ""]
    raise SystemExit(main(int(arguments[0]), arguments[1] if len(sys.argv) > 2 else ""))
