"""Whether a network's step can be compiled as a pure function, and if not, which layer is why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import tensorflow as tf

from hiss.compatibility import all_layers
from hiss.data.arrays import Floats
from hiss.noise.random import Tensor


def why_not_fused(network: Any, x: Floats) -> str:
    """Return why a network's step cannot be compiled as a pure function; "" if it can.

    Args:
        network: a built `keras.Model`.
        x: rows of a batch.
    """

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
        if reason := _state_outside(concrete.graph, network):
            return reason
        concrete(*state, tf.constant(x))
    except tf.errors.OpError as error:
        found = re.search(r"_JIT: (\w+)", str(error.message))
        operation = found[1] if found else str(error.message).strip().splitlines()[0]
        nodes = re.findall(r"\{\{node ([^}]+)\}\}", str(error.message))
        return f"XLA cannot compile {operation}{_where(nodes, network)}"
    return ""


def _state_outside(graph: Any, network: Any) -> str:
    """Return which state a graph uses that is not an input of it; "" if there is none.

    Constants that a layer holds as tensors are no state.
    """
    for held, placeholder in graph.captures:
        if held.dtype != tf.resource:
            continue
        where = _where((each.name for each in placeholder.consumers()), network)
        variable = next((each for each in graph.variables if each.handle is held), None)
        if variable is None:
            return f"TensorFlow holds a table or another resource{where}"
        if "seed_generator" in variable.name:
            return (
                f"random numbers come from Keras' global seed generator{where}, not from a "
                "keras.random.SeedGenerator that a layer holds"
            )
        name = variable.name.partition(":")[0].rpartition("/")[2]
        return f"state is in a tf.Variable, `{name}`{where}, not in a weight by add_weight"
    return ""


def _where(operations: Iterable[str], network: Any) -> str:
    """Return in which layer operations of a graph are, by the scopes in their names; "" if none."""
    layers = {layer.name: layer for layer in all_layers(network)}
    for operation in operations:
        for scope in reversed(operation.split("/")[:-1]):
            # Keras opens a layer's scope twice, and TensorFlow numbers the second
            for name in (re.sub(r"_\d+$", "", scope), scope):
                if name in layers:
                    return f" in layer `{name}` ({type(layers[name]).__name__})"
    return ""
