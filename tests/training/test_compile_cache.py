from __future__ import annotations

import os
from pathlib import Path

import pytest

from hiss.training import compile_cache


def test_a_folder_that_is_called_like_a_program_is_left_alone(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compile_cache, "KEPT", 1)
    folder = compile_cache.directory()
    (folder / "odd.pb").mkdir(parents=True)
    for age, name in enumerate(("new.pb", "old.pb")):
        (folder / name).touch()
        os.utime(folder / name, (1000 - age, 1000 - age))
    assert compile_cache.flags() == [f"--tf_xla_persistent_cache_directory={folder}"]
    assert sorted(each.name for each in folder.iterdir()) == ["new.pb", "odd.pb"]
    assert compile_cache.clear()
    assert [each.name for each in folder.iterdir()] == ["odd.pb"]
    assert not compile_cache.clear()
