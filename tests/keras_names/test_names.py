from __future__ import annotations

import re
from pathlib import Path

import keras
import pytest

from hiss.experiment.spec import Experiment
from hiss.experiment.training import Keras
from hiss.keras_names import lookup
from hiss.keras_names.checks import check_class
from hiss.keras_names.generate import as_text, installed_words
from hiss.library.presets import load_presets
from hiss.network.build import make_layer


def test_the_names_are_those_of_the_installed_keras() -> None:
    version = ".".join(keras.__version__.split(".")[:2])
    assert version in lookup.versions()
    written = lookup.keras_words(version)
    assert written == installed_words(), "run python -m hiss.keras_names.generate"
    assert lookup.words()["keras"] == version


def test_the_file_is_what_the_generator_writes_for_all_versions() -> None:
    known = {version: lookup.keras_words(version) for version in lookup.versions()}
    assert lookup.FILE.read_text(encoding="utf-8") == as_text(known)


def test_versions_differ_where_keras_does() -> None:
    old, new = lookup.words("3.13"), lookup.words("3.15")
    assert "ScheduleFreeAdamW" in new["optimizers"]
    assert "ScheduleFreeAdamW" not in old["optimizers"]
    assert "schedulefreeadamw" not in old["names"]["optimizers"]
    assert "renorm" not in old["layers"]["BatchNormalization"]["arguments"]
    assert "WeightNoise" in old["layers"]
    assert old["noise_schedules"] == new["noise_schedules"]


@pytest.mark.parametrize(
    ("version", "expected"),
    [("3.14", "3.14"), ("3.9", "3.13"), ("3.99", "3.15"), ("4.0", "3.15"), ("", "3.15")],
)
def test_an_unknown_version_has_the_names_of_the_nearest(version: str, expected: str) -> None:
    assert lookup.nearest(version) == expected


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


REQUIRED = {
    **{"num_tokens": 3, "output_size": 2, "input_dim": 5, "output_dim": 3, "target_shape": [4]},
    **{"dims": [1], "num_heads": 2, "num_query_heads": 2, "num_key_value_heads": 1, "key_dim": 2},
    **{"factor": 0.1, "height": 4, "width": 4, "equation": "ab,bc->ac", "output_shape": [3]},
    **{"head_dim": 2, "pool_size": 2, "max_number": 3, "height_factor": 0.1, "width_factor": 0.1},
    **{"layers": [], "sequence_length": 3, "stddev": 0.1, "num_bins": 3},
    **{"cell": {"class_name": "LSTMCell", "config": {"units": 3}}},
}
"""Values for the required arguments of layers, beside those that the editor starts with."""
BEYOND_REQUIRED: dict[str, dict[str, object]] = {
    "CategoryEncoding": {"num_tokens": 3},
    "Discretization": {"num_bins": 3},
    "RandomPosterization": {"factor": 4},
    "Bidirectional": {"layer": {"class_name": "LSTM", "config": {"units": 3}}},
}
"""Layers for which Keras accepts not all that its signature or hiss's start accepts."""


@pytest.mark.parametrize("name", lookup.classes("layer"))
def test_every_layer_is_made_from_its_required_arguments_alone(name: str) -> None:
    required = lookup.classes("layer")[name]["required"]
    given = {key: value for key, value in REQUIRED.items() if key in required}
    made = lookup.new_layer(name)
    make_layer(Keras.model_validate({**given, **made, **BEYOND_REQUIRED.get(name, {})}), name)


def test_a_table_inside_a_table_receives_the_module_that_keras_needs() -> None:
    rate = {"class_name": "CosineDecay", "config": {"initial_learning_rate": 1, "decay_steps": 2}}
    inner = {"class_name": "SGD", "config": {"learning_rate": rate}}
    taken = lookup.as_keras_takes("optimizers", "GradientNoise", {"optimizer": inner, "eta": 1})
    schedule = taken["optimizer"]["config"]["learning_rate"]
    assert schedule["module"] == "keras.optimizers.schedules"
    assert repr(schedule["config"]["initial_learning_rate"]) == "1.0"
    assert repr(schedule["config"]["decay_steps"]) == "2"
    assert "module" not in rate
    assert taken["eta"] == 1


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"class_name": "Lambda", "config": {}}, "Lambda is not one of Keras' activations."),
        ({"class_name": "relu"}, "relu is not one of Keras' activations. Did you mean `relu`?"),
        ({"class_name": 3}, "expected a table {class_name"),
        ({}, " is not one of Keras' activations."),
        (["relu"], "expected text or a table"),
    ],
)
def test_a_kind_without_classes_is_refused_in_words(value: object, message: str) -> None:
    (problem,) = check_class("layers", "Dense", {"units": 1, "activation": value})
    assert message in problem.text


@pytest.mark.parametrize("kind", ["StringLookup", "IntegerLookup", "TextVectorization"])
def test_no_preset_makes_keras_read_a_file(kind: str) -> None:
    (problem,) = check_class("layers", kind, {"vocabulary": "/etc/passwd"})
    assert problem.key == "vocabulary"
    assert "expected a list: a preset has no files read" in problem.text
    assert check_class("layers", kind, {"vocabulary": ["a", "b"]}) == []
    inner = {"class_name": kind, "config": {"vocabulary": "/dev/zero"}}
    for arguments in ({"layer": inner}, {"layer": {"class_name": "Pipeline", "config": {}}}):
        assert check_class("layers", "TimeDistributed", arguments)
    assert check_class("layers", "Pipeline", {"layers": [inner]})


def test_vocabularies_are_all_that_keras_reads_from_files() -> None:
    """Whoever adds a version of Keras sees here what new argument could be a path."""
    source = Path(keras.src.__file__).parent
    reading = [
        path.relative_to(source).as_posix()
        for folder in ("layers", "initializers", "optimizers", "regularizers", "constraints")
        for path in (source / folder).rglob("*.py")
        if re.search(r"gfile|\bopen\(|file_utils|get_file", path.read_text(encoding="utf-8"))
        and not path.name.endswith("_test.py")
    ]
    assert reading == ["layers/preprocessing/index_lookup.py"]


@pytest.mark.parametrize(
    ("module", "accepted"),
    [("keras", True), ("keras.initializers", True), ("kerasevil", False), ("", False), (3, False)],
)
def test_a_module_is_one_of_keras(module: object, accepted: bool) -> None:
    table = {"module": module, "class_name": "Zeros", "config": {}}
    problems = check_class("layers", "Dense", {"units": 1, "kernel_initializer": table})
    assert (problems == []) == accepted


@pytest.mark.parametrize("name", ["a\x1b[31mb", "two words", "ä", "", "a/b", "a\n"])
def test_a_name_that_tensorflow_refuses_is_refused(name: str) -> None:
    (problem,) = check_class("layers", "Dense", {"units": 1, "name": name})
    assert "expected English letters, digits" in problem.text
    assert check_class("layers", "Dense", {"units": 1, "name": "dense_1.a-b"}) == []


@pytest.mark.parametrize("argument", ["units", "use_bias", "dtype"])
def test_a_table_is_no_number_and_no_text(argument: str) -> None:
    (problem,) = check_class("layers", "Dense", {"units": 1, argument: {}})
    assert (problem.key, problem.text[:10]) == (argument, ": expected")
