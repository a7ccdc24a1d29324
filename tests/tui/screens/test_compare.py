from __future__ import annotations

from dataclasses import replace

import pytest
from stage import ARTICLE, FINGERPRINT, METRICS, OTHERS, experiment, replicate

from hiss.experiment.spec import Plan, Study
from hiss.results.curves import Curves
from hiss.results.outcomes import ArmStarted, BackendLoaded, ReplicateEnded
from hiss.tui.console.reducer import reported
from hiss.tui.state import comparing, transitions
from hiss.tui.state.model import Comparing, Lab
from hiss.tui.tables.comparison import verdict_table
from hiss.tui.widgets.compare_board import caption, idle, planned, progress
from hiss.tui.workers.questions import about_comparison

NAMES = tuple(one.name for one in ARTICLE)


@pytest.fixture
def lab() -> Lab:
    return transitions.library_read(Lab(), ARTICLE + OTHERS, ())


def compared(lab: Lab, repeats: int = 3) -> Lab:
    """A comparison of the article, on its first two arms trained to their ends."""
    lab = transitions.study_started(lab, Study(arms=ARTICLE, repeats=repeats), compared=True)
    lab = reported(lab, BackendLoaded(FINGERPRINT))
    for arm in (0, 1):
        lab = reported(lab, ArmStarted(arm, Curves(METRICS, repeats, 4000)))
        for number in range(repeats):
            lab = reported(lab, ReplicateEnded(arm, replicate(ARTICLE[arm], number)))
    return lab


def asked(lab: Lab) -> Lab:
    question = about_comparison(lab)
    assert question is not None
    return comparing.answered(lab, question.answer().comparisons)


def test_what_is_marked_is_compared(lab: Lab) -> None:
    lab = comparing.entered(replace(lab, marked=frozenset(NAMES[1:3])))
    assert lab.comparing.targets == NAMES[1:3]


def test_an_experiment_alone_is_joined_by_the_one_without_noise(lab: Lab) -> None:
    lab = comparing.entered(transitions.highlighted(lab, NAMES[2]))
    assert comparing.arms(lab) == (ARTICLE[0], ARTICLE[2])


def test_an_experiment_without_a_partner_is_joined_by_itself_without_noise(lab: Lab) -> None:
    noisy = ARTICLE[2].model_copy(update={"name": "mine/noisy"})
    lab = transitions.library_read(lab, (*ARTICLE, noisy), ())
    off, on = comparing.arms(comparing.targeted(lab, ("mine/noisy",)))
    assert on == noisy
    assert off.name == "mine/noisy-baseline"
    assert off.layers[1].arguments["stddev"] == 0


def test_partners_are_added_and_stand_first(lab: Lab) -> None:
    paired = experiment("mine/noisy").model_copy(update={"study": Plan(partner=NAMES[3])})
    lab = transitions.library_read(lab, (*ARTICLE, paired), ())
    assert comparing.arms(comparing.targeted(lab, ("mine/noisy",))) == (ARTICLE[3], paired)


def test_a_baseline_alone_is_compared_with_its_whole_group(lab: Lab) -> None:
    assert comparing.arms(comparing.entered(lab)) == ARTICLE


def test_nothing_read_means_nothing_to_compare() -> None:
    lab = comparing.entered(Lab())
    assert about_comparison(lab) is None
    assert idle(lab, 80) == "p chooses presets to compare"
    assert planned(lab) == ""


def test_coming_back_keeps_what_was_compared(lab: Lab) -> None:
    lab = compared(comparing.entered(lab))
    again = comparing.entered(transitions.highlighted(lab, NAMES[2]))
    assert again.comparing == lab.comparing


def test_other_targets_wait_until_the_comparison_has_ended(lab: Lab) -> None:
    lab = compared(comparing.entered(lab))
    assert comparing.targeted(lab, NAMES[:2]) is lab
    ended = transitions.study_ended(lab)
    other = comparing.targeted(ended, NAMES[:2])
    assert replace(other.comparing, before=None) == Comparing(NAMES[:2])
    assert comparing.restored(other).comparing == ended.comparing


def test_before_training_every_arm_stands_there_without_numbers(lab: Lab) -> None:
    lab = asked(comparing.entered(lab))
    assert [one.n for one in lab.comparing.comparisons] == [0, 0, 0]
    assert {one.declared for one in lab.comparing.comparisons} == {30}
    assert progress(lab) == "30 repeats declared"


def test_arms_that_have_ended_are_compared_while_others_train(lab: Lab) -> None:
    lab = asked(compared(comparing.entered(lab)))
    assert [one.n for one in lab.comparing.comparisons] == [3, 0, 0]
    assert progress(lab) == "interim · 3 repeats declared"
    assert caption(lab) == "Test accuracy, in points; ░ is ±1; chance is 0.514"


def test_the_lab_shows_the_curves_of_what_is_compared(lab: Lab) -> None:
    lab = compared(comparing.entered(lab))
    assert lab.runs == lab.comparing.runs


def test_a_study_of_the_lab_that_repeats_several_arms_is_compared_too(lab: Lab) -> None:
    lab = transitions.study_started(lab, Study(arms=ARTICLE[:2], repeats=10))
    assert lab.comparing.targets == NAMES[:2]
    once = transitions.study_started(transitions.study_ended(lab), Study(arms=ARTICLE, repeats=1))
    assert once.comparing.targets == NAMES[:2], "one training each would end the comparison"


def test_clearing_the_lab_leaves_the_comparison(lab: Lab) -> None:
    lab = transitions.cleared(transitions.study_ended(compared(comparing.entered(lab))))
    assert lab.runs == ()
    assert len(lab.comparing.runs) == 2
    assert comparing.cleared(lab).comparing.runs == ()


def test_metrics_are_those_that_have_been_measured(lab: Lab) -> None:
    lab = comparing.entered(lab)
    assert comparing.metrics(lab) == (
        *("test_accuracy", "test_loss", "brier", "test_balanced_accuracy", "test_f1"),
        *("test_roc_auc", "test_pr_auc", "test_log_loss", "test_mcc"),
    )
    lab = compared(lab)
    assert comparing.metrics(lab) == ("test_accuracy", "test_loss")
    lab = comparing.metric_cycled(lab)
    assert lab.comparing.metric == "test_loss"
    assert comparing.metric_cycled(lab).comparing.metric == "test_accuracy"


def test_a_metric_that_the_arms_do_not_have_is_not_compared(lab: Lab) -> None:
    lab = replace(lab, comparing=replace(lab.comparing, metric="test_rmse"))
    assert comparing.metric(lab) == ""
    lab = replace(lab, comparing=replace(lab.comparing, metric="test_loss"))
    assert comparing.metric(lab) == "test_loss"


def test_every_arm_can_be_the_baseline(lab: Lab) -> None:
    lab, seen = compared(comparing.entered(lab)), []
    for _ in range(5):
        lab = comparing.baseline_cycled(lab)
        seen.append(lab.comparing.baseline)
    assert seen == [*NAMES, ""]
    other = asked(comparing.baseline_cycled(comparing.baseline_cycled(lab)))
    assert {one.baseline for one in other.comparing.comparisons} == {NAMES[1]}


def test_the_cursor_stays_on_the_comparisons(lab: Lab) -> None:
    lab = asked(compared(comparing.entered(lab)))
    for _ in range(5):
        lab = comparing.cursor_moved(lab, 1)
    assert lab.comparing.current is lab.comparing.comparisons[2]
    assert comparing.cursor_moved(lab, -9).comparing.cursor == 0
    assert comparing.cursor_moved(comparing.entered(Lab()), 1).comparing.current is None


def test_an_answer_about_other_arms_comes_too_late(lab: Lab) -> None:
    late = asked(compared(comparing.entered(lab))).comparing.comparisons
    other = comparing.targeted(lab, ("patterns/mlp", "extensions/input-and-hidden"))
    assert comparing.answered(other, late) is other


@pytest.mark.parametrize("width", [44, 60, 80, 120, 200])
@pytest.mark.parametrize("short", [False, True])
def test_the_verdict_is_the_last_column_to_give_way(lab: Lab, width: int, short: bool) -> None:
    lab = asked(compared(comparing.entered(lab)))
    table = verdict_table(lab.comparing.comparisons, width, short)
    assert "Verdict" in [column.header for column in table.columns]
