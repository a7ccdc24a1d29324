from __future__ import annotations

import pytest

from hiss.errors import PresetError
from hiss.experiment.notation import dump, override, parse
from hiss.library.presets import find

(BEFORE,) = find("article/hidden-before")
TEXT = dump(BEFORE)
PLACE = 'class_name = "GaussianNoise"\nstddev = 0.1'


def complaint(text: str) -> str:
    with pytest.raises(PresetError) as caught:
        parse(text, "mine.toml", "mine")
    return caught.value.message


def layer_complaint(layer: str) -> str:
    assert PLACE in TEXT
    return complaint(TEXT.replace(PLACE, layer))


def test_a_misspelt_key_is_named_and_corrected() -> None:
    assert complaint(TEXT.replace("epochs", "epoch")) == (
        "mine.toml: training.epoch is not a key. Did you mean `epochs`?"
    )


def test_a_misspelt_table_is_named_and_corrected() -> None:
    assert "dat is not a key. Did you mean `data`?" in complaint(TEXT.replace("[data]", "[dat]"))


def test_a_missing_key_is_named() -> None:
    assert complaint(TEXT.replace("epochs = 4000", "")) == "mine.toml: training.epochs is missing."


def test_all_problems_of_a_file_are_told_at_once() -> None:
    text = TEXT.replace("epochs = 4000", "epochs = 0").replace("noise = 0.1", "nois = 0.1")
    assert complaint(text).splitlines() == [
        "mine.toml: data.nois is not a key. Did you mean `noise`?",
        "mine.toml: training.epochs: expected at least 1, received 0.",
    ]


def test_a_syntax_error_has_a_line_and_a_column() -> None:
    assert "mine.toml: this is not TOML: " in complaint("title = 'a'\nb = [\n1 2]")
    assert "line 3, column 3" in complaint("title = 'a'\nb = [\n1 2]")


def test_a_file_cannot_name_itself() -> None:
    assert "name is not a key" in complaint('name = "other"\n' + TEXT)


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (
            'class_name = "GaussianNoise"\nstddev = -0.1',
            "layers.1.stddev: expected a number from 0",
        ),
        (
            'class_name = "GaussianNoise"\nstddev = true',
            "layers.1.stddev: expected a number from 0",
        ),
        ('class_name = "GaussianNoise"', "layers.1.stddev is missing."),
        ('class_name = "GaussianNose"\nstddev = 0.1', "Did you mean `GaussianNoise`?"),
        ('class_name = "GaussianNoise"\nstdev = 0.1', "layers.1.stdev is not a key. Did you mean"),
        (
            'class_name = "Dropout"\nrate = 1.0',
            "layers.1.rate: expected a number of at least 0 and",
        ),
        (
            'class_name = "Dense"\nunits = 0',
            "layers.1.units: expected a whole number of at least 1",
        ),
        ('class_name = "Dense"\nunits = 2\nactivation = "rellu"', "Did you mean `relu`?"),
        ('class_name = "Lambda"\nfunction = "x"', "presets never run code"),
        ('class_name = "Add"', "a preset's layers form a chain"),
        ("units = 3", "layers.1.class_name is missing."),
    ],
)
def test_a_wrong_layer_is_explained(layer: str, message: str) -> None:
    assert message in layer_complaint(layer)


def test_code_cannot_hide_in_an_argument() -> None:
    inner = '{module = "keras.layers", class_name = "Lambda", config = {function = "x"}}'
    for outer in ('"Bidirectional"\nlayer', '"TimeDistributed"\nlayer', '"RNN"\ncell'):
        assert "presets never run code" in layer_complaint(f"class_name = {outer} = {inner}")


def test_an_object_of_another_module_is_refused() -> None:
    layer = 'class_name = "Dense"\nunits = 2\nkernel_regularizer = '
    table = '{module = "os", class_name = "L2", config = {l2 = 0.1}}'
    assert "kernel_regularizer.module: expected" in layer_complaint(layer + table)


def test_keras_own_notation_of_a_regularizer_is_accepted() -> None:
    layer = 'class_name = "Dense"\nunits = 2\nkernel_regularizer = '
    table = '{class_name = "L2", config = {l2 = 0.1}}'
    experiment = parse(TEXT.replace(PLACE, layer + table), "mine.toml", "mine")
    assert experiment.layers[1].arguments["kernel_regularizer"]["config"] == {"l2": 0.1}


def test_an_argument_that_keras_would_pass_over_is_refused() -> None:
    layer = 'class_name = "Dense"\nunits = 2\nkernel_regularizer = {class_name = "L2", l2 = 0.1}'
    assert "layers.1.kernel_regularizer.l2 is not a key" in layer_complaint(layer)


def test_what_is_dumped_can_be_read_by_people() -> None:
    assert TEXT.startswith('title = "Hidden noise before the activation"\n')
    assert '[[layers]]\nclass_name = "GaussianNoise"\nstddev = 0.1\n' in TEXT
    assert TEXT.endswith(
        '[training]\noptimizer = "adam"\nloss = "binary_crossentropy"\n'
        "epochs = 4000\nbatch_size = 32\n"
    )


def test_keys_are_overridden_at_any_depth() -> None:
    changed = override(
        BEFORE,
        ["training.epochs=10", "layers.1.stddev=.2", "data.noise = 0.3", "training.loss=mse"],
    )
    assert changed.training.epochs == 10
    assert changed.layers[1].arguments == {"stddev": 0.2}
    assert changed.data.arguments["noise"] == 0.3
    assert changed.training.loss == "mse"
    assert BEFORE.training.epochs == 4000


def test_a_table_can_be_given_whole() -> None:
    table = 'training.optimizer={class_name = "Adam", learning_rate = 0.01}'
    optimizer = override(BEFORE, [table]).training.optimizer
    assert not isinstance(optimizer, str)
    assert optimizer.arguments == {"learning_rate": 0.01}


def test_nothing_to_override_leaves_the_experiment() -> None:
    assert override(BEFORE, []) is BEFORE


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("training.epoch=1", "training.epoch is not a key. Did you mean `epochs`?"),
        ("training.epochs=0", "training.epochs: expected at least 1, received 0."),
        ("training.epochs=ten", "training.epochs: expected a whole number, received 'ten'."),
        ("layers.9.stddev=0.1", "expected a number from 0 to 3, received '9'"),
        ("layers.1.stddev=2", "layers.1.stddev: expected a number from 0 to 1, received 2."),
        ("layers.-1.stddev=2", "expected a number from 0 to 3, received '-1'"),
        ("trainin.epochs=1", "Did you mean `training`?"),
        ("training.epochs.x=1", "training.epochs is a value, not a table."),
        ("training.epochs", "expected KEY=VALUE"),
        ("data.train_size=2.5", "expected a count of at least 1 or a fraction between 0 and 1"),
        ("data.name=make_circle", "Did you mean `make_circles`?"),
        ("name=other", "name is not a key"),
        ("data.noise=inf", "data.noise: expected a number of at least 0, received inf."),
        (
            "study.sweep={layer = 0, stddev = [0.1]}",
            "study.sweep.layer: expected a layer with stddev: [1], received 0.",
        ),
    ],
)
def test_a_wrong_override_is_explained(assignment: str, message: str) -> None:
    with pytest.raises(PresetError) as caught:
        override(BEFORE, [assignment])
    assert caught.value.message.startswith(f"--set {assignment}: ")
    assert message in caught.value.message
