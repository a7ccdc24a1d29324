"""Which engine trains an arm: the fused one wherever TensorFlow can compile its network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from hiss.compatibility import is_preprocessing_layer
from hiss.data.replicate_data import ReplicateData
from hiss.data.seeds import Seeds
from hiss.errors import EngineError
from hiss.experiment.spec import Engine, Experiment
from hiss.network.build import build_network
from hiss.network.outputs import check_outputs
from hiss.network.user_code import blamed, split_reference, telling_line
from hiss.noise.registry import NOISE_LAYERS
from hiss.training.fusible import why_not_fused


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
    rows = data.rows.x[: experiment.training.batch_size]
    reason = (
        (experiment.model.only_by_stock_fit if experiment.model else "")
        or _why_not_alike(experiment, network, data)
        or why_not_fused(network, rows)
    )
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
        check_outputs(experiment.model, network, data.first)
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


def _why_not_alike(experiment: Experiment, network: Any, data: ReplicateData) -> str:
    """Return why one program cannot train all replicates of a user's model; "" if it can.

    Their networks must differ in nothing but the values of their variables.
    """
    if experiment.model is None:
        return ""
    other = build_network(experiment, data.shape, Seeds(data.seed, 1))
    kinds = ("trainable_variables", "non_trainable_variables")
    ours, theirs = (
        [[(each.shape, each.dtype) for each in getattr(one, kind)] for kind in kinds]
        for one in (network, other)
    )
    if ours != theirs:
        return "its repeats differ in their layers"
    x = data.rows.x[: experiment.training.batch_size]
    values = [[each.value for each in getattr(other, kind)] for kind in kinds]
    predictions, _ = network.stateless_call(*values, x)
    if not np.allclose(predictions, other(x), rtol=1e-3, atol=1e-5, equal_nan=True):
        return "its repeats differ in constants, not in their variables alone"
    return ""
