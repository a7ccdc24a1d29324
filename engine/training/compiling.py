"""Compiling a program with XLA, so that TensorFlow can find it on disk the next time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import tensorflow as tf

from hiss.compatibility import graphs_numbered_from, recurrence
from hiss.training import compile_cache, machine

Compiled = Callable[..., Any]
"""A concrete TensorFlow function: takes and returns nests of tensors."""


def compile_program(
    name: str,
    function: Callable[..., Any],
    *arguments: Any,
    meanwhile: Callable[[], object] = lambda: None,
) -> Compiled:
    """Compile a function for arguments like these, and run it on them once.

    If a program in the cache on disk cannot be read, the cache is emptied and the function is
    compiled under another name, because TensorFlow remembers which programs failed.

    Args:
        name: unique among the functions that this or any other process compiles.
        function: a function of nests of tensors.
        arguments: nests of tensors; their shapes, dtypes and device are those compiled for.
        meanwhile: called while XLA compiles on another thread; once more if it compiles twice.
    """
    try:
        return _compile(name, function, arguments, meanwhile)
    except tf.errors.ResourceExhaustedError:
        raise  # which is no fault of a program on disk
    except tf.errors.OpError:
        if not compile_cache.clear():
            raise
        return _compile(f"{name}, again", function, arguments, meanwhile)


def _compile(
    name: str,
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    meanwhile: Callable[[], object],
) -> Compiled:
    compiled = tf.function(function, jit_compile=True, autograph=False)
    with graphs_numbered_from(_number(name)), recurrence(unrolled=False):
        concrete = compiled.get_concrete_function(*arguments)
    with ThreadPoolExecutor(1) as other:
        first = other.submit(_call, concrete, arguments)
        meanwhile()
    first.result()
    machine.return_free_memory()
    return concrete  # type: ignore[no-any-return]


def _number(name: str) -> int:
    """Return a number with room for 65,536 graphs behind it, the same in every process."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:5]) << 16


def _call(concrete: Compiled, arguments: tuple[Any, ...]) -> None:
    """Call a function on the device of its arguments: `tf.device` holds for one thread only."""
    with tf.device(tf.nest.flatten(arguments)[0].device):
        concrete(*arguments)
