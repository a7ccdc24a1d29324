from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from hiss.errors import EngineError
from hiss.experiment.training import Keras
from hiss.keras_names.lookup import classes
from hiss.network.optimizers import FROM_WEIGHTS, make_optimizer, pure

STEPS = 4
KINDS = sorted(
    kind
    for kind in classes("optimizer")
    if hasattr(keras.optimizers, kind) and kind not in FROM_WEIGHTS
)
GRADIENTS = np.random.default_rng(1).normal(size=(STEPS, 3, 2)).astype(np.float32)
START = np.random.default_rng(2).normal(size=(3, 2)).astype(np.float32)


def stock(optimizer: keras.optimizers.Optimizer) -> np.ndarray:
    weights = keras.Variable(START)
    optimizer.build([weights])
    for gradient in GRADIENTS:
        optimizer.apply([tf.constant(gradient)], [weights])
    return np.asarray(weights)


def stateless(optimizer: keras.optimizers.Optimizer) -> np.ndarray:
    weights = keras.Variable(START)
    twin = pure(optimizer)
    twin.build([weights])
    state, values = [tf.constant(variable) for variable in twin.variables], [weights.value]
    for gradient in GRADIENTS:
        values, state = twin.stateless_apply(state, [tf.constant(gradient)], values)
    return np.asarray(values[0])


@pytest.mark.parametrize("arguments", [{}, {"weight_decay": 0.1, "clipnorm": 0.5}])
@pytest.mark.parametrize("kind", KINDS)
def test_every_optimizer_takes_the_same_steps_as_a_pure_function(
    kind: str, arguments: dict[str, float]
) -> None:
    chosen = Keras.model_validate({"class_name": kind, **arguments})
    np.testing.assert_allclose(
        stateless(make_optimizer(chosen)), stock(make_optimizer(chosen)), rtol=1e-5
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_optimizer_is_made_by_its_name_alone(kind: str) -> None:
    assert type(make_optimizer(kind)).__name__ == kind
    assert type(make_optimizer(kind.lower())).__name__ == kind


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"class_name": "AdamW", "weight_decay": None}, "AdamW.*weight_decay"),
        ({"class_name": "Adamant"}, "has no Adamant"),
    ],
)
def test_an_optimizer_that_keras_refuses_is_explained(
    arguments: dict[str, object], said: str
) -> None:
    with pytest.raises(EngineError, match=said):
        make_optimizer(Keras.model_construct(**arguments))


def test_an_optimizer_that_starts_from_the_weights_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "hiss.network.optimizers.FROM_WEIGHTS", ("Adam",)
    )  # Keras 3.13 has none yet
    with pytest.raises(EngineError, match="cannot train with Adam"):
        pure(make_optimizer("adam"))
