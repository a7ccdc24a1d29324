"""Weights packed into one vector move as they do one by one."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from test_optimizers import KINDS, STEPS

from hiss.experiment.training import Keras
from hiss.network.optimizers import Packing, make_optimizer, pure

SHAPES = ((3, 2), (2,), (4,))
START = [np.random.default_rng(n).normal(size=shape).astype("f") for n, shape in enumerate(SHAPES)]
GRADIENTS = [
    [np.random.default_rng([n, step]).normal(size=shape).astype("f") for n, shape in pairs]
    for step, pairs in enumerate([list(enumerate(SHAPES))] * STEPS)
]
"""The last variable has no gradient: what is here for it is not used."""


def without_last(gradients: list[np.ndarray]) -> list[tf.Tensor | None]:
    return [*map(tf.constant, gradients[:-1]), None]


def one_by_one(chosen: Keras) -> list[np.ndarray]:
    optimizer, weights = make_optimizer(chosen), list(map(keras.Variable, START))
    optimizer.build(weights)
    for gradients in GRADIENTS:
        optimizer.apply(without_last(gradients), weights)
    return [np.asarray(each) for each in weights]


def packed(chosen: Keras) -> tuple[bool, list[np.ndarray]]:
    optimizer = pure(make_optimizer(chosen))
    packing = Packing(list(map(keras.Variable, START)), optimizer)
    optimizer.build(packing.variables)
    state = [tf.constant(variable) for variable in optimizer.variables]
    values = list(map(tf.constant, packing.start(START)))
    for gradients in GRADIENTS:
        together = packing.pack(without_last(gradients))
        values, state = optimizer.stateless_apply(state, together, values)
    return packing.end_to_end, [np.asarray(each) for each in packing.unpack(values)]


@pytest.mark.filterwarnings("ignore:Gradients do not exist")
@pytest.mark.parametrize("arguments", [{}, {"weight_decay": 0.1, "clipvalue": 0.1}])
@pytest.mark.parametrize("kind", KINDS)
def test_packed_or_not_every_variable_takes_the_same_steps(
    kind: str, arguments: dict[str, float]
) -> None:
    chosen = Keras.model_validate({"class_name": kind, **arguments})
    for got, expected in zip(packed(chosen)[1], one_by_one(chosen), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("kind", "arguments", "together"),
    [
        ("Adam", {}, True),
        ("SGD", {"momentum": 0.9, "clipvalue": 0.1}, True),
        ("GradientNoise", {"optimizer": "adam"}, True),
        ("Adam", {"clipnorm": 1.0}, False),
        ("Adam", {"global_clipnorm": 1.0}, False),
        ("SGD", {"weight_decay": 0.1}, False),
        ("SGD", {"use_ema": True}, True),
        ("AdamW", {}, False),
        ("Lamb", {}, False),
        ("GradientNoise", {"optimizer": "ftrl"}, False),
    ],
)
def test_only_what_moves_each_number_by_itself_is_packed(
    kind: str, arguments: dict[str, object], together: bool
) -> None:
    optimizer = make_optimizer(Keras.model_validate({"class_name": kind, **arguments}))
    assert Packing(list(map(keras.Variable, START)), optimizer).end_to_end is together


@pytest.mark.parametrize("unlike", [{"kernel_constraint": "non_neg"}, {"dtype": "float64"}])
def test_variables_that_are_not_alike_stay_apart(unlike: dict[str, str]) -> None:
    layers = [keras.layers.Dense(2), keras.layers.Dense(2, **unlike)]
    for layer in layers:
        layer.build((None, 3))
    variables = [each for layer in layers for each in layer.trainable_variables]
    assert not Packing(variables, make_optimizer("adam")).end_to_end
