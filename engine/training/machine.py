"""What machine this is, as far as numbers and speed depend on it."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib.util
import os
import platform
from collections.abc import Iterator
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")


def cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processor() -> str:
    """Name the processor's model."""
    return _field("model name") or platform.processor() or platform.machine()


def instruction_sets() -> str:
    """List what the processor can do beyond its architecture; empty where that is not told."""
    return _field("flags")


def _field(name: str) -> str:
    try:
        lines = CPUINFO.read_text().splitlines()
    except OSError:
        return ""
    values = (line.split(":", 1)[1].strip() for line in lines if line.startswith(name))
    return next(values, "")


M_ARENA_MAX = -8
ARENAS = 2


def limit_malloc_arenas() -> None:
    """Have all threads allocate from two arenas; by default each new thread gets one to keep."""
    _call("mallopt", M_ARENA_MAX, ARENAS)


def return_free_memory() -> None:
    """Return what compiling has freed to the operating system."""
    _call("malloc_trim", 0)


def _call(name: str, *arguments: int) -> None:
    function = getattr(ctypes.CDLL(None), name, None)
    if function is not None:
        function(*arguments)


LIBRARIES = ("libtensorflow_framework.so.2", "libtensorflow_cc.so.2")


@contextlib.contextmanager
def import_without_gc() -> Iterator[None]:
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
