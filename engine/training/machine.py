"""What this machine is, as far as numbers and speed depend on it, and what to ask of it."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib.util
import math
import os
import platform
from collections.abc import Iterator
from pathlib import Path

from hiss.training import cgroups

CPUINFO = Path("/proc/cpuinfo")
MEMINFO = Path("/proc/meminfo")
M_ARENA_MAX = -8
"""The parameter of glibc's `mallopt` that limits its arenas; from `malloc.h`."""
CORES = "HISS_CORES"
"""The variable that says how many cores to train on."""
ARENAS = 2
"""Arenas that all threads share."""
LIBRARIES = ("libtensorflow_framework.so.2", "libtensorflow_cc.so.2")
"""TensorFlow's large libraries, in its package's folder."""


def cores() -> int:
    """Return how many cores this process may use: of its affinity, and of its CPU quota."""
    if hasattr(os, "sched_getaffinity"):
        allowed = len(os.sched_getaffinity(0))
    else:
        allowed = os.cpu_count() or 1
    quota = cgroups.cpu_quota()
    return allowed if quota is None else max(1, min(allowed, math.ceil(quota)))


def cores_to_train_on() -> int:
    """Return how many cores the threads of training may fill: all, or as many as HISS_CORES says.

    A cluster gives a process some of a machine's cores without fencing off the others.
    """
    given = os.environ.get(CORES, "")
    return min(cores(), int(given)) if given.isdecimal() and int(given) else cores()


def memory() -> int:
    """Return the bytes of memory of this machine, or of its container."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = cgroups.memory_limit()
    return physical if limit is None else min(physical, limit)


def available_memory() -> int:
    """Return the bytes of memory that this process may still take, without swapping."""
    kilobytes = [value.removesuffix(" kB") for value in _fields(MEMINFO, "MemAvailable")]
    free = [int(text) * 1024 for text in kilobytes if text.isdecimal()]
    below_limit = cgroups.available_memory()
    return min([memory(), *free, *([] if below_limit is None else [below_limit])])


def processor() -> str:
    """Return the name of the processor's model."""
    return _cpuinfo("model name") or platform.processor() or platform.machine()


def instruction_sets() -> str:
    """Return the processor's extensions of its architecture; "" where they are not known."""
    return _cpuinfo("flags")


def limit_malloc_arenas() -> None:
    """Have all threads allocate from two arenas; by default each new thread gets one to keep."""
    _call_libc("mallopt", M_ARENA_MAX, ARENAS)


def return_free_memory() -> None:
    """Return the memory that compiling has freed to the operating system."""
    _call_libc("malloc_trim", 0)


@contextlib.contextmanager
def import_without_gc() -> Iterator[None]:
    """Within this context, import large packages without long pauses of the other threads.

    Two things would hold Python's global lock for a quarter of a second each: the dynamic loader,
    while TensorFlow's libraries are mapped, and the garbage collector, which visits again and
    again all that has been imported (40 % of the import's time). The libraries are therefore
    loaded first, without the lock; and nothing is collected within the context, nor are the
    objects made there, which stay for good, ever visited later. Contexts may be nested.
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


def _cpuinfo(name: str) -> str:
    """Return the first value of a field of Linux's cpuinfo; "" where there is none."""
    return next(iter(_fields(CPUINFO, name)), "")


def _fields(path: Path, name: str) -> list[str]:
    """Return the values of a field in a file of lines `name: value`."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return []
    return [line.partition(":")[2].strip() for line in lines if line.startswith(name)]


def _call_libc(name: str, *arguments: int) -> None:
    """Call a function of the C library, where it has one of that name."""
    function = getattr(ctypes.CDLL(None), name, None)
    if function is not None:
        function(*arguments)


def _load_libraries() -> None:
    """Map TensorFlow's libraries; where they cannot be found, the import will do it."""
    found = importlib.util.find_spec("tensorflow")
    if os.name != "posix" or found is None or not found.origin:
        return
    # `ctypes.CDLL(path)` would hold the lock; a function called through it does not
    process = ctypes.CDLL(None)
    process.dlopen.restype = ctypes.c_void_p
    process.dlopen.argtypes = [ctypes.c_char_p, ctypes.c_int]
    for library in LIBRARIES:
        path = Path(found.origin).parent / library
        if path.exists():
            process.dlopen(os.fsencode(path), os.RTLD_NOW | os.RTLD_LOCAL)
