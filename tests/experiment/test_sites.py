"""Where noise can be put: names of sites, and experiments with other strengths there."""

from __future__ import annotations

import pytest

from hiss.errors import DataError, EngineError, PresetError
from hiss.experiment.sites import Site, default_site, find_site, sites, with_strengths
from hiss.experiment.spec import Experiment
from hiss.experiment.training import Keras
from hiss.library.presets import find, load_presets, override


def preset(name: str) -> Experiment:
    (found,) = find(name)
    return found


BOTH = preset("extensions/input-and-hidden")
HIDDEN = preset("article/hidden-before")
BASELINE = preset("article/baseline")


@pytest.mark.parametrize("name", ["2", "layers.2", "layers.2.stddev", "hidden", "HIDDEN"])
def test_a_layer_is_named_by_its_number_or_as_hidden(name: str) -> None:
    assert find_site(BOTH, name) == Site("layers.2", "layers.2.stddev")


def test_a_layer_is_named_by_its_class_or_its_name_in_keras() -> None:
    assert find_site(HIDDEN, "GaussianNoise") == Site("layers.1", "layers.1.stddev")
    named = override(HIDDEN, ["layers.1.name=hiss"])
    assert find_site(named, "hiss") == Site("layers.1", "layers.1.stddev")


def test_the_input_is_the_first_layer_where_that_is_noise() -> None:
    assert find_site(BOTH, "input") == find_site(BOTH, "0") == Site("input", "layers.0.stddev")


def test_noise_is_put_at_an_input_that_has_none() -> None:
    site = find_site(HIDDEN, "input")
    assert site == Site("input", "layers.0.stddev", new=True)
    first, *others = with_strengths(HIDDEN, [(site, 0.3)]).layers
    assert first == Keras(class_name="GaussianNoise", stddev=0.3)
    assert tuple(others) == HIDDEN.layers


def test_noise_at_the_input_comes_after_the_rows_are_rescaled() -> None:
    digits = preset("classification/digits")
    noisy = with_strengths(digits, [(find_site(digits, "input"), 0.1)])
    assert [layer.class_name for layer in noisy.layers[:3]] == [
        "Rescaling",
        "GaussianNoise",
        "Dense",
    ]


def test_two_sites_are_set_at_once_though_one_moves_the_other() -> None:
    strengths = [(find_site(HIDDEN, "input"), 0.3), (find_site(HIDDEN, "1"), 0.5)]
    layers = with_strengths(HIDDEN, strengths).layers
    assert [layer.arguments.get("stddev") for layer in layers] == [0.3, None, 0.5, None, None]


def test_a_rate_is_a_strength_too() -> None:
    dropout = Keras(class_name="Dropout", rate=0.5)
    experiment = BASELINE.model_copy(update={"layers": (BASELINE.layers[0], dropout)})
    site = find_site(experiment, "dropout")
    assert site == Site("layers.1", "layers.1.rate", "rate")
    assert with_strengths(experiment, [(site, 0.0)]).layers[1].arguments["rate"] == 0.0


def test_the_only_noise_is_the_default_site() -> None:
    assert default_site(HIDDEN) == Site("layers.1", "layers.1.stddev")
    assert default_site(BASELINE) == Site("input", "layers.0.stddev", new=True)
    assert default_site(HIDDEN, [Site("layers.1", "layers.1.stddev")]) == Site(
        "input", "layers.0.stddev", new=True
    )


def test_of_two_noises_one_has_to_be_named() -> None:
    with pytest.raises(EngineError, match="several sites: one has to be named") as raised:
        default_site(BOTH)
    assert raised.value.hint == "Sites are input (GaussianNoise), layers.2 (GaussianNoise)."
    with pytest.raises(EngineError, match=r"any of input, layers\.2"):
        find_site(BOTH, "gaussiannoise")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("inptu", "Did you mean `input`?"),
        ("0", r"layers\.0 is a Dense, which has no noise"),
        ("9", "9 is not a noise of article/hidden-before"),
        ("", "is not a noise"),
    ],
)
def test_an_unknown_site_is_named_with_the_nearest(name: str, message: str) -> None:
    with pytest.raises(EngineError, match=message) as raised:
        find_site(HIDDEN, name)
    assert "Sites are input (none yet), layers.1 (GaussianNoise)." in raised.value.hint


def test_every_site_of_a_network_is_listed() -> None:
    assert [site.name for site in sites(BOTH)] == ["input", "layers.2"]
    assert [site.name for site in sites(BASELINE)] == ["input"]


KEYS = {
    "noise/labels": "data.label_noise",
    "noise/gradients": "training.optimizer.eta",
    "noise/label-smoothing": "training.loss.label_smoothing",
    "controls/l2": "layers.0.kernel_regularizer.config.l2",
    "noise/weights": "layers.0.stddev",
    "noise/dropout": "layers.1.rate",
}


@pytest.mark.parametrize(("name", "key"), KEYS.items())
def test_every_strength_is_found_and_set_by_its_key(name: str, key: str) -> None:
    experiment = preset(name)
    site = find_site(experiment, key)
    assert site == default_site(experiment) == find_site(experiment, key.rpartition(".")[2])
    assert with_strengths(experiment, [(site, 0.25)]) == override(experiment, [f"{key}=0.25"])


def test_a_strength_that_a_layer_refuses_is_named_by_its_key() -> None:
    with pytest.raises(PresetError) as raised:
        with_strengths(HIDDEN, [(find_site(HIDDEN, "1"), 7.0)])
    assert raised.value.message == (
        "article/hidden-before: layers.1.stddev: expected a number from 0 to 1, received 7.0."
    )


def test_noise_on_the_weights_is_not_noise_at_the_input() -> None:
    weights = preset("noise/weights")
    assert [site.name for site in sites(weights)] == ["input", "layers.0"]
    assert find_site(weights, "input").new
    assert find_site(weights, "0").owner == "WeightNoise"


def test_strengths_inside_other_layers_are_sites() -> None:
    table = 'layers.0={class_name = "LSTM", units = 2, dropout = 0.1, recurrent_dropout = 0.2}'
    recurrent = override(preset("patterns/rnn-sine"), [table])
    names = ["input", "layers.0.dropout", "layers.0.recurrent_dropout", "layers.1"]
    assert [site.name for site in sites(recurrent)] == names
    penalty = 'layers.0.layer.config.kernel_regularizer={class_name = "L2", config = {l2 = 0.1}}'
    wrapped = override(preset("noise/weights"), [penalty])
    site = find_site(wrapped, "l2")
    assert site.key == "layers.0.layer.config.kernel_regularizer.config.l2"
    assert default_site(wrapped).key == "layers.0.stddev"


def test_any_labels_can_be_given_noise_but_those_of_a_regression() -> None:
    assert find_site(BASELINE, "data.label_noise").key == "data.label_noise"
    assert default_site(BASELINE).name == "input"
    with pytest.raises(DataError, match="expected classes to flip"):
        find_site(preset("regression/sine"), "label_noise")


def test_the_preset_that_has_a_missing_strength_is_named() -> None:
    with pytest.raises(EngineError, match="is not a noise of article/baseline") as raised:
        find_site(BASELINE, "training.optimizer.eta", lambda: load_presets().experiments)
    assert "noise/gradients has training.optimizer.eta" in raised.value.hint


def test_a_data_set_is_no_site() -> None:
    noisy = override(BASELINE, ["data.label_noise=0.1"])
    for experiment in (BASELINE, noisy):
        with pytest.raises(EngineError) as caught:
            find_site(experiment, "make_circles")
        assert "make_circles" not in caught.value.message.partition("baseline.")[2]
        assert "make_circles" not in caught.value.hint
    assert find_site(noisy, "labels").key == "data.label_noise"
