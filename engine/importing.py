"""Importing TensorFlow on one thread without holding up the others."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

LIBRARIES = ("libtensorflow_framework.so.2", "libtensorflow_cc.so.2")


@contextlib.contextmanager
def unhurried() -> Iterator[None]:
    """Import what is large, within this context, so that other threads hardly notice.

    Two things would hold Python's lock for a quarter of a second each: the dynamic loader, while
    TensorFlow's libraries are mapped, and the garbage collector, which goes through all that has
    been imported again and again (40 % of the import's time). The libraries are therefore loaded
    beforehand, without the lock; and nothing is collected meanwhile or, being there for good,
    ever looked at again.
    """
    _load_libraries()
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collecting:
            gc.enable()


def _load_libraries() -> None:
    """Map TensorFlow's libraries; where they cannot be found, the import will do it."""
    folder = _folder()
    if folder is None or os.name != "posix":
        return
    process = ctypes.CDLL(None)
    process.dlopen.restype = ctypes.c_void_p
    process.dlopen.argtypes = [ctypes.c_char_p, ctypes.c_int]
    for library in LIBRARIES:
        path = folder / library
        if path.exists():
            process.dlopen(os.fsencode(path), os.RTLD_NOW | os.RTLD_LOCAL)


def _folder() -> Path | None:
    found = importlib.util.find_spec("tensorflow")
    return Path(found.origin).parent if found and found.origin else None
