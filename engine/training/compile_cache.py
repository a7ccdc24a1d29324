"""Compiled programs on disk: TensorFlow keeps them there, so that the next start is quicker."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import shutil
from pathlib import Path

import platformdirs

from hiss.training import machine

ROOM = 256 * 2**20
"""Bytes that must be free; TensorFlow cannot train when it cannot write a program."""
KEPT = 200
"""The most programs kept, of all versions and flags; each is about half a megabyte."""


def flags() -> list[str]:
    """Give the flags that make TensorFlow keep what it compiles; none where it cannot be kept."""
    folder = directory()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _prune(folder.parent)
        roomy = shutil.disk_usage(folder).free > ROOM
    except OSError:
        return []
    if not roomy or not os.access(folder, os.W_OK):
        return []
    return [f"--tf_xla_persistent_cache_directory={folder}"]


def directory() -> Path:
    """Give the folder for this TensorFlow, this kind of processor, and XLA's flags as they are."""
    version = importlib.metadata.version("tensorflow")
    how = machine.processor(), machine.instruction_sets(), os.environ.get("XLA_FLAGS", "")
    kind = hashlib.sha256("\n".join(how).encode())
    return platformdirs.user_cache_path("hiss") / "xla" / f"{version}-{kind.hexdigest()[:12]}"


def forget() -> bool:
    """Delete all programs kept, one of which may be damaged; say whether there were any."""
    kept = list(directory().glob("*.pb"))
    for program in kept:
        program.unlink(missing_ok=True)
    return bool(kept)


def _prune(folder: Path) -> None:
    """Delete, of all programs kept, the oldest."""
    programs = sorted(folder.glob("*/*.pb"), key=lambda path: path.stat().st_mtime)
    for program in programs[:-KEPT]:
        program.unlink(missing_ok=True)
