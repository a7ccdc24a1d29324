"""Which way an arm is trained: fused where TensorFlow can compile its network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, NamedTuple

import keras
import tensorflow as tf

from hiss.data.replicate_data import ReplicateData
from hiss.data.seeds import Seeds
from hiss.errors import EngineError
from hiss.experiment.spec import Engine, Experiment, Study
from hiss.network.build import build_network
from hiss.network.outputs import check_outputs
from hiss.network.user_code import blamed, split_reference, telling_line

PREPROCESSING = "keras.src.layers.preprocessing"


class EngineChoice(NamedTuple):
    """How an arm is trained, and what there is to say about it."""

    engine: Engine
    said: str = ""


def choose_engine(study: Study, experiment: Experiment, samples: ReplicateData) -> EngineChoice:
    """Choose the way for an arm of a study, by trying it on one batch where that may fail.

    Raises:
        EngineError: if the network does not fit the data.
    """
    if experiment.model is None and not may_not_compile(experiment):
        return EngineChoice(study.engine)
    network = checked_network(study, experiment, samples)
    if study.engine == "reference":
        return EngineChoice("reference", "trained by stock fit, as asked for")
    reason = _why_not(network, samples.rows.x[: experiment.training.batch_size])
    if reason:
        return EngineChoice("reference", f"trained by stock fit: {reason}")
    return EngineChoice("fused", "trained the fused way")


def may_not_compile(experiment: Experiment) -> bool:
    """Whether a network has layers that TensorFlow may be unable to compile.

    Of Keras' layers these are some that augment images or look values up, and do so in `fit` alone.
    """
    kinds = (getattr(keras.layers, layer.class_name, None) for layer in experiment.layers)
    return any(
        getattr(kind, "__module__", "").startswith(PREPROCESSING)
        and kind is not keras.layers.Rescaling
        for kind in kinds
    )


def checked_network(study: Study, experiment: Experiment, samples: ReplicateData) -> Any:
    """Build the network of a study's first replicate and see that it fits the data.

    Raises:
        EngineError: if the user's model does not.
    """
    network = build_network(experiment, samples.shape, Seeds(study.seed, 0))
    if experiment.model is not None:
        check_outputs(experiment.model.reference, network, samples.first)
    return network


def blamed_on(experiment: Experiment) -> AbstractContextManager[None]:
    """Tell errors that come out of the user's own file, or of doubtful layers, as the user's."""
    if experiment.model is not None:
        return blamed(split_reference(experiment.model.reference)[0])
    return _blamed_on_layers(experiment) if may_not_compile(experiment) else nullcontext()


@contextmanager
def _blamed_on_layers(experiment: Experiment) -> Iterator[None]:
    try:
        yield
    except EngineError:
        raise
    except (ValueError, TypeError, IndexError, AttributeError, tf.errors.OpError) as error:
        message = f"{experiment.name}: the layers cannot be trained: {telling_line(error)}"
        raise EngineError(message) from error


def _why_not(network: Any, x: Any) -> str:
    """Say what keeps a network's step from being compiled as a pure function; "" if nothing."""

    def step(trainable: Any, other: Any, x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(trainable)
            predictions, _ = network.stateless_call(trainable, other, x, training=True)
            loss = tf.reduce_mean(predictions)
        return tape.gradient(loss, trainable)

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
    """Name what XLA does not know: `PyFunc`; or else say all that it says."""
    found = re.search(r"_JIT: (\w+)", str(error.message))
    return found[1] if found else str(error.message).strip().splitlines()[0]
