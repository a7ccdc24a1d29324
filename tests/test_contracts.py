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


def test_help_loads_nothing_that_it_does_not_need() -> None:
    code = "import sys, hiss.tui.cli.main; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"numpy", "pydantic", "textual", "tensorflow", "keras", "plotext"}
