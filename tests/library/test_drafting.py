from __future__ import annotations

import tomllib

import pytest

from hiss.experiment.notation import parse, parse_value
from hiss.keras_names.lookup import classes, new_layer
from hiss.library.drafting import (
    check_text,
    format_value,
    with_known_arguments,
    with_layer_order,
    with_value,
)
from hiss.library.fields import Field, fields_of
from hiss.library.presets import dump, load_presets
from hiss.noise.registry import NOISE_LAYERS

PRESETS = load_presets().experiments
TEXT = """\
# What I want to know.
title = "Mine"

[study.sweep]
stddev = [0.0, 0.1]
layer = 1

[data]
name = "make_circles"
noise = 0.1 # as in the article
train_size = 30

[[layers]]
class_name = "Dense"
units = 5

[[layers]]
class_name = "GaussianNoise" # here
stddev = 0.1

[[layers]]
class_name = "Dense"
units = 1

[training]
epochs = 10
"""


def classes_of(text: str) -> list[str]:
    return [layer["class_name"] for layer in tomllib.loads(text)["layers"]]


def fields(text: str, place: str) -> dict[str, Field]:
    return {field.label: field for field in fields_of(tomllib.loads(text), place)}


@pytest.mark.parametrize("preset", PRESETS, ids=lambda each: each.name)
def test_every_value_of_every_preset_has_a_field_that_gives_it_back(preset: object) -> None:
    text = dump(preset)  # type: ignore[arg-type]
    table = tomllib.loads(text)
    places = ["about", "data", "training", *(f"layers.{n}" for n in range(len(table["layers"])))]
    given = [
        field for place in places for field in fields_of(table, place) if field.value is not None
    ]
    for field in given:
        typed = format_value(field.value, field.verbatim)
        text = with_value(text, field.key, typed if field.verbatim else parse_value(typed))
    assert tomllib.loads(text) == table
    emptied = text
    for field in given:
        emptied = with_value(emptied, field.key, None)
    assert not tomllib.loads(emptied).get("data") and not tomllib.loads(emptied).get("training")


def test_a_changed_key_leaves_comments_where_they_are() -> None:
    text = with_value(TEXT, "data.noise", 0.2)
    assert "# What I want to know." in text
    assert "noise = 0.2 # as in the article" in text


def test_an_argument_makes_a_table_of_an_optimizers_name() -> None:
    text = with_value(
        with_value(TEXT, "training.optimizer", "adam"), "training.optimizer.epsilon", 0.1
    )
    assert tomllib.loads(text)["training"]["optimizer"] == {"class_name": "Adam", "epsilon": 0.1}
    assert "optimizer.class_name" not in fields(text, "training")
    assert fields(text, "training")["optimizer"].value == "Adam"


def test_a_table_goes_with_its_last_key() -> None:
    text = with_value(TEXT, "training.early_stopping.patience", 3)
    assert "training.early_stopping" in text
    text = with_value(text, "training.early_stopping.patience", None)
    assert tomllib.loads(text) == tomllib.loads(TEXT)
    assert with_value(TEXT, "training.early_stopping.patience", None) == TEXT


def test_layers_are_added_copied_moved_and_removed() -> None:
    dropout = new_layer("Dropout")
    text = with_layer_order(TEXT, [2, 1, 1, dropout])
    assert classes_of(text) == ["Dense", "GaussianNoise", "GaussianNoise", "Dropout"]
    assert tomllib.loads(text)["layers"][0] == {"class_name": "Dense", "units": 1}
    assert 'class_name = "GaussianNoise" # here' in text
    assert "\n\n\n" not in text and "\n\n[training]" in text
    assert "layers" not in tomllib.loads(with_layer_order(TEXT, []))


def test_a_proposed_sweep_goes_with_its_layer() -> None:
    assert tomllib.loads(with_layer_order(TEXT, [1, 0, 2]))["study"]["sweep"]["layer"] == 0
    assert "study" not in tomllib.loads(with_layer_order(TEXT, [0, 2]))


@pytest.mark.parametrize(
    ("key", "value", "where", "said"),
    [
        ("layers.1.stddev", 1.5, "layers.1.stddev", "a number from 0 to 1, received 1.5"),
        ("layers.1.stdev", 0.1, "layers.1.stdev", "Did you mean `stddev`?"),
        ("layers.0.class_name", "Dens", "layers.0.class_name", "Did you mean `Dense`?"),
        ("layers.0.units", None, "layers.0.units", " is missing."),
        ("data.name", "make_circle", "data.name", "Did you mean `make_circles`?"),
        ("training.epochs", "many", "training.epochs", "a whole number, received 'many'"),
        ("training.optimizer", "adamm", "training.optimizer", "Did you mean `adam`?"),
    ],
)
def test_what_is_wrong_is_said_at_its_key(key: str, value: object, where: str, said: str) -> None:
    checked = check_text(with_value(TEXT, key, value), "mine/x")
    assert checked.experiment is None
    assert said in checked.problems[where]


def test_a_sound_text_becomes_the_experiment() -> None:
    checked = check_text(TEXT, "mine/x")
    assert checked.problems == {}
    assert checked.experiment == parse(TEXT, "x.toml", "mine/x")


def test_what_is_no_toml_is_said() -> None:
    assert "not TOML" in check_text("title = ", "x").problems[""]


def test_fields_say_what_they_expect_and_what_completes_them() -> None:
    noise, data = fields(TEXT, "layers.1"), fields(TEXT, "data")
    assert noise["stddev"].wanted == "a number from 0 to 1"
    assert noise["schedule"].choices[:2] == ("constant", "cosine")
    assert "GaussianNoise" in noise["class_name"].choices
    assert data["noise"].value == 0.1
    assert data["factor"].default == 0.8
    assert fields(TEXT, "training")["early_stopping.patience"].wanted


def test_a_key_that_should_not_be_there_has_a_field_to_empty() -> None:
    assert fields(with_value(TEXT, "layers.1.sigma", 0.2), "layers.1")["sigma"].value == 0.2


def test_an_unknown_class_shows_what_it_is_given() -> None:
    assert list(fields(with_value(TEXT, "layers.0.class_name", "Dens"), "layers.0")) == [
        "class_name",
        "units",
    ]


def test_arguments_are_fitted_to_another_class() -> None:
    text = with_known_arguments(with_value(TEXT, "layers.1.class_name", "Dropout"), "layers.1")
    assert tomllib.loads(text)["layers"][1] == {"class_name": "Dropout", "rate": 0.2}
    half_typed = with_value(TEXT, "layers.1.class_name", "Dropo")
    assert with_known_arguments(half_typed, "layers.1") == half_typed
    text = with_known_arguments(with_value(TEXT, "data.name", "load_iris"), "data")
    assert tomllib.loads(text)["data"] == {"name": "load_iris", "train_size": 30}


@pytest.mark.parametrize("wrong", ["training = 3", "training = []", 'data = "x"', "layers = [1]"])
def test_a_value_where_a_table_should_be_gives_way_to_it(wrong: str) -> None:
    text = with_value(f"{wrong}\n", "training.epochs", 3)
    assert tomllib.loads(text)["training"] == {"epochs": 3}
    assert check_text(wrong, "x").experiment is None
    with_value(f"{wrong}\n", "data.name", "load_iris")


def test_every_kind_of_noise_can_be_added_as_it_is() -> None:
    assert set(NOISE_LAYERS) <= set(classes("layer"))
    for name in NOISE_LAYERS:
        assert check_text(with_layer_order(TEXT, [0, 1, new_layer(name), 2]), "x").problems == {}


@pytest.mark.parametrize("text", ["true", "12", "[1]", "adam", '"', "a b", "x = 1"])
def test_text_that_reads_as_something_else_is_quoted(text: str) -> None:
    assert parse_value(format_value(text)) == text
    assert format_value(text, verbatim=True) == text
