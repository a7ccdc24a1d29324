from __future__ import annotations

from pathlib import Path

import pytest
from stage import experiment

from hiss.errors import EngineError
from hiss.experiment.user_model import UserModel
from hiss.library.adaptation import with_user_model
from hiss.tui.state import models
from hiss.tui.state.choices import Choice
from hiss.tui.state.models import ModelChoice, Opened

NETWORK = ModelChoice("/models/net.py:build", "data/people")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("net.py:build", ("net.py", "build")),
        ("a:b/net.py:build", ("a:b/net.py", "build")),
        ("net.py", ("net.py", "")),
        ("net.keras", ("net.keras", "")),
        ("table.csv", ("table.csv", "")),
        ("odd:name.csv", ("odd:name.csv", "")),
        ("", ("", "")),
    ],
)
def test_a_reference_is_split_at_its_name(text: str, parts: tuple[str, str]) -> None:
    assert models.split(text) == parts


def test_noise_replaces_the_same_kind_at_the_same_place_alone() -> None:
    choice = models.noise_put(NETWORK, "dense:after:0.1")
    choice = models.noise_put(choice, "dense:after:0.2:Dropout")
    choice = models.noise_put(choice, "body/deep:before:0.3")
    choice = models.noise_put(choice, "dense:after:0.5")
    assert choice.noise == ("dense:after:0.2:Dropout", "body/deep:before:0.3", "dense:after:0.5")
    assert models.noise_at(choice, "dense") == ("after:0.2:Dropout", "after:0.5")
    assert models.noise_removed(choice, "dense").noise == ("body/deep:before:0.3",)


def test_weights_are_usual_drawn_or_kept() -> None:
    chosen = [NETWORK]
    for _ in range(3):
        chosen.append(models.weights_switched(chosen[-1]))
    assert [each.weights for each in chosen] == [None, "draw", "keep", None]


def test_a_model_takes_the_data_of_another_model_rather_than_that_model() -> None:
    opened = (
        Opened(Choice(Path("people.csv")), frozenset({"data/people"})),
        Opened(NETWORK, frozenset({"model/build", "model/build-baseline"})),
    )
    assert models.data_for(opened, "model/build") == "data/people"
    assert models.data_for(opened, "data/people") == "data/people"
    assert models.data_for(opened, "article/baseline") == "article/baseline"


def test_the_experiments_of_a_model_are_listed_as_a_pair() -> None:
    spec = UserModel(reference=NETWORK.reference)
    (plain,) = models.listed_as(with_user_model(experiment("article/baseline"), spec), NETWORK)
    assert (plain.name, plain.study.partner) == ("model/build-baseline", None)
    noisy = models.noise_put(NETWORK, "dense:after:0.1")
    pair = with_user_model(experiment("article/baseline"), models.user_model(noisy))
    baseline, arm = models.listed_as(pair, noisy)
    assert baseline.name == plain.name
    assert (arm.name, arm.study.partner) == ("model/build", plain.name)
    assert models.listed_as(pair, ModelChoice("/models/net.keras"))[1].name == "model/net"


def test_noise_that_was_remembered_is_checked() -> None:
    with pytest.raises(EngineError, match="expected LAYER:before"):
        models.user_model(ModelChoice("/models/net.py:build", noise=("\x1b[2J",)))
