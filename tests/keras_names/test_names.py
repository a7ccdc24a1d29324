from __future__ import annotations

import keras
import pytest

from hiss.experiment.spec import Experiment
from hiss.keras_names import generate as keras_vocabulary
from hiss.keras_names.lookup import FILE, check_class, words
from hiss.library.presets import load_presets
from hiss.network.build import make_layer


def test_the_vocabulary_is_what_this_keras_says() -> None:
    if keras.__version__ != words()["keras"]:
        pytest.skip(f"it was written from Keras {words()['keras']}")
    written = keras_vocabulary.as_text(keras_vocabulary.vocabulary())
    assert FILE.read_text(encoding="utf-8") == written, "run python -m hiss.keras_names.generate"


@pytest.mark.parametrize("experiment", load_presets().experiments, ids=lambda each: each.name)
def test_keras_accepts_every_layer_of_every_preset(experiment: Experiment) -> None:
    for table in experiment.layers:
        make_layer(table, experiment.name)


@pytest.mark.parametrize(("stddev", "fits"), [(0, True), (1, True), (1.01, False), (-0.01, False)])
def test_the_range_of_the_noise_is_that_of_keras(stddev: float, fits: bool) -> None:
    assert (check_class("layers", "GaussianNoise", {"stddev": stddev}) == []) is fits
    if fits:
        keras.layers.GaussianNoise(stddev)
    else:
        with pytest.raises(ValueError, match="stddev"):
            keras.layers.GaussianNoise(stddev)


@pytest.mark.parametrize("size", [3, [3, 3]])
def test_an_extent_is_a_count_or_a_list_of_counts(size: object) -> None:
    assert check_class("layers", "Conv2D", {"filters": 2, "kernel_size": size}) == []


def test_a_learning_rate_is_a_number_or_a_schedule() -> None:
    schedule = {
        "class_name": "CosineDecay",
        "config": {"initial_learning_rate": 0.1, "decay_steps": 100},
    }
    assert check_class("optimizers", "Adam", {"learning_rate": 0.1}) == []
    assert check_class("optimizers", "Adam", {"learning_rate": schedule}) == []
    (problem,) = check_class("optimizers", "Adam", {"learning_rate": -0.1})
    assert problem.text == ": expected a number above 0, received -0.1."


def test_a_wrapped_layer_is_checked_too() -> None:
    inner = {"module": "keras.layers", "class_name": "LSTM", "config": {"unit": 8}}
    keys = {problem.key for problem in check_class("layers", "Bidirectional", {"layer": inner})}
    assert keys == {"layer.config.unit", "layer.config.units"}


@pytest.mark.parametrize("name", ["JaxLayer", "Lambda", "TFSMLayer", "TorchModuleWrapper"])
def test_layers_that_run_code_are_refused(name: str) -> None:
    (problem,) = check_class("layers", name, {})
    assert "presets never run code" in problem.text
