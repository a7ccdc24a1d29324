from __future__ import annotations

import pytest
from stage import ARTICLE, FINGERPRINT, METRICS, OTHERS, experiment, replicate

from hiss.experiment.spec import Plan, Study
from hiss.results.curves import Curves
from hiss.results.outcomes import (
    Arm,
    ArmEnded,
    ArmStarted,
    BackendLoaded,
    ReplicateEnded,
    Result,
    StudyEnded,
    TrainingStarted,
)
from hiss.tui.console.reducer import reported
from hiss.tui.screens.mixins.study import refusal
from hiss.tui.state import plan, transitions
from hiss.tui.state.model import Lab


@pytest.fixture
def lab() -> Lab:
    return transitions.library_read(Lab(), ARTICLE + OTHERS, ())


@pytest.fixture
def started(lab: Lab) -> Lab:
    return transitions.study_started(lab, Study(arms=ARTICLE[:2]))


def test_the_first_preset_is_highlighted_when_the_presets_are_read(lab: Lab) -> None:
    assert lab.highlighted == "article/baseline"
    assert lab.experiment == ARTICLE[0]


def test_no_presets_leave_nothing_to_train() -> None:
    lab = transitions.library_read(Lab(), (), ())
    assert lab.chosen == ()
    assert refusal(lab, "train")


def test_the_highlighted_preset_is_chosen_unless_others_are_marked(lab: Lab) -> None:
    assert lab.chosen == ARTICLE[:1]
    marked = transitions.highlighted(transitions.mark_toggled(lab), "article/hidden-after")
    assert marked.chosen == ARTICLE[:1]
    assert transitions.mark_toggled(marked).chosen == (ARTICLE[0], ARTICLE[3])


def test_a_second_press_takes_the_mark_away(lab: Lab) -> None:
    assert transitions.mark_toggled(transitions.mark_toggled(lab)) == lab


def test_a_group_is_marked_as_a_whole_and_unmarked_as_a_whole(lab: Lab) -> None:
    whole = transitions.group_toggled(transitions.mark_toggled(lab))
    assert whole.chosen == ARTICLE
    assert transitions.group_toggled(whole).marked == frozenset()


def test_repeats_go_through_the_usual_numbers_and_start_again(lab: Lab) -> None:
    seen = []
    for _ in range(5):
        lab = transitions.repeats_cycled(lab)
        seen.append(lab.repeats)
    assert seen == [10, 30, 100, 1, 10]
    assert transitions.repeats_cycled(transitions.repeats_set(lab, 12)).repeats == 30


def test_the_presets_propose_repeats_and_a_mode_until_others_are_set(lab: Lab) -> None:
    proposed = Plan(repeats=30, mode="task")
    repeated = experiment("mine/repeated").model_copy(update={"study": proposed})
    lab = transitions.library_read(lab, (repeated,), ())
    assert (plan.repeats(lab, "lab"), plan.study_mode(lab, "lab")) == (30, "task")
    study = plan.study_of(lab, lab.chosen, "lab", None)
    assert (study.repeats, study.mode) == (30, "task")
    lab = transitions.mode_cycled(transitions.repeats_set(lab, 2))
    assert (plan.repeats(lab, "lab"), plan.study_mode(lab, "lab")) == (2, "article")


def test_arms_wait_for_tensorflow_and_then_in_line(started: Lab) -> None:
    assert {run.state for run in started.runs} == {"loading TensorFlow"}
    ready = reported(started, BackendLoaded(FINGERPRINT))
    assert {run.state for run in ready.runs} == {"queued"}
    assert ready.backend == FINGERPRINT


def test_an_arm_goes_from_compiling_through_training_to_its_end(started: Lab) -> None:
    curves = Curves(METRICS, 1, 4000)
    seen = []
    ended = replicate(ARTICLE[1], 0)
    for event in (
        ArmStarted(1, curves),
        TrainingStarted(1),
        ReplicateEnded(1, ended),
        ArmEnded(1, Arm(ARTICLE[1], (ended,), curves)),
    ):
        started = reported(started, event)
        seen.append(started.runs[1].state)
    assert seen == ["compiling", "training", "training", "ended"]
    assert started.runs[1].curves is curves
    assert started.runs[1].replicates == (ended,)
    assert started.runs[0].state == "loading TensorFlow"


def test_a_study_runs_until_the_thread_has_ended_it(started: Lab) -> None:
    result = Result(started.study, (), FINGERPRINT, 1.0)
    assert reported(started, StudyEnded(result)).running
    assert not transitions.study_ended(started).running


def test_arms_that_never_began_leave_the_screen_when_the_study_ends(started: Lab) -> None:
    begun = reported(started, ArmStarted(0, Curves(METRICS, 1, 4000)))
    ended = transitions.study_ended(transitions.stop_asked(begun))
    assert [run.name for run in ended.runs] == ["article/baseline"]
    assert ended.runs[0].state == "ended"


def test_running_a_preset_again_replaces_its_run_and_keeps_the_others(started: Lab) -> None:
    for arm in (0, 1):
        started = reported(started, ArmStarted(arm, Curves(METRICS, 1, 4000)))
    again = transitions.study_started(transitions.study_ended(started), Study(arms=(ARTICLE[0],)))
    assert [run.name for run in again.runs] == ["article/input-noise", "article/baseline"]
    assert [run.name for run in again.studied] == ["article/baseline"]


def test_clearing_while_a_study_runs_leaves_that_study(started: Lab) -> None:
    curves = Curves(METRICS, 1, 4000)
    ended = transitions.study_ended(reported(started, ArmStarted(0, curves)))
    running = transitions.study_started(ended, Study(arms=(ARTICLE[2],)))
    assert [run.name for run in transitions.cleared(running).runs] == ["article/hidden-before"]
    assert transitions.cleared(ended).runs == ()


@pytest.mark.parametrize(
    ("action", "idle", "running", "stopping"),
    [
        ("train", True, True, True),
        ("stop", False, True, False),
        ("show_queue", False, True, True),
        ("rerun", False, True, True),
        ("clear", False, False, False),
        ("mark", True, True, True),
        ("show_problems", False, False, False),
        ("cycle_repeats", True, True, True),
    ],
)
def test_the_state_permits_what_makes_sense(
    lab: Lab, started: Lab, action: str, idle: bool, running: bool, stopping: bool
) -> None:
    states = (lab, started, transitions.stop_asked(started))
    assert tuple(not refusal(one, action) for one in states) == (idle, running, stopping)


def test_a_study_can_be_run_again_once_it_has_ended(started: Lab) -> None:
    assert not refusal(transitions.study_ended(started), "rerun")
