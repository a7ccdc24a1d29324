from __future__ import annotations

import pytest

from hiss.errors import EngineError
from hiss.experiment.diagram import diagram
from hiss.experiment.notation import override, parse
from hiss.experiment.sites import default_site, sites, with_strengths
from hiss.experiment.spec import Experiment
from hiss.experiment.user_model import UserModel, format_insertion, parse_insertion
from hiss.library.adaptation import with_user_model
from hiss.library.presets import find
from hiss.studies.baselines import has_noise


def experiment(*noise: str) -> Experiment:
    own = UserModel(reference="/a/net.py:build", noise=tuple(map(parse_insertion, noise)))
    return with_user_model(find("article/baseline")[0], own)[-1]


@pytest.mark.parametrize("text", ["dense:after:0.1", "conv_2:before:0.25:SpatialDropout2D"])
def test_noise_is_written_as_it_is_read(text: str) -> None:
    assert format_insertion(parse_insertion(text)) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dense", "expected LAYER:before:STRENGTH"),
        (":after:0.1", "expected LAYER:before:STRENGTH"),
        ("dense:in:0.1", "where: expected 'before' or 'after', received 'in'"),
        ("dense:after:much", "strength: expected a number, received 'much'"),
        ("dense:after:1.5", "strength: expected at most 1"),
        ("dense:after:1:Dropout", "rate: expected a number of at least 0 and below 1"),
        ("dense:after:1:Dense", "class_name: expected one of"),
    ],
)
def test_noise_that_cannot_be_is_explained(text: str, said: str) -> None:
    with pytest.raises(EngineError) as caught:
        parse_insertion(text)
    assert said in caught.value.message


def test_an_own_model_is_drawn_without_running_it() -> None:
    assert diagram(experiment("dense:after:0.1")) == "x₂ ─ net.py:build ─ σ.1 after dense"


def test_noise_of_an_own_model_is_known_without_running_it() -> None:
    assert has_noise(experiment("dense:after:0.1"))
    assert not has_noise(experiment("dense:after:0"))
    assert not has_noise(experiment())


def test_noise_of_an_own_model_can_be_swept() -> None:
    noisy = experiment("dense:after:0.1", "dense:before:0.5:Dropout")
    assert [site.name for site in sites(noisy)] == ["dense:after", "dense:before"]
    swept = with_strengths(noisy, [(sites(noisy)[1], 0.25)])
    assert swept.model is not None
    assert [site.strength for site in swept.model.noise] == [0.1, 0.25]
    with pytest.raises(EngineError, match="no noise to sweep"):
        default_site(experiment())


def test_keys_of_an_own_model_can_be_set() -> None:
    changed = override(experiment("dense:after:0.1"), ["model.noise.0.strength=0.5"])
    assert changed.model is not None
    assert changed.model.noise[0].strength == 0.5


def test_a_preset_runs_no_code() -> None:
    text = 'title = "x"\nmodel = {reference = "/a/net.py:build"}\n'
    with pytest.raises(EngineError, match="a preset runs no code"):
        parse(text, "mine.toml", "mine")


def test_what_is_not_asked_for_is_not_written() -> None:
    plain = UserModel(reference="/a/net.py:build")
    assert plain.model_dump() == {"reference": "/a/net.py:build", "noise": ()}
    kept = UserModel(reference="/a/net.keras", weights="keep", metrics=("AUC",))
    written = kept.model_dump(mode="json")
    assert written.keys() == {"reference", "noise", "weights", "metrics"}
    assert UserModel.model_validate(written) == kept
