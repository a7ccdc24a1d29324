"""An experiment's network in one line, without TensorFlow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from hiss.data.sources import SOURCES
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
    if experiment.model is not None:
        noise = (
            f"{_layer(_table(site))} {site.where} {site.layer}" for site in experiment.model.noise
        )
        return " ─ ".join([_inputs(experiment), Path(experiment.model.reference).name, *noise])
    return " ─ ".join([_inputs(experiment), *map(_layer, experiment.layers)]) + _beside(experiment)


def _beside(experiment: Experiment) -> str:
    """Name the noise and the control that are in no layer: ` · label noise .1`."""
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


def diagram_of(shape: tuple[int, ...], layers: Iterable[Keras]) -> str:
    """Return a network for rows of `shape` in one line."""
    return " ─ ".join([_rows(shape), *map(_layer, layers)])


def _table(site: Insertion) -> Keras:
    return Keras.model_validate({"class_name": site.class_name, site.argument: site.strength})


def _inputs(experiment: Experiment) -> str:
    data = experiment.data
    return _rows(data.shape or SOURCES[data.name].shape(data.arguments))


def _rows(shape: tuple[int, ...]) -> str:
    match shape:
        case ():
            return "x"
        case (count,):
            return "x" + str(count).translate(SUBSCRIPTS)
        case _:
            return "x " + _size(shape)


def _layer(table: Keras) -> str:
    """Write a layer, and after it how its noise changes over training."""
    schedule = table.arguments.get("schedule")
    name = schedule["class_name"].lower() if isinstance(schedule, dict) else schedule
    return " ".join(filter(None, (_symbol(table), name)))


def _symbol(table: Keras) -> str:
    arguments = table.arguments
    match table.class_name:
        case "GaussianNoise":
            return f"σ{_number(arguments['stddev'])}"
        case "WeightNoise":
            inner = arguments["layer"]
            layer = {**inner.get("config", {}), "class_name": inner["class_name"]}
            wrapped = _layer(Keras.model_validate(layer))
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
    """Name the penalty on a layer's kernel: `L2 .001`."""
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
    return _number(value) if isinstance(value, int | float) else str(value)


def _size(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))


def _number(value: float) -> str:
    """Write a number as short as it goes: `.01`."""
    text = f"{value:g}"
    return text[1:] if text.startswith("0.") else text
