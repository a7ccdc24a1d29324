from __future__ import annotations

import pytest

from hiss.data.seeds import Seeds
from hiss.errors import EngineError
from hiss.experiment.notation import with_values
from hiss.experiment.size import parameters
from hiss.experiment.spec import Experiment, Study
from hiss.library.presets import find, load_presets
from hiss.training import machine
from hiss.training.capacity import check_fits

BASELINE = find("article/baseline")[0]


@pytest.mark.parametrize("experiment", load_presets().experiments, ids=lambda each: each.name)
def test_the_estimate_is_what_keras_counts_or_less(experiment: Experiment) -> None:
    from hiss.network.build import build_network

    network = build_network(experiment, experiment.data.row_shape, Seeds(1, 0))
    counts = parameters(experiment)
    for table, layer, count in zip(experiment.layers, network.layers, counts, strict=True):
        assert count <= layer.count_params()
        if table.class_name == "Dense" and experiment.group in ("article", "classification"):
            assert count == layer.count_params()


@pytest.mark.parametrize(
    ("changes", "repeats", "message"),
    [
        ({"training.epochs": 10**12}, 1, "The curves of 1 repeats of 1,000,000,000,000 epochs"),
        ({}, 10**9, "The curves of 1,000,000,000 repeats of 4,000 epochs"),
        ({"layers.0.units": 10**9}, 30, "parameters, most of them in layers.0, take at least"),
    ],
)
def test_what_cannot_fit_is_refused_with_the_reason(
    changes: dict[str, object], repeats: int, message: str
) -> None:
    study = Study(arms=(with_values(BASELINE, changes),), repeats=repeats)
    with pytest.raises(EngineError) as caught:
        check_fits(study)
    assert message in caught.value.message
    assert "GB are available." in caught.value.message


def test_two_wide_layers_are_a_product(monkeypatch: pytest.MonkeyPatch) -> None:
    wide = {"class_name": "Dense", "units": 10**6}
    layers = [wide, wide, {"class_name": "Dense", "units": 1}]
    table = BASELINE.model_dump(exclude={"model"}) | {"layers": layers}
    experiment = Experiment.model_validate(table)
    assert parameters(experiment) == (3 * 10**6, (10**6 + 1) * 10**6, 10**6 + 1)
    with pytest.raises(EngineError, match=r"layers\.1, take at least 12,000 GB"):
        check_fits(Study(arms=(experiment,)))


def test_every_preset_fits_thirty_times() -> None:
    for experiment in load_presets().experiments:
        check_fits(Study(arms=(experiment,), repeats=30))


def test_what_fits_the_machine_but_not_what_is_available_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    study = Study(arms=(BASELINE,), repeats=30)
    monkeypatch.setattr(machine, "available_memory", lambda: 100_000)
    with pytest.raises(EngineError, match=r"0\.0 GB are available"):
        check_fits(study)
