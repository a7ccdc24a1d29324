"""Sweeps on a scripted engine: the study of a grid, its stages, and what is kept of a stop."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scripted import FINGERPRINT, arm, failed, replicate

from hiss.errors import EngineError
from hiss.experiment.sites import default_site, find_site
from hiss.experiment.spec import Experiment, Study
from hiss.library.presets import find
from hiss.reports import sweep_report
from hiss.reports.sweep_sentences import sentences
from hiss.results.outcomes import Replicate, Result
from hiss.results.rows import Rows
from hiss.studies.plateau import Plateau
from hiss.studies.search import Axis, Search
from hiss.studies.sweep import Sweep, fresh_seed, stages

(PRESET,) = find("article/hidden-before")
(BOTH,) = find("extensions/input-and-hidden")
GRID = (0.0, 0.01, 0.1, 1.0)
MEANS = {0.0: 0.77, 0.01: 0.775, 0.1: 0.80, 1.0: 0.6}
Score = Callable[[float], float]


def search(*grids: tuple[float, ...], of: Experiment = PRESET, repeats: int = 6) -> Search:
    names = ("layers.1",) if of is PRESET else ("input", "layers.2")
    axes = (Axis(find_site(of, name), grid) for name, grid in zip(names, grids, strict=False))
    return Search(Study(arms=(of,), repeats=repeats, seed=3), tuple(axes))


def stddevs(experiment: Experiment) -> list[float]:
    return [one.arguments["stddev"] for one in experiment.layers if "stddev" in one.arguments]


class Trainer:
    """Trains nothing: scores follow from the strengths, plus a little that varies by seed."""

    def __init__(self, score: Score = lambda stddev: MEANS.get(stddev, 0.79)) -> None:
        self.score = score
        self.studies: list[Study] = []

    def __call__(self, study: Study) -> Result:
        self.studies.append(study)
        arms = (arm(*self.replicates(study, one), of=one) for one in study.arms)
        return Result(study, tuple(arms), FINGERPRINT, 2.0)

    def replicates(self, study: Study, of: Experiment) -> list[Replicate]:
        spread = np.random.default_rng(study.seed).normal(0, 0.01, study.repeats)
        own = np.random.default_rng(study.seed + 1).normal(0, 0.002, study.repeats)
        mean = self.score(sum(stddevs(of)))
        noise = spread - spread.mean() + sum(stddevs(of)) * own
        return [replicate(number, mean + value) for number, value in enumerate(noise)]


def swept(trainer: Trainer, plan: Search, **options: bool) -> Sweep:
    *_, last = stages(plan, trainer, **options)
    return last


def test_the_points_of_a_grid_are_arms_of_one_study_and_differ_in_strength_alone() -> None:
    study = search(GRID).study()
    assert (study.seed, study.repeats, study.mode) == (3, 6, "article")
    assert [stddevs(one) for one in study.arms] == [[0.0], [0.01], [0.1], [1.0]]
    assert [one.title for one in study.arms][:2] == ["σ = 0", "σ = 0.01"]
    silent, *others = (
        [layer.model_dump() for layer in one.layers if layer.class_name != "GaussianNoise"]
        for one in study.arms
    )
    assert all(other == silent for other in others)


def test_all_points_of_a_grid_have_one_compiled_structure() -> None:
    from hiss.data.replicate_data import ReplicateData
    from hiss.training.program_cache import structure

    study = search(GRID).study()
    samples = ReplicateData(PRESET.data, study.mode, study.seed)
    assert len({structure(one, samples) for one in study.arms}) == 1


@pytest.mark.parametrize("name", ["gradients", "labels", "weights", "alpha-dropout", "annealed"])
def test_a_strength_that_is_a_variable_or_of_the_data_is_compiled_once(name: str) -> None:
    from hiss.data.replicate_data import ReplicateData
    from hiss.training.program_cache import structure

    (preset,) = find(f"noise/{name}")
    axis = Axis(default_site(preset), (0.0, 0.1, 0.5))
    study = Search(Study(arms=(preset,)), (axis,)).study()
    assert (
        len({structure(one, ReplicateData(one.data, study.mode, study.seed)) for one in study.arms})
        == 1
    )


def test_the_best_its_plateau_and_a_confirmation_on_fresh_seeds_are_found() -> None:
    trainer = Trainer()
    found = swept(trainer, search(GRID))
    assert found.best == (0.1,)
    assert found.plateau == Plateau(0.1, 0.1)
    assert found.seconds == 4.0
    assert found.confirmation is not None
    grid, fresh = trainer.studies
    assert fresh.seed == fresh_seed(grid.seed) != grid.seed
    assert [stddevs(one) for one in fresh.arms] == [[0.0], [0.1]]
    comparison = found.confirmation.comparison
    assert (comparison.n, comparison.declared) == (6, 6)
    assert comparison.mean_difference == pytest.approx(0.03, abs=0.001)


def test_the_confirmation_does_not_touch_the_scores_of_the_search() -> None:
    plan = search(GRID)
    assert swept(Trainer(), plan).points == swept(Trainer(), plan, fresh=False).points


def test_a_grid_without_zero_is_still_confirmed_against_no_noise() -> None:
    found = swept(Trainer(), search((0.01, 0.1)))
    assert found.confirmation is not None
    assert [cell.place for cell in found.confirmation.cells] == [(0.0,), (0.1,)]


def test_there_is_nothing_to_confirm_where_no_noise_is_best() -> None:
    trainer = Trainer(lambda stddev: 0.8 - stddev / 10)
    found = swept(trainer, search(GRID))
    assert (found.best, found.confirmation, len(trainer.studies)) == ((0.0,), None, 1)
    assert sentences(found)[0].startswith("Best is no noise, with a test accuracy of 0.800")


def test_a_finer_grid_trains_only_new_points_about_the_plateau_on_the_same_seeds() -> None:
    trainer = Trainer()
    found = swept(trainer, search(GRID), finer=True, fresh=False)
    coarse, finer = trainer.studies
    assert finer.seed == coarse.seed
    assert [stddevs(one) for one in finer.arms] == [[0.032], [0.32]]
    assert [cell.place for cell in found.cells] == [
        (0.0,),
        (0.01,),
        (0.032,),
        (0.1,),
        (0.32,),
        (1.0,),
    ]
    assert not found.interim


def test_a_stage_is_trained_only_when_iterated_to() -> None:
    trainer = Trainer()
    next(stages(search(GRID), trainer, finer=True))
    assert len(trainer.studies) == 1


def test_a_stop_keeps_the_finished_points() -> None:
    class Stopped(Trainer):
        def __call__(self, study: Study) -> Result:
            whole = super().__call__(study)
            finished, cut = whole.arms[:2]
            stopped = tuple(replace(one, status="stopped") for one in cut.replicates)
            return replace(whole, arms=(finished, replace(cut, replicates=stopped)))

    found = swept(Stopped(), search(GRID), fresh=False)
    assert [cell.place for cell in found.cells] == [(0.0,)]
    assert found.interim
    assert sentences(found)[0].startswith("Interim, 1 of 4 points begun: Best is no noise")


def test_a_failed_training_is_counted_and_not_averaged() -> None:
    class Failing(Trainer):
        def replicates(self, study: Study, of: Experiment) -> list[Replicate]:
            whole = super().replicates(study, of)
            return [*whole[:-1], failed(5)] if stddevs(of) == [1.0] else whole

    found = swept(Failing(), search(GRID))
    assert [
        (point.n, cell.failed) for point, cell in zip(found.points, found.cells, strict=True)
    ] == [
        *[(6, 0)] * 3,
        (5, 1),
    ]
    assert not found.interim
    assert sentences(found)[0] == "Trainings that failed and are not averaged: 1."
    assert sweep_report.document(found)["points"][-1]["failed"] == 1


def test_one_training_a_point_has_no_plateau() -> None:
    found = swept(Trainer(), search(GRID, repeats=1))
    assert found.plateau is None
    text = " ".join(sentences(found))
    assert "A single training has no standard error" in text
    assert (
        "On 1 fresh repeat (other weights and noise, the same rows): σ = 0.1: cannot say, a single"
        in text
    )


def test_a_sweep_in_which_all_fail_has_no_best() -> None:
    class Failing(Trainer):
        def replicates(self, study: Study, of: Experiment) -> list[Replicate]:
            return [failed(number) for number in range(study.repeats)]

    found = swept(Failing(), search(GRID))
    assert sentences(found)[-1] == "There is no best point: no training has a score."
    document = json.loads(sweep_report.to_json(found))
    assert (document["best"], document["plateau"], document["confirmation"]) == (None, None, None)


def test_a_best_at_the_end_of_the_grid_asks_for_a_wider_one() -> None:
    text = sentences(swept(Trainer(), search((0.0, 0.01, 0.1))))
    assert "It is the strongest that was tried: a wider grid may do better." in text


def test_the_sentences_name_best_plateau_and_confirmation() -> None:
    best, flat, fresh = sentences(swept(Trainer(), search(GRID)))
    assert best.startswith("Best is σ = 0.1, with a test accuracy of 0.800 ± 0.0")
    assert flat == "No neighbour does as well within one standard error."
    assert fresh.startswith(
        "On 6 fresh repeats (other weights and noise, the same rows): "
        "σ = 0.1 lifts test accuracy by 3.0 points"
    )


def test_an_unconfirmed_best_comes_with_a_warning() -> None:
    text = sentences(swept(Trainer(), search(GRID), fresh=False))
    assert text[-1] == (
        "Not confirmed on fresh repeats: the best of a grid looks better than it is."
    )


def test_the_json_has_the_documented_keys() -> None:
    document = json.loads(sweep_report.to_json(swept(Trainer(), search(GRID))))
    assert document["schema"] == 2
    expected = {"preset": "article/hidden-before", "site": "layers.1", "argument": "stddev"}
    assert expected.items() <= document["sweep"].items()
    assert (document["sweep"]["mode"], document["sweep"]["repeats"]) == ("article", 6)
    first = document["points"][0]
    assert list(first) == ["strength", "n", "test_accuracy", "test_loss", "train_accuracy"]
    assert first["test_accuracy"].keys() == {"mean", "sd", "se"}
    assert document["best"] == {"strength": 0.1}
    assert document["plateau"] == {"from": 0.1, "to": 0.1}
    confirmation = document["confirmation"]
    assert confirmation["n"] == 6
    assert confirmation["seed"] == fresh_seed(3)
    assert [point["strength"] for point in confirmation["points"]] == [0.0, 0.1]


def test_the_csv_has_a_row_for_every_point() -> None:
    header, *rows = sweep_report.to_csv(swept(Trainer(), search(GRID))).splitlines()
    assert header.startswith("strength,n,test_accuracy_mean,test_accuracy_sd,test_accuracy_se,")
    assert [row.split(",")[0] for row in rows] == ["0.0", "0.01", "0.1", "1.0"]


def test_the_markdown_has_the_table_and_the_sentences() -> None:
    text = sweep_report.to_markdown(swept(Trainer(), search(GRID)))
    assert "| σ | n | Test ± SD |" in text
    assert "Best is σ = 0.1" in text


def test_two_sites_make_a_square_and_are_confirmed_against_no_noise_at_both() -> None:
    trainer = Trainer(lambda total: 0.8 - abs(total - 0.11))
    found = swept(trainer, search((0.0, 0.01), (0.0, 0.1), of=BOTH))
    assert [stddevs(one) for one in trainer.studies[0].arms] == [
        [0.0, 0.0],
        [0.0, 0.1],
        [0.01, 0.0],
        [0.01, 0.1],
    ]
    assert found.best == (0.01, 0.1)
    assert [stddevs(one) for one in trainer.studies[1].arms] == [[0.0, 0.0], [0.01, 0.1]]
    document = json.loads(sweep_report.to_json(found))
    assert document["points"][1] | {"n": 6} == document["points"][1]
    assert document["best"] == {"strength": 0.01, "strength2": 0.1}
    assert (document["sweep"]["site"], document["sweep"]["site2"]) == ("input", "layers.2")


def test_the_same_site_twice_is_refused() -> None:
    axis = Axis(find_site(PRESET, "1"), GRID)
    with pytest.raises(EngineError, match=r"layers\.1 is the first site already"):
        Search(Study(arms=(PRESET,)), (axis, axis))


def test_a_real_sweep_of_a_few_epochs_shares_weights_at_every_strength() -> None:
    from hiss.studies.runner import run_study

    training = PRESET.training.model_copy(update={"epochs": 5})
    short = PRESET.model_copy(update={"training": training})
    plan = replace(search((0.0, 0.5), repeats=2), base=Study(arms=(short,), repeats=2))

    def run(study: Study) -> Result:
        return run_study(study, lambda event: None, threading.Event())

    first = run(plan.study()).arms
    assert first[0].curves.values[0, 0, 0] != first[1].curves.values[0, 0, 0], "other noise"
    weights = [one.curves.values[0, list(one.curves.metrics).index("val_loss"), 0] for one in first]
    assert weights[0] == pytest.approx(weights[1], rel=0.02), "the same initial weights"
    found = swept(run, plan)  # type: ignore[arg-type]
    assert [point.n for point in found.points] == [2, 2]
    assert {"test_accuracy", "test_loss", "brier"} <= found.cells[0].replicates[0].scores.keys()
    again, fresh = found.cells[0].replicates, run(plan.study(seed=fresh_seed(1))).arms[0].replicates
    assert again[0].scores["test_loss"] != fresh[0].scores["test_loss"]


def test_a_sweep_over_splits_of_one_table_has_wider_standard_errors_and_its_chance() -> None:
    class Resplit(Trainer):
        def __call__(self, study: Study) -> Result:
            result = super().__call__(study)
            for one in result.arms:
                one.curves.rows = Rows(test_to_train=0.5, chance={"test_accuracy": 0.514})
            return result

    plain, wide = swept(Trainer(), search(GRID)), swept(Resplit(), search(GRID))
    for first, second in zip(plain.points, wide.points, strict=True):
        assert second.se == pytest.approx((first.se or 0.0) * (6 * (1 / 6 + 0.5)) ** 0.5)
    assert "(n = 6, chance is 0.514)" in sentences(wide)[0]
    assert sweep_report.document(wide)["sweep"]["chance"] == 0.514
