"""Every noise beyond Keras' own where hiss uses it: presets, sweeps, models, scripts, engines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import stats
from trainings import ROUNDING, agree, run, without_graphs

from hiss.data.replicate_data import ReplicateData
from hiss.data.seeds import Seeds
from hiss.errors import EngineError
from hiss.experiment.advice import advice
from hiss.experiment.notation import override, parse
from hiss.experiment.sites import find_site, with_strengths
from hiss.experiment.size import parameters
from hiss.experiment.spec import Experiment, Study
from hiss.experiment.user_model import UserModel, parse_insertion
from hiss.library.presets import find
from hiss.network.build import build_network
from hiss.network.mixing import MixedTargets, mixing_layer
from hiss.network.user_model import build_user_model, user_network
from hiss.noise import random as numbers
from hiss.noise.kind import Mixing
from hiss.noise.layers import layer_class
from hiss.noise.registry import NOISE_LAYERS
from hiss.scripts.script import script
from hiss.studies.search import Grid
from hiss.training import parallel_gpu  # noqa: F401 (registers what stacking needs)
from hiss.training.choose_engine import may_not_compile
from hiss.training.program_cache import structure

OWN = [name for name, kind in NOISE_LAYERS.items() if not (kind.is_of_keras or kind.wraps_layer)]
ARGUMENTS = {
    "TimeCorrelatedNoise": ", correlation = -0.6",
    "FeatureCorrelatedNoise": ", correlation = 0.3",
    "SaltAndPepperNoise": ", low = -1.0, high = 2.0",
}
HEAD = """
title = "Test"
training = {epochs = 2, batch_size = 16, loss = "sparse_categorical_crossentropy"}
data = {name = "load_digits", train_size = 40, test_size = 30, shuffle = true, shape = [8, 8]}

[[layers]]
class_name = "Rescaling"
scale = 0.0625
"""
TAIL = """
[[layers]]
class_name = "Flatten"

[[layers]]
class_name = "Dense"
units = 10
activation = "softmax"
"""


def sequences(*noise: str) -> Experiment:
    """Digits as eight steps of eight pixels, with noise layers, each as an inline table."""
    places = '[[layers]]\nclass_name = "Flatten"\n' * len(noise)
    layers = [f"layers.{number}={{{each}}}" for number, each in enumerate(noise, 1)]
    return override(parse(HEAD + places + TAIL, "text", "test/one"), layers)


def table_of(name: str, strength: float = 0.3, more: str = "") -> str:
    kind = NOISE_LAYERS[name]
    others = ARGUMENTS.get(name, "")
    return f'class_name = "{name}", {kind.strength} = {strength}{others}{more}'


@pytest.mark.parametrize("name", OWN)
def test_all_strengths_share_one_program_and_one_sweep_over_its_grid(name: str) -> None:
    weak, strong = (sequences(table_of(name, strength)) for strength in (0.1, 0.4))
    rows = ReplicateData(weak.data, "article", 1)
    assert structure(weak, rows) == structure(strong, rows)
    site = find_site(weak, "input")
    kind = NOISE_LAYERS[name]
    assert (site.argument, site.owner) == (kind.strength, name)
    (axis,) = Grid(site="input").search(Study(arms=(weak,))).axes
    assert axis.strengths == kind.grid
    assert with_strengths(weak, [(site, 0.4)]).layers == strong.layers


def test_it_has_no_parameters_and_keeps_the_shape() -> None:
    experiment = sequences(*(table_of(name) for name in OWN))
    assert parameters(experiment)[-1] == (64 + 1) * 10


RESIDUAL = """
import keras
from keras import layers

def build():
    x = keras.Input((8, 8))
    branch = layers.Activation("linear", name="branch")(x)
    return keras.Model(x, layers.Flatten()(layers.Add()([x, branch])))
"""


@pytest.mark.parametrize("name", OWN)
def test_it_is_put_into_a_users_model(name: str, tmp_path: Path) -> None:
    file = tmp_path / "network.py"
    file.write_text(RESIDUAL)
    site = parse_insertion(f"branch:after:0.4:{name}")
    model = UserModel(reference=f"{file}:build", noise=(site,))
    built = build_user_model(model, (8, 8), Seeds(1, 0))
    assert name in [type(layer).__name__ for layer in user_network(built).noise]
    rows = np.random.default_rng(1).normal(1, 0.1, (40, 8, 8)).astype(np.float32)
    plain, noisy = np.asarray(built(rows)), np.asarray(built(rows, training=True))
    assert not np.allclose(noisy, plain)
    if name == "StochasticDepth":
        shares = np.unique((noisy / plain).round(4))
        np.testing.assert_allclose(shares, [0.5, 0.5 + 0.5 / 0.6], atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("name", OWN)
def test_replicates_that_are_stacked_have_the_noise_of_one_alone(name: str) -> None:
    kind, values = layer_class(name), np.random.default_rng(1).normal(1, 1, (6, 8, 8))
    assert kind is not None
    layer = kind(**{kind.kind.strength: 0.4})
    layer.build(values.shape)
    streams = tf.constant([[seed, 0, 3] for seed in range(4)], tf.uint32)

    def noisy(stream: Any) -> Any:
        variables = [layer.strength.value, stream]
        return layer.stateless_call([], variables, values.astype(np.float32), training=True)[0]

    with numbers.always_draw():
        stacked = tf.vectorized_map(noisy, streams, fallback_to_while_loop=False)
    alone = [noisy(stream) for stream in streams]
    np.testing.assert_allclose(stacked, alone, rtol=1e-5, atol=1e-6)


def test_stochastic_depth_in_a_sequence_of_layers_is_warned_of() -> None:
    (sentence,) = advice(sequences(table_of("StochasticDepth")))
    assert sentence.startswith("layers.1 (StochasticDepth) drops all that the network knows")


def test_the_same_noise_at_two_sites_is_independent() -> None:
    experiment = sequences(*[table_of("UniformNoise")] * 2)
    network = build_network(experiment, (8, 8), Seeds(1, 0))
    zeros = np.zeros((500, 8, 8), np.float32)
    first, second = (np.asarray(each(zeros, training=True)) for each in network.layers[1:3])
    assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.03


SCHEDULE = ', schedule = {class_name = "Linear", config = {start = 0.5, end = 1.0}}'


@pytest.mark.parametrize("name", [name for name in OWN if name != "MixUp"])
@pytest.mark.parametrize("more", ["", SCHEDULE], ids=["constant", "scheduled"])
def test_a_script_draws_from_the_distribution_of_hiss(name: str, more: str) -> None:
    experiment = sequences(table_of(name, 0.4, more))
    theirs, ours = layers_of(experiment)
    values = np.random.default_rng(1).normal(1, [1, 2, 3, 1, 2, 3, 1, 2], (1500, 8, 8))
    values = values.astype(np.float32)
    for step in range(2):
        noises = [np.asarray(layer(values, training=True)) - values for layer in (theirs, ours)]
        for axes in ((), (1,), (2,), (1, 2)):
            found, expected = (np.std(noise.mean(axis=axes)) for noise in noises)
            assert found == pytest.approx(expected, rel=0.1), (step, axes)
        along = [np.mean(noise[:, 1:] * noise[:, :-1]) / np.mean(noise**2) for noise in noises]
        assert along[0] == pytest.approx(along[1], abs=0.04)
        found, expected = (noise[:, ::2, ::2].ravel() for noise in noises)
        assert stats.ks_2samp(found, expected).statistic < 0.03
    np.testing.assert_array_equal(np.asarray(theirs(values)), values)


def layers_of(experiment: Experiment) -> list[Any]:
    """The noise layer of the experiment's script, and that of hiss."""
    scope: dict[str, Any] = {}
    exec(script(experiment, seed=1).partition("keras.utils.set_random_seed")[0], scope)
    keras.utils.set_random_seed(1)
    network = build_network(experiment, (8, 8), Seeds(1, 0))
    ours = network.layers[1]
    if hasattr(ours, "steps"):
        ours.steps.assign(2 * 3)
    return [scope["build_model"]().layers[1], ours]


@pytest.mark.parametrize("more", ["", SCHEDULE], ids=["constant", "scheduled"])
def test_a_script_mixes_rows_as_hiss_does(more: str) -> None:
    theirs, _ = layers_of(sequences(table_of("MixUp", 0.4, more)))
    unit, shares = np.eye(8, dtype=np.float32).reshape(8, 8, 1), []
    for _ in range(100):
        mixed = np.asarray(theirs(unit, training=True))[..., 0]
        share, order = map(np.asarray, theirs.mixing)
        np.testing.assert_allclose(mixed, share * np.eye(8) + (1 - share) * np.eye(8)[order])
        assert sorted(order) == list(range(8))
        shares.append(float(share))
        if hasattr(theirs, "step"):
            theirs.step.assign(0)
    beta = stats.beta(0.2, 0.2) if more else stats.beta(0.4, 0.4)
    assert stats.kstest(shares, lambda share: 2 * beta.cdf(share) - 1).pvalue > 1e-3
    theirs(unit)
    assert theirs.mixing is None


Y = np.array([[0.0], [1.0], [2.0], [2.0]], np.float32)
MIXING = Mixing(keras.ops.convert_to_tensor(0.7), keras.ops.convert_to_tensor([2, 0, 1, 3]))


def mixed_loss(task: Any, per_row: Any, mixing: Mixing | None = MIXING) -> MixedTargets:
    layer = layer_class("MixUp")
    assert layer is not None
    made = layer(alpha=0.2)
    made.mixing = mixing
    return MixedTargets(per_row, made, task)


def test_classes_are_mixed_as_probabilities() -> None:
    predictions = np.array([[0.2, 0.3, 0.5], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4], [0.6, 0.2, 0.2]])
    found = mixed_loss("multiclass", keras.losses.sparse_categorical_crossentropy)
    one_hot = np.eye(3)[Y[:, 0].astype(int)]
    expected = keras.losses.categorical_crossentropy(
        0.7 * one_hot + 0.3 * one_hot[[2, 0, 1, 3]], predictions
    )
    np.testing.assert_allclose(found.call(Y, predictions), expected, rtol=1e-5)


def test_two_classes_are_mixed_as_a_probability() -> None:
    y, predictions = np.minimum(Y, 1), np.array([[0.2], [0.9], [0.4], [0.6]], np.float32)
    found = mixed_loss("binary", keras.losses.binary_crossentropy).call(y, predictions)
    mixed = 0.7 * y + 0.3 * y[[2, 0, 1, 3]]
    np.testing.assert_allclose(
        found, keras.losses.binary_crossentropy(mixed, predictions), rtol=1e-5
    )


@pytest.mark.parametrize("loss", ["mean_squared_error", "mean_absolute_error"])
def test_quantities_are_mixed_themselves(loss: str) -> None:
    per_row = getattr(keras.losses, loss)
    predictions = np.array([[0.2], [0.9], [1.4], [3.0]], np.float32)
    mixed = 0.7 * Y + 0.3 * Y[[2, 0, 1, 3]]
    found = mixed_loss("regression", per_row).call(Y, predictions)
    np.testing.assert_allclose(found, per_row(mixed, predictions), rtol=1e-5)
    plain = mixed_loss("regression", per_row, None).call(Y, predictions)
    np.testing.assert_allclose(plain, per_row(Y, predictions))


def test_rows_are_mixed_once_in_a_network() -> None:
    twice = sequences(*[table_of("MixUp")] * 2)
    with pytest.raises(EngineError, match="Expected one MixUp in a network, received layer_1, lay"):
        mixing_layer(build_network(twice, (8, 8), Seeds(1, 0)))
    plain = build_network(find("article/baseline")[0], (2,), Seeds(1, 0))
    assert mixing_layer(plain) is None


def test_a_users_mixup_of_keras_mixes_the_targets_too(tmp_path: Path) -> None:
    file = tmp_path / "network.py"
    file.write_text(RESIDUAL.replace('Activation("linear", name="branch")', "MixUp(0.3)"))
    built = build_user_model(UserModel(reference=f"{file}:build"), (8, 8), Seeds(1, 0))
    found = mixing_layer(built)
    assert found is not None
    assert found.peak == 0.3


def test_mixup_is_not_taken_for_keras_own_that_xla_may_refuse() -> None:
    assert not may_not_compile(find("noise/mixup")[0])


@pytest.mark.slow
def test_both_engines_train_every_noise_alike() -> None:
    experiment = sequences(*(table_of(name, 0.2) for name in OWN))
    with without_graphs():
        reference = run(experiment, engine="reference")
    agree(run(experiment), reference, 10 * ROUNDING)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("preset", "changes"),
    [
        ("article/baseline", ["layers.0.units=8"]),
        pytest.param(
            "regression/sine-baseline",
            ["training.loss=mean_absolute_error"],
            marks=pytest.mark.slow,
        ),
    ],
)
def test_both_engines_mix_two_classes_and_quantities_alike(preset: str, changes: list[str]) -> None:
    plain = override(find(preset)[0], [*changes, "training.epochs=3", "data.test_size=30"])
    mix_up = sequences(table_of("MixUp", 1.0)).layers[1]
    mixed = plain.model_copy(update={"layers": (mix_up, *plain.layers)})
    with without_graphs():
        reference = run(mixed, engine="reference")
    fused = run(mixed)
    agree(fused, reference, ROUNDING)
    unmixed = run(override(mixed, ["layers.0.alpha=0"]))
    assert not np.allclose(fused.curves.values, unmixed.curves.values)


@pytest.mark.parametrize(
    ("preset", "task", "loss"),
    [
        ("article/baseline", "binary", "binary_crossentropy"),
        ("regression/sine-baseline", "regression", "mean_squared_error"),
    ],
)
def test_the_loss_of_a_script_is_that_of_hiss(preset: str, task: str, loss: str) -> None:
    (plain,) = find(preset)
    mix_up = sequences(table_of("MixUp")).layers[1]
    text = script(plain.model_copy(update={"layers": (mix_up, *plain.layers)}), seed=1)
    scope: dict[str, Any] = {}
    exec(text.partition("keras.utils.set_random_seed")[0], scope)
    model, y = scope["build_model"](), np.minimum(Y, 1)
    predictions = np.array([[0.2], [0.9], [0.4], [0.6]], np.float32)
    for mixing in (None, MIXING):
        model.layers[0].mixing = mixing and (mixing.share, mixing.order)
        expected = mixed_loss(task, getattr(keras.losses, loss), mixing).call(y, predictions)
        np.testing.assert_allclose(model.loss.call(y, predictions), expected, rtol=1e-5)
