"""A training starts from the values of a network that is built with its seeds."""

from __future__ import annotations

import numpy as np
import pytest

from hiss.data.seeds import Seeds
from hiss.data.splits import load
from hiss.experiment.spec import Experiment
from hiss.experiment.training import Keras as Table
from hiss.library.presets import find, load_presets
from hiss.network import start as subject
from hiss.network.build import build_network
from hiss.network.start import initial_values

FEW = (
    *("article/hidden-before", "patterns/cnn", "patterns/rnn", "controls/l2"),
    *("noise/weights", "noise/annealed", "noise/spatial-dropout", "noise/gradients"),
)
"""Presets of the suite; the slow tests are of all."""
EVERY = [
    pytest.param(one, id=one.name, marks=() if one.name in FEW else pytest.mark.slow)
    for one in load_presets().experiments
]
SEVERAL = [Seeds(7, number) for number in range(3)]


def check(experiment: Experiment, shape: tuple[int, ...]) -> None:
    pattern = build_network(experiment, shape, Seeds(1, 0))
    for found, seeds in zip(initial_values(experiment, pattern, SEVERAL), SEVERAL, strict=True):
        network = build_network(experiment, shape, seeds)
        parts = network.trainable_variables, network.non_trainable_variables
        for values, variables in zip((found.trainable, found.other), parts, strict=True):
            for value, variable in zip(values, variables, strict=True):
                np.testing.assert_array_equal(value, variable.numpy(), strict=True)


@pytest.mark.parametrize("experiment", EVERY)
def test_the_values_are_those_of_a_network_built_with_the_seeds(experiment: Experiment) -> None:
    check(experiment, load(experiment.data).x_train.shape[1:])


DENSE = {"class_name": "Dense", "config": {"units": 2}}


@pytest.mark.parametrize(
    "layer",
    [
        Table(class_name="Dense", units=3, bias_initializer="random_normal"),
        Table(class_name="Dense", units=3, kernel_initializer="orthogonal"),
        Table(class_name="Dense", units=3, dtype="mixed_bfloat16"),
        Table(class_name="Dense", units=3, kernel_initializer={
            "class_name": "GlorotUniform", "config": {"seed": 3}}),
        Table(class_name="BatchNormalization"),
        Table(class_name="PReLU"),
        Table(class_name="Dropout", rate=0.5),
        Table(class_name="WeightNoise", stddev=0.1, layer=DENSE),
        Table(class_name="GaussianNoise", stddev=0.1, schedule="linear"),
    ],
    ids=lambda layer: layer.class_name,
)  # fmt: skip
def test_so_are_those_of_layers_of_every_kind(layer: Table) -> None:
    (plain,) = find("article/baseline")
    check(plain.model_copy(update={"layers": (layer, *plain.layers)}), (2,))


def test_only_layers_that_do_not_follow_from_their_configuration_are_built(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    built: list[str] = []
    build = subject._built

    def counted(description: object, layer: object) -> object:
        built.append(type(layer).__name__)
        return build(description, layer)

    monkeypatch.setattr(subject, "_built", counted)
    for name, expected in (("patterns/rnn", set()), ("noise/weights", {"WeightNoise"})):
        (experiment,) = find(name)
        pattern = build_network(experiment, load(experiment.data).x_train.shape[1:], Seeds(1, 0))
        seeds = iter(SEVERAL)
        values = initial_values(experiment, pattern, seeds)
        next(values)
        built.clear()
        assert len(list(values)) == 2
        assert set(built) == expected
