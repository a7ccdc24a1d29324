from __future__ import annotations

import threading

import pytest

from hiss.errors import EngineError
from hiss.experiment.notation import dump, override, parse
from hiss.experiment.spec import Experiment, Study
from hiss.library.drafting import with_layer_order
from hiss.library.presets import find
from hiss.results.outcomes import Arm
from hiss.studies.runner import prepare, run_study
from hiss.training import block


def with_layer(preset: str, *before: dict[str, object]) -> Experiment:
    """A preset with layers put before its own, for one epoch."""
    (experiment,) = find(preset)
    text = with_layer_order(dump(experiment), [*before, *range(len(experiment.layers))])
    return override(parse(text, "mine.toml", "mine"), ["training.epochs=1"])


def trained(experiment: Experiment) -> Arm:
    return run_study(Study(arms=(experiment,)), lambda _: None, threading.Event()).arms[0]


ELASTIC = {"class_name": "RandomElasticTransform"}


@pytest.mark.slow
def test_a_layer_that_cannot_be_compiled_is_trained_by_stock_fit() -> None:
    arm = trained(with_layer("patterns/cnn", ELASTIC))
    assert "trained by stock fit: XLA cannot compile" in arm.engine_note
    assert arm.replicates[0].status == "finished"


def test_a_layer_that_does_not_fit_the_rows_is_the_users_mistake() -> None:
    with pytest.raises(EngineError, match="mine: the layers cannot be trained: Expected image"):
        trained(with_layer("article/baseline", ELASTIC))


def test_a_layer_that_fails_inside_a_graph_is_explained_by_what_failed() -> None:
    with pytest.raises(EngineError, match="cannot be trained: Cast float to string is not supp"):
        trained(with_layer("article/baseline", {"class_name": "StringLookup"}))


def test_what_may_not_compile_is_not_compiled_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(block, "precompile", None)
    prepare(Study(arms=(with_layer("article/baseline", ELASTIC),)))


@pytest.mark.slow
def test_layers_behind_a_mask_are_trained() -> None:
    arm = trained(with_layer("patterns/rnn", {"class_name": "Masking"}))
    assert arm.replicates[0].status == "finished"


@pytest.mark.parametrize(
    ("preset", "assignment", "message"),
    [
        ("article/baseline", "layers.1.units=2", "expected 1 output for a binary target"),
        ("classification/wine", "training.loss=bce", "training.loss: bce does not fit"),
    ],
)
def test_an_output_that_does_not_fit_the_target_is_explained(
    preset: str, assignment: str, message: str
) -> None:
    with pytest.raises(EngineError, match=message):
        trained(override(find(preset)[0], [assignment]))
