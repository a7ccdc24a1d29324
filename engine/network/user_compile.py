"""What a user's model was compiled with, in the words of a preset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import keras

from hiss.data.arrays import Task
from hiss.errors import EngineError
from hiss.experiment.training import Keras as Table

MEASURED: Mapping[str, tuple[str, ...]] = {
    "accuracy": ("acc", "binaryaccuracy", "categoricalaccuracy", "sparsecategoricalaccuracy"),
    "brier": (),
    "rmse": ("rootmeansquarederror",),
    "mae": ("meanabsoluteerror",),
    "r2": ("r2score",),
}
"""Other names in Keras, without `_` and in lower case, of the metrics that hiss measures."""
NOT_FOR_QUANTITIES = ("crossentropy", "hinge", "divergence", "dice", "tversky", "circle", "ctc")
"""Parts of the names of losses that compare probabilities or classes."""
OF_SEVERAL_UNITS = ("sparsecategorical", "categorical")
"""Beginnings of the names of losses for which there is a unit for each class."""
OF_TWO_UNITS = ("SparseCategoricalCrossentropy", "CategoricalCrossentropy")
"""Losses of two softmax units that are the binary cross-entropy of the second."""


class Compiled(NamedTuple):
    """What a model was compiled with."""

    optimizer: str | Table | None
    """None where it is the user's own."""
    loss: str | Table | None
    """Of the scored output; None if there is none, or it is the user's own."""
    logits: bool
    """Whether the loss takes logits: `from_logits=True`."""
    metrics: tuple[str, ...]
    """Of the scored output, as Keras names them."""
    own_optimizer: str = ""
    """Class of an optimizer that is none of Keras' own."""
    own_loss: str = ""
    """Name of a loss that is none of Keras' own."""


def compiled_with(name: str, made: Any, outputs: Sequence[str], number: int) -> Compiled | None:
    """Return what a model was compiled with; None if it was not.

    Args:
        name: the model's, for messages.
        made: a `keras.Model`.
        outputs: names of its outputs, by which losses and metrics may be given.
        number: the place among them of the output that is scored.

    Raises:
        EngineError: if hiss could not train by what it was compiled with.
    """
    if not made.compiled:
        return None
    chosen = of_output(getattr(made, "loss", None), outputs, number)
    _check_loss_weights(name, made, outputs, number)
    own_loss = _own_loss(chosen)
    loss, logits = (None, False) if own_loss else _loss(name, chosen)
    given = made.get_compile_config() or {}
    metrics = [
        metric
        for key in ("metrics", "weighted_metrics")
        for metric in _metric_names(
            given.get(key) if len(outputs) == 1 else of_output(given.get(key), outputs, number)
        )
    ]
    own = type(made.optimizer).__name__ if _is_own(made.optimizer) else ""
    optimizer = None if own else _optimizer(name, made.optimizer)
    return Compiled(optimizer, loss, logits, tuple(metrics), own, own_loss)


def check_loss_fits(name: str, loss: str | Table, task: Task, target: str, units: int) -> None:
    """Check that a loss can be used for a task.

    Args:
        name: the model's, for messages.
        loss: it was compiled with.
        task: what is to be predicted.
        target: what it is: `one of 3 classes`.
        units: of the output that is scored.

    Raises:
        EngineError: if it cannot; both are named.
    """
    plain = _plain(loss if isinstance(loss, str) else loss.class_name)
    several = plain.startswith(OF_SEVERAL_UNITS)
    match task:
        case "regression":
            fits = not any(part in plain for part in NOT_FOR_QUANTITIES)
            instead = "mean_squared_error"
        case "multiclass":
            fits, instead = several, "sparse_categorical_crossentropy"
        case "binary" if units == 2:
            fits = plain in map(_plain, OF_TWO_UNITS)
            instead = "sparse_categorical_crossentropy"
        case "binary":
            fits = not several and plain not in ("ctc", "circle")
            instead = "binary_crossentropy"
    if not fits:
        shown = loss if isinstance(loss, str) else loss.class_name
        raise EngineError(
            f"{name} is compiled with the loss {shown} for {units} unit{'s' * (units > 1)}; it "
            f"does not fit the target, which is {target}.",
            f"Compile it with {instead}, or leave compile out.",
        )


def loss_of_second_unit(loss: str | Table) -> str | Table:
    """Return the loss of the second unit's probability that equals a loss of two softmax units."""
    smoothing = {} if isinstance(loss, str) else loss.arguments
    smoothing = {key: value for key, value in smoothing.items() if key == "label_smoothing"}
    return (
        Table(class_name="BinaryCrossentropy", **smoothing) if smoothing else "binary_crossentropy"
    )


def unmeasured(metrics: tuple[str, ...], measured: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of a model's metrics that hiss does not measure for a task.

    Args:
        metrics: as Keras names them.
        measured: the names of hiss's metrics.
    """
    known = {_plain(each) for name in measured for each in (name, *MEASURED.get(name, ()))}
    return tuple(each for each in metrics if _plain(each) not in known)


def _check_loss_weights(name: str, made: Any, outputs: Sequence[str], number: int) -> None:
    """Refuse a weight of the loss that is trained: hiss trains one output by its loss alone."""
    given = of_output((made.get_compile_config() or {}).get("loss_weights"), outputs, number)
    weight = given[0] if isinstance(given, list | tuple) and given else given
    if weight not in (None, 1):
        where = f" of its output {outputs[number]}" if len(outputs) > 1 else ""
        raise EngineError(
            f"{name} is compiled with loss_weights, which multiply the loss{where} by {weight:g}; "
            "hiss trains by the loss as it is.",
            "Leave loss_weights out; for steps of another length, choose the learning rate.",
        )


def _is_own(optimizer: Any) -> bool:
    """Whether an optimizer is of a class of the user's."""
    return getattr(keras.optimizers, type(optimizer).__name__, None) is not type(optimizer)


def _own_loss(loss: Any) -> str:
    """Return the name of a loss of the user's; empty if it is one of Keras' own, or none."""
    if loss is None:
        return ""
    found = keras.losses.get(loss)
    wraps = isinstance(found, keras.losses.Loss)
    kind = type(found).__name__ if wraps else getattr(found, "__name__", type(found).__name__)
    known = getattr(keras.losses, kind, None)
    return "" if known is (type(found) if wraps else found) else kind


def _optimizer(name: str, optimizer: Any) -> str | Table:
    kind = type(optimizer).__name__
    if kind == "LossScaleOptimizer":
        raise EngineError(
            f"{name} is compiled with the optimizer {kind}, whose factor changes while training; "
            "hiss does not scale losses.",
            "Compile it with the optimizer inside.",
        )
    return _table(optimizer, kind) or kind.lower()


def _loss(name: str, loss: Any) -> tuple[str | Table | None, bool]:
    """Return a loss without `from_logits`, and whether it has that."""
    if loss is None:
        return None, False
    found = keras.losses.get(loss)
    wraps = isinstance(found, keras.losses.Loss)
    kind = type(found).__name__ if wraps else found.__name__
    table = _table(found, kind) if wraps else None
    if table is None:
        named = loss if isinstance(loss, str) else kind
        return (_snake_case_loss(kind) if wraps else named), False
    given = dict(table.arguments)
    if given.pop("reduction", "mean") != "mean":
        raise EngineError(
            f"{name} is compiled with the loss {kind} and a `reduction` of its own; hiss takes the "
            "mean over the rows.",
            "Leave the reduction out: it is a mean by default.",
        )
    logits = bool(given.pop("from_logits", False))
    return (Table(class_name=kind, **given) if given else _snake_case_loss(kind)), logits


def _snake_case_loss(kind: str) -> str:
    """Return the function's name of a loss, where there is one: `binary_crossentropy`."""
    plain = _plain(kind)
    names = (each for each in dir(keras.losses) if each.islower() and _plain(each) == plain)
    return next(names, kind)


def _table(made: Any, kind: str) -> Table | None:
    """Return an object of Keras by the arguments that differ from its defaults; None if none do."""
    config, defaults = made.get_config(), type(made)().get_config()
    given = {
        key: _as_written(value)
        for key, value in config.items()
        if key not in ("name", "dtype", "fn") and value != defaults.get(key)
    }
    return Table(class_name=kind, **given) if given else None


def _as_written(value: Any) -> Any:
    """Return an argument as a preset has it: tables by class and config, float32 in 7 digits."""
    match value:
        case {"class_name": str(kind), "config": dict(config)}:
            given = {key: each for key, each in config.items() if key != "name"}
            return {"class_name": kind, "config": _as_written(given)}
        case dict():
            return {key: _as_written(each) for key, each in value.items() if each is not None}
        case list() | tuple():
            return [_as_written(each) for each in value]
        case float():
            return float(f"{value:.7g}")
        case _:
            return value


def of_output(given: Any, outputs: Sequence[str], number: int) -> Any:
    """Return what belongs to one output, of one value for all or of one for each."""
    if isinstance(given, Mapping) and "class_name" not in given:
        return given.get(outputs[number])
    if isinstance(given, list | tuple) and len(given) == len(outputs):
        return given[number]
    return given


def _metric_names(given: Any) -> Iterator[str]:
    match given:
        case str():
            yield given
        case {"class_name": "__tuple__", "config": list(several)}:
            yield from _metric_names(several)
        case {"class_name": "function", "config": str(name)} | {"class_name": str(name)}:
            yield name
        case list() | tuple():
            for each in given:
                yield from _metric_names(each)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
