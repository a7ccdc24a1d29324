"""Compiled programs on disk: TensorFlow keeps them there, so that the next start is quicker."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import shutil
from pathlib import Path

import platformdirs

from hiss.files import in_home
from hiss.training import machine

FREE_BYTES = 256 * 2**20
"""What must be free on the disk; TensorFlow cannot train when it cannot write a program."""
KEPT = 200
"""The most programs kept, of all versions and flags; each is about half a megabyte."""


def flags() -> list[str]:
    """Return the flags for `TF_XLA_FLAGS` that turn the cache on; none where it cannot be used."""
    folder = directory()
    if not folder.is_absolute():  # there is no home
        return []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _delete_oldest(folder.parent)
        roomy = shutil.disk_usage(folder).free > FREE_BYTES
    except OSError:
        return []
    if not roomy or not os.access(folder, os.W_OK):
        return []
    return [f"--tf_xla_persistent_cache_directory={folder}"]


def directory() -> Path:
    """Return the folder for this TensorFlow, this kind of processor and the present XLA flags."""
    version = importlib.metadata.version("tensorflow")
    target = machine.processor(), machine.instruction_sets(), os.environ.get("XLA_FLAGS", "")
    kind = hashlib.sha256("\n".join(target).encode())
    cache = in_home(lambda: platformdirs.user_cache_path("hiss"))
    return cache / "xla" / f"{version}-{kind.hexdigest()[:12]}"


def clear() -> bool:
    """Delete all programs kept, one of which may be damaged; return whether there were any."""
    kept = [program for program in directory().glob("*.pb") if program.is_file()]
    for program in kept:
        program.unlink(missing_ok=True)
    return bool(kept)


def _delete_oldest(folder: Path) -> None:
    """Delete the oldest programs beyond the number kept."""
    files = (path for path in folder.glob("*/*.pb") if path.is_file())
    programs = sorted(files, key=lambda path: path.stat().st_mtime)
    for program in programs[:-KEPT]:
        program.unlink(missing_ok=True)
