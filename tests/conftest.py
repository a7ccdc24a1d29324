from __future__ import annotations

import os
from pathlib import Path

import pytest

for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "HISS_DEBUG"):
    os.environ.pop(name, None)


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, so that no test sees or changes the user's own files."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(folder))
    for name in ("CONFIG", "STATE", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(folder / name.lower()))
    return folder
