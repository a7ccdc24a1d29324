"""Private API of Keras and TensorFlow, in one place.

Read in Keras 3.13 to 3.15 and TensorFlow 2.20 to 2.21.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from typing import Any

import keras
import tensorflow as tf
from tensorflow.python.framework import ops
from tensorflow.python.ops.parallel_for import pfor

PREPROCESSING = "keras.src.layers.preprocessing"
"""The package of Keras' layers that augment images or look values up."""


@contextlib.contextmanager
def graphs_numbered_from(first: int) -> Iterator[None]:
    """Number the graphs that TensorFlow makes within this context from `first` on.

    The number of a graph becomes part of the program that XLA compiles, and the persistent cache
    finds a program by it. TensorFlow counts all graphs of a process, so without this another
    process would never find the program.
    """
    ops.get_default_graph()  # the first graph of a process takes a number for itself
    counted, ops.uid = ops.uid, itertools.count(first).__next__
    try:
        yield
    finally:
        ops.uid = counted


def register_vectorized_bitcast() -> None:
    """Register `tf.bitcast` with `tf.vectorized_map`, which has no rule for it; call this once."""

    @pfor.RegisterPFor("Bitcast")  # type: ignore[untyped-decorator]
    def convert(operation: Any) -> Any:
        values = tf.bitcast(operation.stacked_input(0), operation.get_attr("type"))
        return pfor.wrap(values, True)


def is_preprocessing_layer(layer_class: type | None) -> bool:
    """Whether a layer class is one of Keras' preprocessing layers, some of which XLA refuses."""
    module = getattr(layer_class, "__module__", "")
    return module.startswith(PREPROCESSING) and layer_class is not keras.layers.Rescaling
