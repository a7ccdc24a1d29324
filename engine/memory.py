"""Keeping the C library from holding on to memory; does nothing where it is not glibc."""

from __future__ import annotations

import ctypes

M_ARENA_MAX = -8
ARENAS = 2


def share_arenas() -> None:
    """Have all threads allocate from two arenas; by default each new thread gets one to keep."""
    _call("mallopt", M_ARENA_MAX, ARENAS)


def give_back() -> None:
    """Return what compiling has freed to the operating system."""
    _call("malloc_trim", 0)


def _call(name: str, *arguments: int) -> None:
    function = getattr(ctypes.CDLL(None), name, None)
    if function is not None:
        function(*arguments)
