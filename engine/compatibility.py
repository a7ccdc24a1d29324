"""Private API of Keras and TensorFlow, in one place.

Read in Keras 3.13 to 3.15 and TensorFlow 2.20 to 2.21. Check this file first when hiss moves to a
new version of either.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from typing import Any

import keras
import tensorflow as tf
from keras.src import backend
from keras.src.backend import AutocastScope
from keras.src.backend.common import global_state
from keras.src.backend.common.backend_utils import compute_conv_transpose_output_shape
from tensorflow.python.framework import ops
from tensorflow.python.ops.parallel_for import pfor

NEUTRAL_METHODS = (
    "assign",
    "assign_add",
    "assign_sub",
    "stateless_apply",
    "_var_key",
    "_apply_weight_decay",
    "_backend_update_step",
    "_clip_by_norm",
)
"""Methods of Keras' `BaseOptimizer` that the TensorFlow mix-in overrides."""
OPTIMIZER_MIX_IN = "keras.src.backend.tensorflow"
"""The module of that mix-in, or its package."""
PREPROCESSING = "keras.src.layers.preprocessing"
"""The package of Keras' layers that augment images or look values up."""
LAYER_COUNTS = "object_name_uids"
"""The thread-local attribute that Keras counts the names of layers in."""
Operation = Callable[..., Any]
"""A function of Keras' backend, which all layers and `keras.ops` call."""

RECURRENCE = "keras.src.backend.tensorflow.rnn"
"""A module, hidden in its package behind the function of the same name."""
_UNROLLED: ContextVar[bool | None] = ContextVar("unrolled", default=None)
_REPLACED: ContextVar[Mapping[str, Operation] | None] = ContextVar("replaced", default=None)


def stateless_optimizer(kind: type) -> type:
    """Return a subclass of a Keras optimizer whose `stateless_apply` works on TensorFlow.

    Keras raises an error there, because of `tf.distribute`. The backend-neutral methods work, but
    the mix-in `TFOptimizer` hides them.
    """
    return _NeutralOptimizer(kind.__name__, (kind,), {})


class _NeutralOptimizer(type):
    """The class of optimizers that look up the neutral methods before the TensorFlow mix-in.

    Methods that an optimizer itself overrides, as Nadam does its update, stay before both.
    """

    def mro(cls) -> list[type]:
        """Insert Keras' backend-neutral methods before the mix-in."""
        order = super().mro()
        neutral = next(base for base in order if base.__name__ == "BaseOptimizer")
        place = next(
            n for n, base in enumerate(order) if base.__module__.startswith(OPTIMIZER_MIX_IN)
        )
        methods = {name: getattr(neutral, name) for name in NEUTRAL_METHODS}
        methods["_backend_apply_gradients"] = _apply_without_branches
        return [*order[:place], type("Neutral", (), methods), *order[place:]]


def _apply_without_branches(
    self: Any, grads: Sequence[Any], trainable_variables: Sequence[Any]
) -> None:
    """Do what Keras' `_backend_apply_gradients` does, without its conditional assignments.

    What a branch of `tf.cond` assigns in a stateless scope cannot be read outside of it, so both
    results are computed and one is selected, as Keras does it for JAX.
    """
    if self.gradient_accumulation_steps:
        _apply_accumulated(self, grads, trainable_variables)
    else:
        _apply_once(self, grads, trainable_variables)
    if not self.use_ema:
        return
    self._update_model_variables_moving_average(self._trainable_variables)
    if self.ema_overwrite_frequency:
        overwrites = (self.iterations + 1) % self.ema_overwrite_frequency == 0
        averages = self._model_variables_moving_average
        for variable, average in zip(self._trainable_variables, averages, strict=True):
            if average is not None:
                variable.assign(tf.where(overwrites, average.value, variable.value))


def _apply_once(self: Any, grads: Sequence[Any], trainable_variables: Sequence[Any]) -> None:
    grads = self._clip_gradients(grads)
    self._apply_weight_decay(trainable_variables)
    self._backend_update_step(grads, trainable_variables, self.learning_rate)


def _apply_accumulated(self: Any, grads: Sequence[Any], trainable_variables: Sequence[Any]) -> None:
    """Add up the gradients, and apply their mean at every last of the accumulated steps."""
    steps = self.gradient_accumulation_steps
    applies = (self._iterations + 1) % steps == 0
    sums = [self._accumulated_gradients[self._get_variable_index(v)] for v in trainable_variables]
    totals = [
        tf.convert_to_tensor(grad) + total.value for grad, total in zip(grads, sums, strict=True)
    ]
    changed = [*trainable_variables, *self.variables]
    before = [variable.value for variable in changed]
    _apply_once(self, [total / steps for total in totals], trainable_variables)
    for variable, value in zip(changed, before, strict=True):
        variable.assign(tf.where(applies, variable.value, value))
    for total, value in zip(sums, totals, strict=True):
        total.assign(tf.where(applies, tf.zeros_like(value), value))


def weight_averages(optimizer: Any) -> list[Any]:
    """Return the variables that hold the moving averages of the weights, if there are any.

    Keras' `fit` overwrites the weights with them when it ends.
    """
    return list(optimizer._model_variables_moving_average) if optimizer.use_ema else []


def raw_iterations(optimizer: Any) -> Any:
    """Return the number of steps so far, those included that only accumulate gradients."""
    return optimizer._iterations


def without_autocast() -> contextlib.AbstractContextManager[Any]:
    """Return a context in which variables are read in their own dtype, within a layer's call too.

    Elsewhere in a layer of a mixed dtype policy they are read in its compute dtype.
    """
    context: contextlib.AbstractContextManager[Any] = AutocastScope(None)
    return context


def constructor_arguments(model: Any) -> dict[str, Any] | None:
    """Return the arguments that a layer or a model was made with.

    None if one of them is no text, number or truth value: Keras records no others.
    """
    recorded = model._auto_config
    return None if recorded is None else dict(recorded.config)


def all_layers(layer: Any) -> list[Any]:
    """Return the layers within a layer at any depth, also those that only its attributes hold."""
    return list(layer._flatten_layers(include_self=False))


def producing_layer(tensor: Any) -> Any:
    """Return the layer, or operation, that a symbolic tensor (`KerasTensor`) is the output of."""
    return tensor._keras_history.operation


def logits_of(outputs: Any) -> Any | None:
    """Return the logits of probabilities, which Keras' sigmoid and softmax leave at their result.

    None where another operation has come after them.
    """
    return getattr(outputs, "_keras_logits", None)


@contextlib.contextmanager
def layer_names_after(counts: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Number the names that Keras chooses for layers within this context as after others.

    Keras counts all layers of a process, so without this the second model that a function makes
    would have other names than the first.

    Args:
        counts: how many layers of each kind there are before: `{"dense": 2}`.

    Yields:
        The counts, which grow within the context.
    """
    outside = global_state.get_global_attribute(LAYER_COUNTS)
    within: dict[str, int] = defaultdict(int, counts)
    global_state.set_global_attribute(LAYER_COUNTS, within)
    try:
        yield within
    finally:
        global_state.set_global_attribute(LAYER_COUNTS, outside)


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


@contextlib.contextmanager
def operations_replaced(operations: Mapping[str, Operation]) -> Iterator[None]:
    """Compute operations of Keras' backend in other ways within this context, on this thread.

    Args:
        operations: by their names in the backend's modules `nn` and `numpy`. One that returns None
            leaves its call to Keras.
    """
    for name in operations:
        _make_replaceable(name)
    token = _REPLACED.set(operations)
    try:
        yield
    finally:
        _REPLACED.reset(token)


@functools.cache
def _make_replaceable(name: str) -> None:
    """Have an operation of the backend's look for its replacement first, at each call."""
    module = backend.nn if hasattr(backend.nn, name) else backend.numpy
    own = getattr(module, name)

    @functools.wraps(own)
    def operation(*arguments: Any, **named: Any) -> Any:
        other = (_REPLACED.get() or {}).get(name)
        found = other(*arguments, **named) if other else None
        return own(*arguments, **named) if found is None else found

    setattr(module, name, operation)


@contextlib.contextmanager
def recurrence(*, unrolled: bool) -> Iterator[None]:
    """Have recurrent layers compute within this context, on this thread, as XLA can compile it.

    Where there is a GPU, even one that is not used, Keras would call cuDNN, which XLA cannot. If
    `unrolled`, all steps in time are written out, as `tf.vectorized_map` needs it.
    """
    _make_recurrence_replaceable()
    token = _UNROLLED.set(unrolled)
    try:
        yield
    finally:
        _UNROLLED.reset(token)


@functools.cache
def _make_recurrence_replaceable() -> None:
    """Have the backend ask whether it is within `recurrence`, at each call."""
    module: Any = importlib.import_module(RECURRENCE)
    has_gpu, loop = module._is_gpu_available, backend.rnn

    def rnn(*arguments: Any, unroll: bool = False, **named: Any) -> Any:
        return loop(*arguments, unroll=unroll or bool(_UNROLLED.get()), **named)

    module._is_gpu_available = lambda: _UNROLLED.get() is None and has_gpu()
    backend.rnn = rnn


def transposed_sizes(
    sizes: Sequence[int],
    kernel: Sequence[int],
    strides: Any,
    padding: str,
    output_padding: Any,
    dilations: Any,
) -> list[int]:
    """Return the sizes, without channels, that a transposed convolution makes of an input's."""
    shape, filters = [1, *sizes, 1], 1
    arguments = tuple(kernel), filters, strides, padding, output_padding
    found = compute_conv_transpose_output_shape(shape, *arguments, dilation_rate=dilations)
    return list(found[1:-1])
