"""Programs on disk: found again, and no danger when damaged."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hiss.training import compile_cache

SCRIPT = """
import sys
from hiss.training import backend
backend.load("cpu")
import tensorflow as tf
from hiss.training.compiling import compile_program
programs = {"squares": lambda x: tf.reduce_sum(x * x), "cubes": lambda x: tf.reduce_sum(x**3)}
for name in sys.argv[1:]:
    print(float(compile_program(name, programs[name], tf.ones(8))(tf.ones(8))))
"""


def compile_in_a_process(*names: str) -> str:
    command = [sys.executable, "-c", SCRIPT, *names]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.split()[-1]


def kept() -> dict[Path, float]:
    folders = compile_cache.directory().parent
    return {path: path.stat().st_mtime for path in folders.glob("*/*.pb")}


@pytest.mark.slow
def test_another_process_finds_a_program_whatever_it_compiled_before():
    assert compile_in_a_process("squares") == "8.0"
    (squares,) = kept()
    assert compile_in_a_process("cubes", "squares") == "8.0"
    assert len(kept()) == 2 and squares in kept()


@pytest.mark.slow
def test_a_damaged_program_is_compiled_again():
    assert compile_in_a_process("squares") == "8.0"
    (squares,) = kept()
    squares.write_bytes(b"broken")
    assert compile_in_a_process("squares") == "8.0"
    (again,) = kept()
    assert again.read_bytes() != b"broken"


def test_a_folder_that_cannot_be_made_means_no_flags(home):
    (home / "cache").write_text("a file where a folder should be")
    assert compile_cache.flags() == []


def test_a_disk_that_is_nearly_full_means_no_flags(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(compile_cache, "FREE_BYTES", 2**60)
    assert compile_cache.flags() == []


def test_programs_made_with_other_flags_are_not_found(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XLA_FLAGS", "")
    plain = compile_cache.directory()
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_enable_fast_math=true")
    assert compile_cache.directory() != plain


def test_old_programs_make_room_for_new_ones_whatever_they_were_made_with(
    monkeypatch: pytest.MonkeyPatch,
):
    folders = [compile_cache.directory(), compile_cache.directory().with_name("older")]
    for age, folder in enumerate(folders):
        folder.mkdir(parents=True)
        for number in range(3):
            program = folder / f"{number}.pb"
            program.touch()
            os.utime(program, (0, 1000 - age))
    monkeypatch.setattr(compile_cache, "KEPT", 3)
    compile_cache.flags()
    assert [len(list(folder.iterdir())) for folder in folders] == [3, 0]
