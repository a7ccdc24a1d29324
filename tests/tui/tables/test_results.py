from __future__ import annotations

from dataclasses import replace

import pytest
from rich.console import Console
from scripted import arm, experiment, failed, regression, replicate

from hiss.results.rows import Rows
from hiss.tui.tables.results import ArmRow, results_table

NAMES = ("article/baseline", "article/hidden-before")


def printed(*rows: ArmRow, width: int = 120) -> str:
    console = Console(width=width, highlight=False)
    with console.capture() as capture:
        console.print(results_table(rows, width))
    return capture.get()


def repeated(*tests: float) -> ArmRow:
    return ArmRow.of(arm(*(replicate(number, test) for number, test in enumerate(tests))))


def test_one_training_is_shown_with_its_best_epoch_and_the_published_scores() -> None:
    line = printed(ArmRow.of(arm(replicate()))).splitlines()[-1].split()
    assert line[:4] == ["article/baseline", "1.000", "0.750", "0.250"]
    assert "0.850 @ 3" in " ".join(line)
    assert "1.000 / 0.757" in " ".join(line)
    assert line[-1] == "finished"


def test_repeats_are_shown_as_mean_and_sd_with_the_interval_of_the_mean() -> None:
    text = printed(repeated(0.70, 0.75, 0.80))
    assert "Test ± SD" in text
    assert "0.750 ± 0.050" in text
    assert "0.607 to 0.853" in text, "logit(0.75) ± 4.303 × 0.05 / √3 / (0.75 × 0.25)"


def test_the_score_by_chance_is_beside_that_of_the_network() -> None:
    for ended in (arm(replicate()), arm(replicate(0), replicate(1))):
        ended.curves.rows = Rows(chance={"test_accuracy": 0.625})
        text = printed(ArmRow.of(ended))
        assert "Chance" in text and "0.625" in text
    of = experiment("regression/sine", published=None)
    ended = arm(regression(), of=of)
    ended.curves.rows = Rows(chance={"test_rmse": 0.707})
    assert "0.707" in printed(ArmRow.of(ended))


def test_repeats_that_split_one_table_have_a_wider_interval_within_0_and_1() -> None:
    ended = arm(*(replicate(number, test) for number, test in enumerate((0.9, 0.95, 1.0))))
    ended.curves.rows = Rows(test_to_train=0.25)
    text = printed(ArmRow.of(ended))
    assert "0.374 to 0.998" in text, "logit(0.95) ± 4.303 × 0.05 × √(1/3 + 1/4) / (0.95 × 0.05)"


def test_a_failed_replicate_is_counted_and_not_averaged() -> None:
    text = printed(ArmRow.of(arm(replicate(0, 0.7), failed(1), replicate(2, 0.8))))
    assert "0.750 ± 0.071" in text
    assert "2 finished, 1 failed" in text


def test_a_narrow_table_still_shows_that_some_failed() -> None:
    text = printed(ArmRow.of(arm(replicate(0), failed(1), replicate(2))), width=40)
    assert "2/3" in text


def test_failures_are_counted_while_the_arm_is_still_training() -> None:
    text = printed(ArmRow(experiment(), (replicate(0), failed(1)), "training"))
    assert "training, 1 failed" in text


def test_the_only_training_says_why_it_failed() -> None:
    assert "loss is NaN at epoch 3" in printed(ArmRow.of(arm(failed())))


def test_a_stopped_training_shows_what_it_reached() -> None:
    stopped = replace(replicate(), status="stopped")
    line = printed(ArmRow.of(arm(stopped))).splitlines()[-1]
    assert "0.750" in line
    assert line.split()[-1] == "stopped"


def test_an_arm_that_has_not_begun_has_no_numbers() -> None:
    text = printed(ArmRow(experiment(), (), "queued"))
    assert "queued" in text
    assert "nan" not in text.lower()


def test_regression_is_shown_by_its_errors() -> None:
    of = experiment("regression/sine", published=None)
    text = printed(ArmRow.of(arm(regression(), of=of)))
    assert "Test RMSE" in text and "0.250" in text and "Test R²" in text
    assert "Gap" not in text and "Published" not in text


@pytest.mark.parametrize("width", range(24, 120, 4))
def test_no_width_cuts_a_cell(width: int) -> None:
    rows = [ArmRow.of(arm(replicate(), of=experiment(name))) for name in NAMES]
    lines = printed(*rows, width=max(width, 32)).splitlines()
    assert all(len(line) <= max(width, 32) for line in lines)
    assert "…" not in "".join(lines)
    assert all(name in "".join(lines) for name in NAMES)
    assert all("0.750" in line for line in lines[-2:])


def test_a_narrow_table_gives_up_what_matters_least() -> None:
    row = ArmRow.of(arm(replicate()))
    assert "Best test" not in printed(row, width=64)
    assert "Gap" in printed(row, width=74) or "Published" in printed(row, width=74)
    assert "Train" in printed(row, width=40)
