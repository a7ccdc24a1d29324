from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from hiss.errors import EngineError
from hiss.experiment.training import Keras
from hiss.keras_names.lookup import classes
from hiss.network.optimizers import (
    WRONG_ON_TENSORFLOW,
    final_weights,
    make_optimizer,
    pure,
)

STEPS = 6
KINDS = sorted(
    kind
    for kind in classes("optimizer")
    if hasattr(keras.optimizers, kind) and kind not in WRONG_ON_TENSORFLOW
)
GRADIENTS = np.random.default_rng(1).normal(size=(STEPS, 3, 2)).astype(np.float32)
START = np.random.default_rng(2).normal(size=(3, 2)).astype(np.float32)
RATE = {"class_name": "ExponentialDecay", "config": {"initial_learning_rate": 1, "decay_steps": 2,
                                                     "decay_rate": 0.5}}  # fmt: skip
OF_EVERY_OPTIMIZER: tuple[dict[str, Any], ...] = (
    {},
    {"weight_decay": 0.1},
    {"clipnorm": 0.5},
    {"clipvalue": 0.3},
    {"global_clipnorm": 0.5},
    {"use_ema": True, "ema_momentum": 0.6},
    {"use_ema": True, "ema_momentum": 0.6, "ema_overwrite_frequency": 2},
    {"gradient_accumulation_steps": 2},
    {"gradient_accumulation_steps": 4, "weight_decay": 0.1, "clipnorm": 0.1},
    {"gradient_accumulation_steps": 2, "use_ema": True, "ema_overwrite_frequency": 2},
    {"loss_scale_factor": 8.0},
    {"learning_rate": 1},
    {"learning_rate": RATE},
    {"learning_rate": RATE, "gradient_accumulation_steps": 3},
    {"name": "mine"},
)
VALUES: dict[str, Any] = {
    **{"adam_lr_ratio": 0.5, "ns_steps": 3, "exclude_layers": ["dense"], "momentum": 0.5},
    **{"clip_threshold": 0.5, "beta_2_decay": -0.5, "learning_rate_power": -0.3},
    **{"adam_weight_decay": 0.05, "l2_shrinkage_regularization_strength": 0.1},
}
"""What the arguments of single optimizers are set to, where half their default is not another
number that Keras accepts."""


def own_arguments(kind: str) -> Iterator[dict[str, Any]]:
    """Yield one setting for each argument that not every optimizer has."""
    common = {name for arguments in OF_EVERY_OPTIMIZER for name in arguments}
    for name, parameter in inspect.signature(getattr(keras.optimizers, kind)).parameters.items():
        if name in common or parameter.kind is parameter.VAR_KEYWORD:
            continue
        default = parameter.default
        other = not default if isinstance(default, bool) else 0.5 * default if default else 0.1
        yield {name: VALUES.get(name, other) if not isinstance(default, bool) else other}


EVERYTHING = [
    pytest.param(
        kind,
        arguments,
        id=f"{kind} {arguments}",
        marks=pytest.mark.slow if kind != "Adam" and arguments in OF_EVERY_OPTIMIZER[1:] else (),
    )
    for kind in KINDS
    for arguments in (*OF_EVERY_OPTIMIZER, *own_arguments(kind))
]
"""Arguments that all optimizers have are slow tests of all but one."""


def stock(optimizer: keras.optimizers.Optimizer) -> list[np.ndarray]:
    """Return the weights after the last step, and those that Keras' `fit` ends with."""
    weights = keras.Variable(START)
    optimizer.build([weights])
    for gradient in GRADIENTS:
        optimizer.apply([optimizer.scale_loss(tf.constant(gradient))], [weights])
    moved = weights.numpy().copy()
    optimizer.finalize_variable_values([weights])
    return [moved, weights.numpy()]


def stateless(optimizer: keras.optimizers.Optimizer) -> list[np.ndarray]:
    weights = keras.Variable(START)
    twin = pure(optimizer)
    twin.build([weights])
    state, values = [tf.constant(variable) for variable in twin.variables], [weights.value]
    for gradient in GRADIENTS:
        scaled = twin.scale_loss(tf.constant(gradient))
        values, state = twin.stateless_apply(state, [scaled], values)
    return [np.asarray(values[0]), np.asarray(final_weights(twin, state, values)[0])]


@pytest.mark.parametrize(("kind", "arguments"), EVERYTHING)
def test_every_argument_of_every_optimizer_does_the_same_in_a_pure_function(
    kind: str, arguments: dict[str, Any]
) -> None:
    chosen = Keras.model_validate({"class_name": kind, **arguments})
    np.testing.assert_allclose(
        stateless(make_optimizer(chosen)), stock(make_optimizer(chosen)), rtol=2e-5, atol=1e-6
    )


@pytest.mark.parametrize("inner", OF_EVERY_OPTIMIZER, ids=str)
def test_gradient_noise_passes_on_every_argument_of_the_optimizer_that_it_wraps(
    inner: dict[str, Any],
) -> None:
    table = {"class_name": "Adam", "config": inner}
    silent = Keras.model_validate({"class_name": "GradientNoise", "eta": 0, "optimizer": table})
    chosen = Keras.model_validate({"class_name": "Adam", **inner})
    expected = stock(make_optimizer(chosen))
    np.testing.assert_allclose(stock(make_optimizer(silent)), expected, rtol=1e-6)
    np.testing.assert_allclose(stateless(make_optimizer(silent)), expected, rtol=2e-5, atol=1e-6)


def test_gradients_that_are_accumulated_have_noise_of_their_own() -> None:
    inner = {"class_name": "SGD", "config": {"gradient_accumulation_steps": 2}}
    noisy = make_optimizer(
        Keras.model_validate({"class_name": "GradientNoise", "seed": 1, "optimizer": inner})
    )
    weights = keras.Variable(START)
    noisy.build([weights])
    drawn = []
    for _ in range(2):
        drawn.append(np.asarray(noisy._noisy([tf.zeros_like(START)])[0]))
        noisy.apply([tf.zeros_like(START)], [weights])
    assert not np.allclose(drawn[0], drawn[1], atol=1e-3)


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


@pytest.mark.skipif(not hasattr(keras.optimizers, "ScheduleFreeAdamW"), reason="Keras < 3.15")
@pytest.mark.parametrize(
    "chosen",
    [
        {"class_name": "ScheduleFreeAdamW"},
        {"class_name": "GradientNoise", "optimizer": "schedulefreeadamw"},
    ],
)
def test_an_optimizer_that_keras_computes_wrongly_is_refused(chosen: dict[str, Any]) -> None:
    with pytest.raises(EngineError, match="cannot train with ScheduleFreeAdamW: on TensorFlow"):
        pure(make_optimizer(Keras.model_validate(chosen)))
