"""Every form that a user's model can have, against the same model trained by Keras alone."""

from __future__ import annotations

import importlib.util
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import keras
import numpy as np
import pytest
from user_models import ASSETS, EPOCHS, adopted, save

from hiss.data.seeds import Seeds
from hiss.data.splits import load
from hiss.errors import EngineError
from hiss.experiment.spec import Experiment, Study
from hiss.library.presets import find
from hiss.network.build import build_network
from hiss.network.user_model import user_network
from hiss.results.outcomes import Result
from hiss.studies.runner import run_study
from hiss.training.backend import load as load_backend
from hiss.training.model_summary import summarize_model


@pytest.fixture(autouse=True, scope="module")
def backend() -> None:
    load_backend("cpu")


@pytest.fixture(scope="module")
def models() -> ModuleType:
    spec = importlib.util.spec_from_file_location("models_of_users", ASSETS / "models.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def train(*arms: Experiment, repeats: int = 1, **options: Any) -> Result:
    study = Study(arms=arms, repeats=repeats, device="cpu", **options)
    return run_study(study, lambda event: None, threading.Event())


def build(arm: Experiment, replicate: int = 0) -> Any:
    return build_network(arm, (2,), Seeds(1, replicate))


def by_hand(model: Any, weights: Any, loss: Any, optimizer: Any) -> tuple[float, float]:
    """Train a model by Keras alone; return its loss on training and on test rows."""
    split = load(find("article/baseline")[0].data)
    model(split.x_train)
    model.set_weights(weights)
    model.compile(optimizer, loss, run_eagerly=True)
    model.fit(split.x_train, split.y_train, batch_size=32, epochs=EPOCHS, verbose=0)
    rows = ((split.x_train, split.y_train), (split.x_test, split.y_test))
    scores = [model.evaluate(*each, verbose=0, return_dict=True)["loss"] for each in rows]
    return scores[0], scores[1]


CLASSES = "sparse_categorical_crossentropy"
FORMS: dict[str, tuple[Any, Any]] = {
    "two_layers": ("binary_crossentropy", "adam"),
    "normalised": ("binary_crossentropy", "adam"),
    "adapted": ("binary_crossentropy", "adam"),
    "two_units": (CLASSES, "adam"),
    "two_logits": (keras.losses.SparseCategoricalCrossentropy(from_logits=True), "sgd"),
    "one_logit": (
        keras.losses.BinaryCrossentropy(from_logits=True),
        keras.optimizers.SGD(0.1),
    ),
    "nested": ("binary_crossentropy", "adam"),
    "compiled": ("binary_crossentropy", "sgd"),
    "Subclassed": ("binary_crossentropy", "adam"),
    "seeded": ("binary_crossentropy", "adam"),
    "model_objects.py:model": ("binary_crossentropy", "adam"),
    "model_objects.py:subclassed": ("binary_crossentropy", "adam"),
}
"""Name in the file → loss and optimizer, as one would compile it by hand."""


NAMES = {"model_objects.py:model": "two_layers", "model_objects.py:subclassed": "Subclassed"}


def made(models: ModuleType, name: str) -> Any:
    """Make a model of the file, as one would by hand."""
    found = getattr(models, NAMES.get(name, name))
    return found(0) if name == "seeded" else found()


QUICK = ("two_units", "nested")


@pytest.mark.parametrize(
    "name",
    [pytest.param(each, marks=() if each in QUICK else pytest.mark.slow) for each in FORMS],
)
def test_a_model_is_trained_as_keras_trains_it(models: ModuleType, name: str) -> None:
    (arm,) = adopted(name).arms
    loss, optimizer = FORMS[name]
    weights = user_network(build(arm)).model.get_weights()
    expected = by_hand(made(models, name), weights, loss, optimizer)
    result = train(arm).arms[0]
    assert result.engine_note == "trained by the fused engine"
    scores = result.replicates[0].scores
    assert (scores["train_loss"], scores["test_loss"]) == pytest.approx(expected, rel=1e-4)


@pytest.mark.slow
def test_a_model_in_bfloat16_is_trained(models: ModuleType) -> None:
    (arm,) = adopted("mixed").arms
    result = train(arm).arms[0]
    weights = user_network(build(arm)).model.get_weights()
    expected = by_hand(models.mixed(), weights, "binary_crossentropy", "adam")
    assert result.replicates[0].scores["train_loss"] == pytest.approx(expected[0], rel=1e-2)


@pytest.mark.slow
def test_several_inputs_share_the_features_in_their_order(models: ModuleType) -> None:
    found = adopted("two_inputs")
    assert "features go to its inputs in order: 1 to left (x1), 1 to right (x2)" in str(found.notes)
    network = build(found.arms[0])
    x = load(found.arms[0].data).x_test
    made = models.two_inputs()
    made.set_weights(user_network(network).model.get_weights())
    np.testing.assert_allclose(network(x), made([x[:, :1], x[:, 1:]]), rtol=1e-6)
    assert train(*found.arms).arms[0].engine_note == "trained by the fused engine"


@pytest.mark.slow
def test_the_output_that_fits_the_target_is_trained_alone(models: ModuleType) -> None:
    found = adopted("two_outputs")
    (arm,) = found.arms
    assert "trained and scored on its output main; aux is ignored" in str(found.notes)
    assert (arm.training.loss, arm.model and arm.model.metrics) == ("bce", ("accuracy",))
    network, split = build(arm), load(arm.data)
    assert [each.shape for each in network.trainable_variables] == [(2, 8), (8,), (8, 1), (1,)]
    plain = keras.Sequential(models.two_layers().layers)
    expected = by_hand(plain, network.get_weights(), "binary_crossentropy", "adam")
    scores = train(arm).arms[0].replicates[0].scores
    assert (scores["train_loss"], scores["test_loss"]) == pytest.approx(expected, rel=1e-4)
    assert network(split.x_test).shape == (len(split.x_test), 1)


def test_of_outputs_of_one_shape_the_one_of_probabilities_is_trained() -> None:
    found = adopted("alike_outputs")
    assert found.arms[0].model and found.arms[0].model.output == 1
    assert "trained and scored on its output chances; scores is ignored" in str(found.notes)


def test_what_a_model_was_compiled_with_is_taken_over_and_said() -> None:
    found = adopted("compiled")
    (arm,) = found.arms
    assert (arm.training.optimizer, arm.training.loss) == ("sgd", "binary_crossentropy")
    assert arm.model is not None
    assert arm.model.metrics == ("accuracy", "AUC")
    assert found.notes[0] == (
        "models.py:compiled: compiled with sgd, binary_crossentropy, accuracy, AUC: taken over"
    )
    (logit,) = adopted("one_logit").arms
    assert logit.training.optimizer == keras_table("SGD", learning_rate=0.1)


def keras_table(name: str, **arguments: Any) -> Any:
    from hiss.experiment.training import Keras

    return Keras(class_name=name, **arguments)


REPLICATED = {
    **dict.fromkeys(("two_layers", "seeded", "Subclassed", "subclassed"), "dense"),
    **dict(zip(NAMES, ("dense", "dense_2"), strict=True)),
}


@pytest.mark.parametrize(("name", "layer"), REPLICATED.items())
def test_replicates_differ_and_arms_start_alike(name: str, layer: str) -> None:
    plain, noisy = adopted(name, f"{layer}:after:0.5").arms
    first, again, other = build(plain), build(plain), build(plain, replicate=1)
    weights = [each.get_weights()[0] for each in (first, again, other, build(noisy))]
    np.testing.assert_array_equal(weights[0], weights[1])
    np.testing.assert_array_equal(weights[0], weights[3])
    assert np.abs(weights[0] - weights[2]).max() > 0.01


@pytest.fixture(scope="module")
def saved(models: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A saved model with weights of its own, and a scaling that has been adapted."""
    model = models.adapted()
    model.layers[1].set_weights([np.full((2, 8), 0.25), np.zeros(8)])
    return save(model, tmp_path_factory.mktemp("saved") / "net.keras")


@pytest.mark.parametrize(("weights", "said"), [(None, "drawn for each"), ("keep", "trains on")])
def test_the_weights_of_a_saved_model_are_drawn_or_kept(
    models: ModuleType, saved: str, weights: Any, said: str
) -> None:
    found = adopted(saved, weights=weights)
    assert said in str(found.notes)
    kernels = [build(found.arms[0], replicate).get_weights()[-4] for replicate in (0, 1)]
    assert [bool((kernel == 0.25).all()) for kernel in kernels] == [weights == "keep"] * 2
    x = np.array([[4.0, 2.0]], np.float32)
    scaled = user_network(build(found.arms[0])).model.layers[0](x)
    np.testing.assert_allclose(scaled, models.adapted().layers[0](x), rtol=1e-6)


@keras.saving.register_keras_serializable("tests")
class Odd(keras.layers.Layer):  # type: ignore[misc]
    def call(self, x: Any) -> Any:
        return x


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (Odd(), "Could not locate class 'Odd'"),
        (keras.layers.Lambda(lambda x: 2 * x), "deserialization of a `Lambda` layer"),
    ],
)
def test_a_saved_model_that_needs_code_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layer: Any, said: str
) -> None:
    path = save(keras.Sequential([keras.Input((2,)), layer]), tmp_path / "net.keras")
    monkeypatch.delitem(keras.saving.get_custom_objects(), "tests>Odd")
    with pytest.raises(EngineError) as caught:
        adopted(path)
    assert said in caught.value.message
    assert "Name a function of a Python file" in caught.value.hint


@pytest.mark.slow
def test_a_trained_model_is_the_same_for_the_next_replicate(saved: str) -> None:
    (arm,) = adopted(saved, weights="keep").arms
    once, twice = train(arm, engine="reference"), train(arm, repeats=2, engine="reference")
    assert once.arms[0].replicates[0].scores == twice.arms[0].replicates[0].scores
    losses = [each.scores["train_loss"] for each in twice.arms[0].replicates]
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)


def test_weights_that_are_always_alike_are_said() -> None:
    assert "each repeat starts from the same weights" in str(adopted("always_alike").notes)
    assert adopted("two_layers").notes == ()


@pytest.mark.parametrize(
    ("name", "site"),
    [
        ("nested", "body/deep"),
        ("nested", "body"),
        ("nested_functional", "body/deep"),
        ("Subclassed", "dense"),
    ],
)
def test_noise_reaches_layers_of_any_model(name: str, site: str) -> None:
    plain, noisy = map(build, adopted(name, f"{site}:after:0.5").arms)
    x = np.ones((2000, 2), np.float32)
    assert np.std(noisy(x, training=True)) > 1.2 * np.std(plain(x, training=True)) + 0.01
    np.testing.assert_allclose(noisy(x, training=False), plain(x, training=False), rtol=1e-6)
    assert len(noisy.non_trainable_variables) == len(plain.non_trainable_variables) + 2


def test_noise_before_a_layer_is_of_its_inputs() -> None:
    _, noisy = adopted("nested", "body/deep:before:0.5").arms
    network = build(noisy)
    inner = user_network(network).model.get_layer("body")
    x = np.ones((4000, 2), np.float32)
    inner.get_layer("deep").set_weights([np.eye(2, 8), np.zeros(8)])
    seen = np.asarray(inner(x, training=True))[:, :2]
    assert np.mean(seen) == pytest.approx(1, abs=0.05)
    assert np.std(seen[seen > 0]) == pytest.approx(0.5, abs=0.06)


@pytest.mark.slow
def test_noise_inside_a_model_is_trained_by_both_engines_alike() -> None:
    _, noisy = adopted("nested", "body/deep:after:0.5").arms
    fused, reference = (
        train(noisy, engine=engine).arms[0].replicates[0].scores["train_loss"]
        for engine in ("fused", "reference")
    )
    assert fused == pytest.approx(reference, rel=1e-4)


def test_the_sites_of_a_model_are_listed_with_those_inside_it() -> None:
    seen = summarize_model(adopted("nested", "body/deep:after:0.1").arms[1])
    assert [place.name for place in seen.places] == ["body", "body/deep", "dense"]
    assert seen.diagram == "x₂ ─ Dense 8 relu ─ σ.1 ─ Dense 1 sigmoid"
    with pytest.raises(EngineError, match=r"no layer `deep`\. Did you mean `body/deep`") as caught:
        adopted("nested", "deep:after:0.1")
    assert "body, body/deep, dense" in caught.value.hint


REFUSED = {
    "fixed_batch": "models.py:fixed_batch takes batches of exactly 4 rows",
    "nothing": "there is no function, class or model `nothing`",
}


@pytest.mark.parametrize(("name", "said"), REFUSED.items())
def test_what_cannot_be_trained_is_named(name: str, said: str) -> None:
    with pytest.raises(EngineError) as caught:
        adopted(name)
    assert said in caught.value.message
