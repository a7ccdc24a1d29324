"""What a model was compiled with, in the words of a preset."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import pytest

from hiss.data.arrays import Task
from hiss.errors import EngineError
from hiss.experiment.training import Training
from hiss.keras_names.lookup import words
from hiss.network.metrics import make_loss
from hiss.network.optimizers import make_optimizer
from hiss.network.user_compile import Compiled, check_loss_fits, compiled_with, unmeasured


def compiled(optimizer: Any = "adam", loss: Any = "mse", metrics: Any = None) -> Compiled:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(optimizer, loss, metrics=metrics)
    found = compiled_with("net.py:build", model, ["dense"], 0)
    assert found is not None
    return found


def without_name(made: Any) -> dict[str, Any]:
    return {key: value for key, value in made.get_config().items() if key != "name"}


OPTIMIZERS = sorted(words()["optimizers"].keys() - {"GradientNoise"})
DECAY = keras.optimizers.schedules.ExponentialDecay
CHANGED: dict[str, Callable[[], Any]] = {
    "SGD": lambda: keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "Adam": lambda: keras.optimizers.Adam(DECAY(0.1, 100, 0.9), beta_1=0.8, clipnorm=1.0),
    "AdamW": lambda: keras.optimizers.AdamW(weight_decay=0.01, use_ema=True),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_is_taken_over_with_its_defaults(name: str) -> None:
    taken = compiled(getattr(keras.optimizers, name)()).optimizer
    assert taken == name.lower()
    assert without_name(make_optimizer(taken)) == without_name(getattr(keras.optimizers, name)())


@pytest.mark.parametrize("make", CHANGED.values(), ids=CHANGED)
def test_the_arguments_of_an_optimizer_are_taken_over(make: Callable[[], Any]) -> None:
    taken = Training(optimizer=compiled(make()).optimizer, epochs=1).optimizer
    assert without_name(make_optimizer(taken)) == without_name(make())


LOSSES: dict[Any, Any] = {
    "mse": "mse",
    "BinaryCrossentropy": "binary_crossentropy",
    keras.losses.Huber(): "huber",
    keras.losses.mean_absolute_error: "mean_absolute_error",
}


@pytest.mark.parametrize(("given", "taken"), LOSSES.items(), ids=LOSSES.values())
def test_a_loss_is_taken_over_by_its_name(given: Any, taken: str) -> None:
    assert Training(loss=compiled(loss=given).loss or "", epochs=1).loss == taken


def test_the_arguments_of_a_loss_are_taken_over_but_for_the_logits() -> None:
    given = keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1)
    found = compiled(loss=given)
    assert found.logits
    made = make_loss(Training(loss=found.loss or "", epochs=1).loss)
    assert (made.from_logits, made.label_smoothing) == (False, pytest.approx(0.1))


def test_a_model_compiled_without_a_loss_has_none() -> None:
    assert compiled(loss=None).loss is None


class Own(keras.optimizers.SGD):  # type: ignore[misc]
    """An optimizer of the user's."""


def own_loss(y: Any, predictions: Any) -> Any:
    """A loss of the user's."""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"loss": keras.losses.MeanSquaredError(reduction="sum")}, "a `reduction` of its own"),
        (
            {"optimizer": keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD())},
            "factor changes",
        ),
    ],
)
def test_what_hiss_would_not_do_is_refused_by_name(given: dict[str, Any], said: str) -> None:
    with pytest.raises(EngineError) as caught:
        compiled(**given)
    assert said in caught.value.message


def test_what_is_not_of_keras_is_named() -> None:
    found = compiled(optimizer=Own(), loss=own_loss)
    assert (found.optimizer, found.own_optimizer) == (None, "Own")
    assert (found.loss, found.own_loss) == (None, "own_loss")


@pytest.mark.parametrize(
    ("loss", "task", "units", "fits"),
    [
        ("binary_crossentropy", "binary", 1, True),
        ("bce", "binary", 1, True),
        ("mse", "binary", 1, True),
        ("sparse_categorical_crossentropy", "binary", 1, False),
        ("sparse_categorical_crossentropy", "binary", 2, True),
        ("binary_crossentropy", "binary", 2, False),
        ("categorical_crossentropy", "multiclass", 3, True),
        ("mse", "multiclass", 3, False),
        ("huber", "regression", 1, True),
        ("binary_crossentropy", "regression", 1, False),
    ],
)
def test_a_loss_has_to_fit_the_target(loss: str, task: Task, units: int, fits: bool) -> None:
    if fits:
        check_loss_fits("net.py:build", loss, task, "a quantity", units)
        return
    with pytest.raises(EngineError) as caught:
        check_loss_fits("net.py:build", loss, task, "a quantity", units)
    assert f"the loss {loss} for {units} unit" in caught.value.message
    assert "the target, which is a quantity" in caught.value.message


def test_metrics_that_hiss_does_not_measure_are_known() -> None:
    given = ["acc", keras.metrics.BinaryAccuracy(), keras.metrics.AUC(), "mae"]
    found = compiled(loss="binary_crossentropy", metrics=given).metrics
    assert found == ("acc", "BinaryAccuracy", "AUC", "mae")
    assert unmeasured(found, ("accuracy", "brier")) == ("AUC", "mae")
