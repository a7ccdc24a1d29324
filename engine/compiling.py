"""Compiling a program with XLA, so that TensorFlow can find it on disk the next time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf
from tensorflow.python.framework import ops

from engine import compiled_cache, memory

ROUND = 2**17
"""More numbers than TensorFlow gives away between two compilations."""


def compile_program(function: Callable[..., Any], *arguments: Any) -> Any:
    """Compile a function for arguments like these, and run it on them once.

    A program that was kept on disk but cannot be read is deleted, with all others there.
    """
    try:
        return _compile(function, arguments)
    except tf.errors.OpError:
        if not compiled_cache.forget():
            raise
        return _compile(function, arguments)


def _compile(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    _round_up_numbers()
    compiled = tf.function(function, jit_compile=True, autograph=False)
    concrete = compiled.get_concrete_function(*arguments)
    concrete(*arguments)
    memory.give_back()
    return concrete


def _round_up_numbers() -> None:
    """Advance TensorFlow's running number to a round one.

    The number becomes part of the program's names, and TensorFlow looks a program up by them:
    the first, second … program of a process has the same names in the next.
    """
    while ops.uid() % ROUND:
        pass
