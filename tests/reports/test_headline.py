"""A result in a line."""

from __future__ import annotations

import pytest
from scored_studies import (
    BASELINE,
    HIDDEN,
    SCORES,
    accuracies,
    hidden_against_baseline,
    replicate,
    study,
)

from hiss.experiment.spec import Study
from hiss.library.presets import find
from hiss.reports.headline import comparison_headline, run_headline, sweep_headline
from hiss.results.outcomes import Result
from hiss.studies.comparison import compare_all
from hiss.studies.search import Grid
from hiss.studies.sweep import confirmed, searched

TEN = accuracies(SCORES[:10])


def compared(result: Result) -> str:
    return comparison_headline(compare_all(result))


def test_a_run_is_its_score() -> None:
    ended = accuracies([0.81, 0.82, 0.83])
    assert run_headline(study((BASELINE, ended))) == "test accuracy 0.820 ± 0.010 SD, n = 3"
    assert run_headline(study((BASELINE, ended[:1]))) == "test accuracy 0.810"


def test_a_run_of_several_is_the_best() -> None:
    result = study((BASELINE, accuracies([0.7, 0.8])), (HIDDEN, accuracies([0.8, 0.9])))
    assert run_headline(result).startswith(
        "best noise-before-the-activation: test accuracy 0.850 ± 0.071 SD"
    )


def test_of_errors_the_smallest_is_the_best() -> None:
    low = [replicate(number, test_rmse=0.1 + number / 100) for number in range(2)]
    high = [replicate(number, test_rmse=0.4) for number in range(2)]
    result = study((BASELINE, high), (HIDDEN, low))
    assert run_headline(result).startswith("best noise-before-the-activation: test RMSE 0.105")


def test_without_scores_there_is_no_headline() -> None:
    failed = [replicate(0, "failed", "loss is NaN")]
    assert run_headline(study((BASELINE, failed))) == ""
    assert run_headline(study((BASELINE, []))) == ""
    assert comparison_headline(()) == ""


@pytest.mark.parametrize(
    ("lift", "spread", "expected"),
    [
        (0.057, 1, "noise-before-the-activation: better by 5.7 points, p Holm <0.001"),
        (-0.057, 1, "noise-before-the-activation: worse by 5.7 points, p Holm <0.001"),
        (0.0, 0.1, "noise-before-the-activation: same within 1.0 points"),
        (0.004, 3, "noise-before-the-activation: not settled: +0.4 points, p Holm "),
    ],
)
def test_a_comparison_is_its_verdict(lift: float, spread: float, expected: str) -> None:
    assert compared(hidden_against_baseline(lift, spread)).startswith(expected)


def test_of_several_comparisons_the_one_that_tells_most_is_named() -> None:
    worse = HIDDEN.model_copy(update={"name": "article/worse"})
    open_ = HIDDEN.model_copy(update={"name": "article/open"})
    result = study(
        (BASELINE, accuracies(SCORES)),
        (open_, accuracies(SCORES + 0.002 * (-1) ** SCORES.argsort())),
        (worse, accuracies(SCORES - 0.04 + 0.01 * SCORES)),
        (HIDDEN, accuracies(SCORES + 0.03 + 0.01 * SCORES)),
    )
    assert compared(result).startswith("noise-before-the-activation: better by 3.")


def test_what_cannot_be_said_has_its_reason() -> None:
    found = compared(hidden_against_baseline(0.1, n=3))
    assert found == "noise-before-the-activation: cannot say, fewer than 6 pairs"


def test_an_early_comparison_is_marked() -> None:
    result = study((BASELINE, TEN), (HIDDEN, accuracies(SCORES[:10] + 0.05)), repeats=30)
    assert compared(result).startswith("interim, 10 of 30: noise-before")


def test_a_sweep_is_its_best_strength_and_the_confirmation() -> None:
    arms = find("article/hidden-before")
    search = Grid(strengths=(0, 0.1)).search(Study(arms=arms, repeats=10))
    none, some = (search.arm(place) for place in search.places)
    lifted = accuracies(SCORES[:10] + 0.05 + 0.01 * SCORES[10:20])
    sweep = searched(search, study((none, TEN), (some, lifted), repeats=10))
    assert sweep_headline(sweep).startswith("best σ=0.1: test accuracy 0.8")
    fresh = study((none, TEN), (some, lifted), repeats=10)
    assert "; on fresh repeats better by 5." in sweep_headline(confirmed(sweep, fresh))
    begun = searched(search, study((none, TEN), repeats=10))
    assert sweep_headline(begun).startswith("interim: best σ=0: ")
    assert sweep_headline(searched(search, study((none, []), repeats=10))) == ""
