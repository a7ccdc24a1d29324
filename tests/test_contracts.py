"""What may be imported where, seen from running processes; the linter sees the source."""

from __future__ import annotations

import subprocess
import sys

import pytest

IMPORT_ALL = """
import importlib, pkgutil, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ABSENT:
            raise ModuleNotFoundError(f"{name} is kept away", name=name.partition(".")[0])

sys.meta_path.insert(0, Absent())
package = importlib.import_module(PACKAGE)
for module in pkgutil.walk_packages(package.__path__, PACKAGE + "."):
    try:
        if not module.name.endswith("__main__") and not module.name.startswith(LEFT_OUT):
            importlib.import_module(module.name)
    except ModuleNotFoundError as error:
        if error.name not in ABSENT:
            raise
print(*{name.partition(".")[0] for name in sys.modules})
"""


def imported_by(package: str, absent: tuple[str, ...] = (), left_out: str = "-") -> set[str]:
    """Top-level packages that a new process has imported after all modules of a package."""
    code = f"PACKAGE, ABSENT, LEFT_OUT = {package!r}, {absent!r}, {left_out!r}\n{IMPORT_ALL}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_user_interface_imports_no_tensorflow_keras_or_scikit_learn() -> None:
    loaded = imported_by("hiss.tui")
    assert "textual" in loaded
    assert not loaded & {"tensorflow", "keras", "sklearn", "jax"}


def test_the_engine_imports_no_user_interface() -> None:
    loaded = imported_by("hiss", absent=("tensorflow", "keras"), left_out="hiss.tui")
    assert "pydantic" in loaded
    assert not loaded & {"textual", "rich", "plotext", "textual_plotext", "typer"}


HEAVY = {
    "numpy",
    "pandas",
    "pydantic",
    "textual",
    "tensorflow",
    "keras",
    "sklearn",
    "scipy",
    "plotext",
}
COMMAND = """
import sys
from hiss.__main__ import main

sys.argv = ["hiss", *ARGUMENTS]
try:
    main()
except SystemExit as ending:
    assert not ending.code
print()
print(*sys.modules)
"""


def modules_after(code: str) -> set[str]:
    """All modules that a new process has imported after code that prints them in its last line."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def test_import_hiss_loads_nothing_but_itself() -> None:
    loaded = modules_after("import sys, hiss; print(*sys.modules)")
    assert {name for name in loaded if name.startswith("hiss")} == {"hiss"}
    assert not loaded & HEAVY


def test_help_loads_nothing_that_it_does_not_need() -> None:
    loaded = modules_after(f"ARGUMENTS = ('--help',)\n{COMMAND}")
    assert "hiss.tui.cli.main" in loaded
    assert not loaded & HEAVY


VERBS = ("show", "run", "compare", "sweep", "doctor", "resume", "history", "open", "export")


@pytest.mark.parametrize("verb", [*VERBS, "import", "delete", "note"])
def test_the_help_of_a_verb_loads_no_library_but_that_of_the_options(verb: str) -> None:
    loaded = modules_after(f"ARGUMENTS = ({verb!r}, '--help')\n{COMMAND}")
    assert not loaded & (HEAVY - {"pydantic"}), "typer itself imports pydantic"


def test_the_history_loads_neither_numpy_nor_tensorflow() -> None:
    loaded = modules_after(f"ARGUMENTS = ('history', '--store', '/nowhere')\n{COMMAND}")
    assert "hiss.store.history" in loaded
    assert not loaded & (HEAVY - {"pydantic"})


def test_the_list_loads_neither_numpy_nor_tensorflow() -> None:
    loaded = modules_after(f"ARGUMENTS = ('list',)\n{COMMAND}")
    assert "hiss.library.presets" in loaded
    assert not loaded & (HEAVY - {"pydantic"})
