"""What was asked for comes back from the disk as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from hiss.errors import EngineError
from hiss.experiment.spec import Experiment, Study
from hiss.experiment.user_model import UserModel, parse_insertion
from hiss.library.adaptation import with_user_model
from hiss.library.presets import find, load_presets
from hiss.store.place import studies_in
from hiss.store.records import Order, create, read
from hiss.studies.orders import (
    ComparisonOptions,
    SweepOptions,
    compare_order,
    comparing_of,
    run_order,
    search_of,
    sweep_order,
    sweeping_of,
)
from hiss.studies.search import Grid

PRESETS = load_presets().experiments


def again(store: Path, order: Order) -> Order:
    return read(create(studies_in(store), order).folder).order


@pytest.mark.parametrize("preset", PRESETS, ids=lambda each: each.name)
def test_every_preset_comes_back(tmp_path: Path, preset: Experiment) -> None:
    order = run_order(Study(arms=(preset,), seed=7, repeats=3, mode="task", device="cpu"), True)
    assert again(tmp_path, order) == order


def test_all_presets_in_one_study_come_back(tmp_path: Path) -> None:
    how = ComparisonOptions("article/baseline", "test_loss", 0.02)
    order = compare_order(Study(arms=PRESETS), how)
    assert again(tmp_path, order) == order
    assert comparing_of(again(tmp_path, order)) == how


@pytest.mark.parametrize(
    "preset", [one for one in PRESETS if one.study.sweep], ids=lambda each: each.name
)
def test_every_proposed_sweep_comes_back(tmp_path: Path, preset: Experiment) -> None:
    search = Grid().search(Study(arms=(preset,), repeats=3))
    order = sweep_order(search, SweepOptions(refine=True, confirm=False))
    found = again(tmp_path, order)
    assert search_of(found) == search
    assert sweeping_of(found) == SweepOptions(refine=True, confirm=False)


@pytest.mark.parametrize(
    ("name", "grid"),
    [
        ("article/baseline", Grid("input", (0, 0.1))),
        ("article/hidden-before", Grid("input", (0, 0.1), "hidden", (0.1, 0.3))),
        ("extensions/input-and-hidden", Grid("input", site2="hidden", strengths2=(0, 1))),
        ("noise/gradients", Grid("training.optimizer.eta", (0, 0.3, 2))),
        ("controls/l2", Grid()),
        ("classification/wine", Grid("data.label_noise")),
    ],
)
def test_sweeps_of_every_kind_of_site_come_back(tmp_path: Path, name: str, grid: Grid) -> None:
    search = grid.search(Study(arms=find(name)))
    assert search_of(again(tmp_path, sweep_order(search, SweepOptions()))) == search


def test_a_users_model_comes_back(tmp_path: Path) -> None:
    model = UserModel(reference="/x/net.py:build", noise=(parse_insertion("dense:after:0.1"),))
    order = run_order(Study(arms=with_user_model(PRESETS[0], model)))
    assert again(tmp_path, order) == order


@pytest.mark.parametrize("options", [{}, {"axes": []}, {"axes": [{"site": "hidden"}]}])
def test_a_sweep_without_a_grid_is_named(options: dict[str, object]) -> None:
    with pytest.raises(EngineError, match="has no grid that hiss knows"):
        search_of(Order("sweep", Study(arms=find("article/hidden-before")), options))


def test_titles_name_what_a_study_is_about() -> None:
    article = Study(arms=find("article"))
    assert run_order(article).title == "article/baseline and 3 more"
    search = Grid().search(Study(arms=find("article/hidden-before")))
    assert sweep_order(search, SweepOptions()).title == "article/hidden-before: layers.1"
