"""Which engine trains an arm: the fused one wherever TensorFlow can compile its network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, NamedTuple

import keras
import tensorflow as tf

from hiss.compatibility import is_preprocessing_layer
from hiss.data.arrays import Floats
from hiss.data.replicate_data import ReplicateData
from hiss.data.seeds import Seeds
from hiss.errors import EngineError
from hiss.experiment.spec import Engine, Experiment
from hiss.network.build import build_network
from hiss.network.outputs import check_outputs
from hiss.network.user_code import blamed, split_reference, telling_line
from hiss.noise.random import Tensor
from hiss.noise.registry import NOISE_LAYERS


class EngineChoice(NamedTuple):
    """The engine that trains an arm, and why."""

    engine: Engine
    note: str = ""
    """Empty where there was no doubt."""


def choose_engine(wanted: Engine, experiment: Experiment, data: ReplicateData) -> EngineChoice:
    """Choose the engine for an arm, by trying its network on one batch where that may fail.

    Raises:
        EngineError: if the network does not fit the data.
    """
    if experiment.model is None and not may_not_compile(experiment):
        return EngineChoice(wanted)
    network = checked_network(experiment, data)
    if wanted == "reference":
        return EngineChoice("reference", "trained by stock fit, as requested")
    reason = _why_not_fused(network, data.rows.x[: experiment.training.batch_size])
    if reason:
        return EngineChoice("reference", f"trained by stock fit: {reason}")
    return EngineChoice("fused", "trained by the fused engine")


def may_not_compile(experiment: Experiment) -> bool:
    """Whether a network has layers that TensorFlow may be unable to compile.

    Of Keras' layers these are some that augment images or look values up, and do so in `fit` alone.
    """
    names = {layer.class_name for layer in experiment.layers} - NOISE_LAYERS.keys()
    return any(is_preprocessing_layer(getattr(keras.layers, name, None)) for name in names)


def checked_network(experiment: Experiment, data: ReplicateData) -> Any:
    """Build the network of a study's first replicate and check that it fits the data.

    Raises:
        EngineError: if the user's model does not.
    """
    network = build_network(experiment, data.shape, Seeds(data.seed, 0))
    if experiment.model is not None:
        check_outputs(experiment.model.reference, network, data.first)
    return network


def user_errors(experiment: Experiment) -> AbstractContextManager[None]:
    """Turn errors from the user's own file, or from preprocessing layers, into `EngineError`."""
    if experiment.model is not None:
        return blamed(split_reference(experiment.model.reference)[0])
    return _layer_errors(experiment) if may_not_compile(experiment) else nullcontext()


@contextmanager
def _layer_errors(experiment: Experiment) -> Iterator[None]:
    try:
        yield
    except EngineError:
        raise
    except (ValueError, TypeError, IndexError, AttributeError, tf.errors.OpError) as error:
        message = f"{experiment.name}: the layers cannot be trained: {telling_line(error)}"
        raise EngineError(message) from error


def _why_not_fused(network: Any, x: Floats) -> str:
    """Return why a network's step cannot be compiled as a pure function; "" if it can."""

    def step(trainable: list[Tensor], other: list[Tensor], x: Tensor) -> list[Tensor]:
        with tf.GradientTape() as tape:
            tape.watch(trainable)
            predictions, _ = network.stateless_call(trainable, other, x, training=True)
            loss = tf.reduce_mean(predictions)
        gradients: list[Tensor] = tape.gradient(loss, trainable)
        return gradients

    state = [
        [tf.constant(variable.value) for variable in variables]
        for variables in (network.trainable_variables, network.non_trainable_variables)
    ]
    compiled = tf.function(step, jit_compile=True, autograph=False)
    try:
        concrete = compiled.get_concrete_function(*state, tf.constant(x))
        if concrete.captured_inputs:
            return "a layer keeps state in a tf.Variable of its own, outside Keras"
        concrete(*state, tf.constant(x))
    except tf.errors.OpError as error:
        return f"XLA cannot compile {_operation(error)}"
    return ""


def _operation(error: tf.errors.OpError) -> str:
    """Return the operation that XLA refuses, like `PyFunc`, or else its message's first line."""
    found = re.search(r"_JIT: (\w+)", str(error.message))
    return found[1] if found else str(error.message).strip().splitlines()[0]
