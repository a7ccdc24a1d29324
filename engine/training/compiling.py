"""Compiling a program with XLA, so that TensorFlow can find it on disk the next time."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import tensorflow as tf
from tensorflow.python.framework import ops

from hiss.training import compile_cache as compiled_cache
from hiss.training import machine as memory


def compile_program(
    name: str,
    function: Callable[..., Any],
    *arguments: Any,
    meanwhile: Callable[[], object] = lambda: None,
) -> Any:
    """Compile a function for arguments like these, and run it on them once.

    A program that was kept on disk but cannot be read is deleted, with all others there, and made
    under another name: TensorFlow remembers which ones failed.

    Args:
        name: tells the function from every other that this or any other process compiles.
        function: of tensors alone.
        arguments: what it is compiled for.
        meanwhile: is called while XLA compiles on another thread; again if it has to do so twice.
    """
    try:
        return _compile(name, function, arguments, meanwhile)
    except tf.errors.OpError:
        if not compiled_cache.forget():
            raise
        return _compile(f"{name}, again", function, arguments, meanwhile)


def _compile(
    name: str,
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    meanwhile: Callable[[], object],
) -> Any:
    compiled = tf.function(function, jit_compile=True, autograph=False)
    with _numbered_by(name):
        concrete = compiled.get_concrete_function(*arguments)
    with ThreadPoolExecutor(1) as other:
        first = other.submit(_call, concrete, arguments)
        meanwhile()
    first.result()
    memory.return_free_memory()
    return concrete


def _call(concrete: Any, arguments: tuple[Any, ...]) -> None:
    """Call a function on the device of its arguments: a thread does not take over `tf.device`."""
    with tf.device(tf.nest.flatten(arguments)[0].device):
        concrete(*arguments)


@contextlib.contextmanager
def _numbered_by(name: str) -> Iterator[None]:
    """Have TensorFlow number the graphs that it makes within this context from `name` on.

    The numbers become part of the program, by which TensorFlow looks for it on disk. Its own go on
    with all that a process does, and no other process would find the program.
    """
    ops.get_default_graph()  # the first graph of a process takes a number for itself
    digest = hashlib.sha256(name.encode()).digest()
    numbers = itertools.count(int.from_bytes(digest[:5]) << 16)
    own, ops.uid = ops.uid, numbers.__next__
    try:
        yield
    finally:
        ops.uid = own
