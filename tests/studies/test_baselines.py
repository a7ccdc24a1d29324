"""Which experiments are compared with which, and what is checked before anything trains."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest
from scripted import FINGERPRINT, arm, replicate

from hiss.data.tables.selection import TableSelection
from hiss.errors import EngineError
from hiss.experiment.spec import Experiment, Study
from hiss.library.presets import dump, find
from hiss.library.templates import experiments_for, table_data
from hiss.library.user_presets import without_foreign_partner
from hiss.reports import comparison_report
from hiss.reports.comparison_report import verdict_columns
from hiss.reports.export import document
from hiss.results.outcomes import Result
from hiss.studies.baselines import (
    has_noise,
    noise_off,
    own_baseline,
    with_baselines,
    with_partners,
)
from hiss.studies.comparison import check_comparable, compare_all

ARTICLE = find("article")
IRIS = Path(str(files("sklearn.datasets") / "data" / "iris.csv"))


def names(arms: tuple[Experiment, ...]) -> list[str]:
    return [one.name for one in arms]


def study(*targets: str) -> Study:
    return Study(arms=tuple(one for target in targets for one in find(target)), repeats=8)


def result(arms: int = 4) -> Result:
    plan = Study(arms=ARTICLE, repeats=8)
    ended = (
        arm(*(replicate(n, 0.75 + place / 20 + n % 3 / 100 * place) for n in range(8)), of=of)
        for place, of in enumerate(ARTICLE[:arms])
    )
    return Result(plan, tuple(ended), FINGERPRINT, 1.0)


def test_a_partner_is_added() -> None:
    for target in ("extensions/repeated", "extensions/input-and-hidden"):
        assert names(with_baselines(find(target), None)) == ["article/baseline", target]


def test_a_single_preset_is_compared_with_the_noise_free_one_of_its_group() -> None:
    arms = with_baselines(find("article/hidden-after"), None)
    assert names(arms) == ["article/baseline", "article/hidden-after"]


def test_a_preset_without_a_partner_is_compared_with_itself_without_noise(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    _, noisy = experiments_for(table_data(TableSelection(path=IRIS, target="target")))
    path.write_text(dump(without_foreign_partner(noisy)), encoding="utf-8")
    plain, mine = with_baselines(find(str(path)), None)
    assert plain.layers[1].arguments == {"stddev": 0.0}
    assert plain.name == f"{mine.name}-baseline"
    check_comparable(Study(arms=(plain, mine), repeats=2, mode="task"), None, None)


@pytest.mark.parametrize("preset", find("noise"), ids=lambda one: one.name)
def test_every_noise_can_be_off(preset: Experiment) -> None:
    assert has_noise(preset)
    assert not has_noise(noise_off(preset))


def test_partners_are_found_among_any_known_experiments() -> None:
    known = (*ARTICLE, *find("extensions"))
    both = find("extensions/repeated") + find("extensions/input-and-hidden")
    assert names(with_partners(both, known)) == ["article/baseline", *names(both)]
    assert names(with_partners(ARTICLE[1:2], known)) == names(ARTICLE[:2])
    assert with_partners(ARTICLE[1:2], ()) == ARTICLE[1:2]
    assert with_partners((), known) == ()


def test_only_a_single_noisy_experiment_is_its_own_baseline() -> None:
    (off,) = own_baseline(ARTICLE[1:2])
    assert off.name == "article/input-noise-baseline"
    assert own_baseline(ARTICLE[:1]) == own_baseline(ARTICLE[1:]) == ()


def test_a_group_with_its_baseline_stays_as_it_is() -> None:
    assert with_baselines(ARTICLE, None) == ARTICLE
    assert with_baselines(ARTICLE, "hidden-after") == ARTICLE


def test_a_baseline_from_elsewhere_is_added() -> None:
    arms = with_baselines(find("article/hidden-after"), "article/input-noise")
    assert names(arms) == ["article/input-noise", "article/hidden-after"]


def test_an_added_preset_is_changed_likewise_except_for_noise() -> None:
    assignments = ["training.epochs=7", "layers.0.units=9", "layers.1.stddev=0.5"]
    baseline, _ = with_baselines(find("extensions/repeated"), None, assignments)
    assert baseline.training.epochs == 7
    assert baseline.layers[0].arguments["units"] == 9


@pytest.mark.parametrize(
    ("target", "assignment"),
    [
        ("noise/labels", "data.label_noise=0.2"),
        ("noise/gradients", "training.optimizer.eta=0.1"),
        ("controls/l2", "layers.0.kernel_regularizer.config.l2=0.1"),
        ("controls/early-stopping", "training.early_stopping.patience=5"),
    ],
)
def test_a_baseline_has_nothing_of_what_it_is_compared_on(target: str, assignment: str) -> None:
    baseline, _ = with_baselines(find(target), None, [assignment])
    assert baseline == ARTICLE[0]


@pytest.mark.parametrize(
    ("targets", "baseline", "metric", "message"),
    [
        (["article"], "basline", None, "basline is not an arm"),
        (["article"], None, "test_acuracy", "Did you mean `test_accuracy`"),
        (["article"], None, "test_rmse", "test_rmse is not measured here"),
        (["article/baseline"], None, None, "nothing to compare"),
        (["article/baseline", "classification/moons-baseline"], None, None, "nothing to compare"),
    ],
)
def test_what_cannot_be_compared_is_found_out_before_training(
    targets: list[str], baseline: str | None, metric: str | None, message: str
) -> None:
    with pytest.raises(EngineError, match=message):
        check_comparable(study(*targets), baseline, metric)


@pytest.mark.parametrize(
    ("metric", "score"),
    [
        ("test_accuracy", "test_accuracy"),
        ("brier", "brier"),
        ("AUC", "test_roc_auc"),
        ("train_neg_log_loss", "train_log_loss"),
        (None, None),
    ],
)
def test_every_metric_of_a_classification_can_be_compared(
    metric: str | None, score: str | None
) -> None:
    assert check_comparable(study("article"), None, metric) == score


def test_an_unknown_metric_is_answered_with_all_that_will_be_measured() -> None:
    with pytest.raises(EngineError) as raised:
        check_comparable(study("article"), None, "recall")
    known = ("train_balanced_accuracy", "test_f1", "test_mcc", "test_pr_auc", "brier")
    assert all(name in raised.value.hint for name in known)


def test_arms_that_a_stop_left_untrained_are_compared_as_unknown() -> None:
    found = compare_all(result(arms=1), baseline="hidden-after")
    assert [one.n for one in found] == [0, 0, 0]
    assert {one.verdict for one in found} == {"unknown"}


def test_a_repeated_studys_document_carries_its_comparisons() -> None:
    whole = json.loads(json.dumps(document(result()), allow_nan=False))
    assert [one["arm"] for one in whole["comparisons"]] == names(ARTICLE[1:])
    keys = "arm baseline metric n mean_difference ci95 dz p_improve p_permutation p_wilcoxon p_holm"
    assert set(keys.split()) <= whole["comparisons"][0].keys()
    assert whole["comparisons"][0]["rope"].keys() == {"worse", "same", "better"}


def test_the_csv_has_a_row_for_every_arm_with_flat_intervals() -> None:
    header, *rows = comparison_report.to_csv(compare_all(result())).splitlines()
    assert {"ci95_low", "ci95_high", "p_worse", "p_same", "p_better"} <= set(header.split(","))
    assert [row.split(",")[0] for row in rows] == names(ARTICLE[1:])


def test_the_markdown_has_a_table_and_every_sentence() -> None:
    found = compare_all(result())
    text = comparison_report.to_markdown(found)
    assert "| Arm | n | Difference | 95 % CI | d_z | P(improve) |" in text
    assert all(f"- {one.sentence}\n" in text for one in found)


def test_a_column_without_values_is_left_out() -> None:
    headers = [column.header for column in verdict_columns(compare_all(result(arms=1)))]
    assert headers == ["Arm", "n", "Verdict"]
