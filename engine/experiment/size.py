"""How large a training is at least: the parameters of its layers, and the memory that they take."""

from __future__ import annotations

from math import prod

from hiss.experiment.spec import Experiment, Study
from hiss.experiment.training import Keras
from hiss.noise.registry import NOISE_LAYERS

FLOAT_BYTES = 4
COPIES = 3
"""Weights, gradients, and at least one slot of the optimizer: Adam has two."""
SIDE_BY_SIDE = 32
"""Replicates of an arm that train together."""
CURVES = 4
"""Metrics that are kept of each epoch, at least."""
GATES = {"SimpleRNN": 1, "GRU": 3, "LSTM": 4}
"""Matrices of each kind in a recurrent layer."""

KEEPING_SHAPE = ("Dropout", "Activation", "Normalization", "Rescaling", "ReLU")
"""Ends of the names of layers whose outputs have the shape of their inputs."""


def parameters(experiment: Experiment) -> tuple[int, ...]:
    """Return for each layer the fewest trainable values that it can have; 0 where it is not known.

    What comes into a layer is taken as one value where it does not follow from the layers before.
    """
    shape, counts = experiment.data.row_shape, []
    for layer in experiment.layers:
        count, shape = _layer(layer, shape)
        counts.append(count)
    return tuple(counts)


def network_bytes(experiment: Experiment, repeats: int) -> int:
    """Return the least memory that the networks of an arm take, those that train side by side."""
    return sum(parameters(experiment)) * FLOAT_BYTES * COPIES * min(repeats, SIDE_BY_SIDE)


def curves_bytes(study: Study) -> int:
    """Return the least memory that the curves of a study take."""
    epochs = sum(arm.training.epochs for arm in study.arms)
    return epochs * study.repeats * CURVES * FLOAT_BYTES


def _layer(layer: Keras, shape: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
    """Return the parameters of a layer for rows of a shape, and the shape of its outputs."""
    given = layer.arguments
    inputs = shape[-1] if shape else 1
    match layer.class_name:
        case "Dense":
            units = _count(given, "units")
            return (inputs + 1) * units, (*shape[:-1], units)
        case "Conv1D" | "Conv2D" | "Conv3D":
            filters, kernel = _count(given, "filters"), given.get("kernel_size", 1)
            axes = int(layer.class_name[4])
            window = prod(kernel) if isinstance(kernel, list | tuple) else int(kernel) ** axes
            return (inputs * window + 1) * filters, (filters,)
        case "Embedding":
            size = _count(given, "output_dim")
            return _count(given, "input_dim") * size, (size,)
        case "SimpleRNN" | "GRU" | "LSTM" as kind:
            units = _count(given, "units")
            return GATES[kind] * units * (inputs + units + 1), (units,)
        case "Flatten":
            return 0, (prod(shape),) if shape else ()
        case name if name in NOISE_LAYERS or name.endswith(KEEPING_SHAPE):
            return 0, shape
        case _:
            return max(_count(given, "units"), _count(given, "filters")), ()


def _count(given: dict[str, object], name: str) -> int:
    value = given.get(name, 0)
    return value if isinstance(value, int) else 0
