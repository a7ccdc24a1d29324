"""An experiment's network in one line, without TensorFlow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hiss.errors import shown
from hiss.experiment.spec import Experiment
from hiss.experiment.training import Keras
from hiss.experiment.user_model import Insertion
from hiss.noise.registry import NOISE_LAYERS

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SHORT = {"MaxPooling2D": "MaxPool"}
SHOWN = (
    *("units", "filters", "kernel_size", "pool_size"),
    *sorted({kind.strength for kind in NOISE_LAYERS.values()}),
    "activation",
)
"""Arguments that a diagram shows, in this order."""


def diagram(experiment: Experiment) -> str:
    """Return the network in one line: `x₂ ─ σ.01 ─ Dense 500 relu ─ Dense 1 sigmoid`."""
    shape, model = experiment.data.row_shape, experiment.model
    if model is None:
        return diagram_of(shape, experiment.layers) + _not_in_layers(experiment)
    noise = (f"{_layer(noise_table(each))} {each.where} {each.layer}" for each in model.noise)
    return " ─ ".join([_inputs(shape), model.name, *noise])


def diagram_of(shape: tuple[int, ...], layers: Iterable[Keras]) -> str:
    """Return a network for rows of shape `shape` in one line."""
    return " ─ ".join([_inputs(shape), *map(_layer, layers)])


def _not_in_layers(experiment: Experiment) -> str:
    """Return the noise and the controls that are in no layer: ` · label noise .1`."""
    training, smoothing = experiment.training, "label_smoothing"
    chosen = [each for each in (training.optimizer, training.loss) if isinstance(each, Keras)]
    given = {key: value for each in chosen for key, value in each.arguments.items()}
    strengths = {
        "label noise": experiment.data.label_noise,
        "label smoothing": given.get(smoothing, 0),
        "gradient noise": given.get("eta", 0),
    }
    named = [f" · {name} {_number(value)}" for name, value in strengths.items() if value]
    return "".join([*named, *([" · early stopping"] if training.early_stopping else [])])


def noise_table(insertion: Insertion) -> Keras:
    """Return the table of the layer that noise in a user's model is."""
    strength = {insertion.argument: insertion.strength}
    return Keras.model_validate({"class_name": insertion.class_name, **strength})


def _inputs(shape: tuple[int, ...]) -> str:
    match shape:
        case ():
            return "x"
        case (count,):
            return "x" + str(count).translate(SUBSCRIPTS)
        case _:
            return "x " + _size(shape)


def _layer(layer: Keras) -> str:
    """Return a layer, followed by the schedule of its noise."""
    schedule = layer.arguments.get("schedule")
    name = str(schedule["class_name"]).lower() if isinstance(schedule, dict) else schedule
    return " ".join(filter(None, (_symbol(layer), name)))


def _symbol(layer: Keras) -> str:
    arguments = layer.arguments
    match layer.class_name:
        case "GaussianNoise":
            return f"σ{_number(arguments['stddev'])}"
        case "WeightNoise":
            inner = arguments["layer"]
            table = {**inner.get("config", {}), "class_name": inner["class_name"]}
            wrapped = _layer(Keras.model_validate(table))
            return f"{wrapped} (weights σ{_number(arguments['stddev'])})"
        case "Activation":
            return str(arguments["activation"])
        case "Rescaling":
            offset = arguments.get("offset", 0)
            shifted = f"+{_number(offset)}" if offset else ""
            return f"×{_number(arguments['scale'])}{shifted}"
        case name:
            shown = [_value(arguments[key], key) for key in SHOWN if key in arguments]
            return " ".join([SHORT.get(name, name), *shown, *_penalty(arguments)])


def _penalty(arguments: Mapping[str, Any]) -> list[str]:
    """Return the penalty on a layer's kernel: `L2 .001`."""
    match arguments.get("kernel_regularizer"):
        case {"class_name": name, "config": dict(config)}:
            return [name, *map(_number, config.values())]
        case str(name):
            return [name]
        case _:
            return []


def _value(value: Any, key: str) -> str:
    if isinstance(value, list | tuple):
        return _size(tuple(value))
    if key in ("kernel_size", "pool_size"):
        return f"{value}×{value}"
    return value if isinstance(value, str) else _number(value)


def _size(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))


def _number(value: object) -> str:
    """Return a number in its shortest form, `.01`, and any other value as text."""
    if not isinstance(value, int | float):
        return shown(value)
    text = f"{value:g}"
    return text[1:] if text.startswith("0.") else text
