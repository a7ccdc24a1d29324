"""What may be imported where, seen from running processes; the linter sees the source."""

from __future__ import annotations

import subprocess
import sys

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
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    except ModuleNotFoundError as error:
        if error.name not in ABSENT:
            raise
print(*{name.partition(".")[0] for name in sys.modules})
"""


def imported_by(package: str, absent: tuple[str, ...] = ()) -> set[str]:
    """Top-level packages that a new process has imported after all modules of a package."""
    code = f"PACKAGE, ABSENT = {package!r}, {absent!r}\n{IMPORT_ALL}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_user_interface_imports_no_tensorflow_keras_or_scikit_learn() -> None:
    loaded = imported_by("tui")
    assert "textual" in loaded
    assert not loaded & {"tensorflow", "keras", "sklearn", "jax"}


def test_the_engine_imports_no_user_interface() -> None:
    loaded = imported_by("engine", absent=("tensorflow", "keras"))
    assert "pydantic" in loaded
    assert not loaded & {"tui", "textual", "rich", "plotext", "textual_plotext", "typer"}


def test_help_loads_nothing_that_it_does_not_need() -> None:
    code = "import sys, tui.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"numpy", "pydantic", "textual", "tensorflow", "keras", "plotext"}
