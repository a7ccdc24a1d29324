"""Which way a user's own model is trained: fused where TensorFlow can compile it."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple

import tensorflow as tf

from engine.network import build_network
from engine.own_code import blamed, split_reference
from engine.own_outputs import check_outputs
from engine.samples import Samples
from engine.seeds import Seeds
from engine.spec import Engine, Experiment, Study


class Way(NamedTuple):
    """How an arm is trained, and what there is to say about it."""

    engine: Engine
    said: str = ""


def way_of(study: Study, experiment: Experiment, samples: Samples) -> Way:
    """Choose the way for an arm of a study, by trying it on one batch.

    Raises:
        EngineError: if the user's model does not fit the data.
    """
    if experiment.model is None:
        return Way(study.engine)
    network = checked_network(study, experiment, samples)
    if study.engine == "reference":
        return Way("reference", "trained by stock fit, as asked for")
    reason = _why_not(network, samples.rows.x[: experiment.training.batch_size])
    if reason:
        return Way("reference", f"trained by stock fit: {reason}")
    return Way("fused", "trained the fused way")


def checked_network(study: Study, experiment: Experiment, samples: Samples) -> Any:
    """Build the network of a study's first replicate and see that it fits the data.

    Raises:
        EngineError: if the user's model does not.
    """
    network = build_network(experiment, samples.shape, Seeds(study.seed, 0))
    if experiment.model is not None:
        check_outputs(experiment.model.reference, network, samples.first)
    return network


def blamed_on(experiment: Experiment) -> AbstractContextManager[None]:
    """Tell errors that come out of the user's own file as the user's."""
    if experiment.model is None:
        return nullcontext()
    return blamed(split_reference(experiment.model.reference)[0])


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
