from __future__ import annotations

from dataclasses import replace

import pytest
from stage import ARTICLE, FINGERPRINT, METRICS, OTHERS, replicate

from hiss.experiment.spec import Study
from hiss.results.curves import Curves
from hiss.results.outcomes import Arm, ArmEnded, ArmStarted, BackendLoaded, Result, StudyEnded
from hiss.studies.sweep import finer_study
from hiss.tui.console.reducer import reduce, reported
from hiss.tui.screens.sweep import refusal as sweep_refusal
from hiss.tui.state import comparing, plan, queue, sweeping, transitions
from hiss.tui.state.model import Lab, Waiting
from hiss.tui.state.settings import Setting
from hiss.tui.widgets.readout import succession
from hiss.tui.workers import messages
from hiss.tui.workers.questions import about_sweep


@pytest.fixture
def lab() -> Lab:
    return reported(
        transitions.library_read(Lab(), ARTICLE + OTHERS, ()), BackendLoaded(FINGERPRINT)
    )


def study(*places: int, repeats: int = 1, seed: int = 1) -> Study:
    return Study(arms=tuple(ARTICLE[one] for one in places), repeats=repeats, seed=seed)


def started(lab: Lab, *entries: Waiting) -> Lab:
    for entry in entries:
        lab = queue.started(lab, entry)
    return lab


def over(lab: Lab) -> Lab:
    """Return the state after the last message about the running study."""
    return reduce(lab, messages.StudyOver())


def trained(lab: Lab) -> Lab:
    """Return the state once the running study has finished."""
    running = lab.latest_study
    assert running is not None
    arms = []
    for place, arm in enumerate(running.arms):
        curves = Curves(METRICS, running.repeats, arm.training.epochs)
        ended = tuple(replicate(arm, number) for number in range(running.repeats))
        arms.append(Arm(arm, ended, curves))
        lab = reported(lab, ArmStarted(place, curves))
        lab = reported(lab, ArmEnded(place, arms[-1]))
    return over(reported(lab, StudyEnded(Result(running, tuple(arms), FINGERPRINT, 1.0))))


def sweep(lab: Lab, name: str = "article/hidden-before") -> Waiting:
    lab = sweeping.targeted(transitions.declared_set(lab, 2), name)
    search = plan.search_of(lab)
    return Waiting(search.study(), "sweep", search)


def found(lab: Lab) -> Lab:
    """Return the state with the findings of its sweep."""
    question = about_sweep(lab)
    assert question is not None
    answer = question.answer()
    return sweeping.answered(lab, answer.key, answer.findings)


def finer(lab: Lab) -> Waiting:
    now = lab.sweeping
    assert now.findings is not None
    more = finer_study(now.findings.found)
    assert more is not None
    return Waiting(more, "sweep", now.search, "finer", now)


def names(lab: Lab) -> list[str]:
    return [queue.title(one) for one in lab.waiting]


FIRST, SECOND, THIRD = (Waiting(study(place)) for place in (1, 2, 3))


def test_a_study_begins_at_once_when_nothing_trains(lab: Lab) -> None:
    lab = queue.started(lab, FIRST)
    assert lab.running and lab.waiting == ()
    running = queue.running(lab)
    assert running is not None and running.study is FIRST.study


def test_what_is_started_while_something_trains_waits_in_its_order(lab: Lab) -> None:
    lab = started(lab, Waiting(study(0)), FIRST, SECOND, THIRD)
    assert names(lab) == ["input-noise", "hidden-before", "hidden-after"]
    assert [run.name for run in lab.runs] == ["article/baseline"]
    assert queue.position(lab, SECOND) == "waits: 2nd in the queue"
    assert queue.position(lab, Waiting(study(0))) == ""


def test_a_study_that_waits_keeps_the_settings_that_it_was_started_with(lab: Lab) -> None:
    lab = started(lab, Waiting(study(0)), Waiting(study(1, repeats=30, seed=7)))
    lab = transitions.mode_cycled(transitions.seed_set(transitions.repeats_set(lab, 2), 9))
    lab = over(lab)
    assert lab.study == study(1, repeats=30, seed=7)
    assert lab.runs[-1].setting == Setting(7, 30, "article")


@pytest.mark.parametrize("end", [trained, over, lambda lab: over(transitions.stop_asked(lab))])
def test_the_next_study_begins_when_one_has_finished_was_refused_or_stopped(
    lab: Lab, end: object
) -> None:
    lab = end(started(lab, Waiting(study(0)), FIRST, SECOND))  # type: ignore[operator]
    assert lab.phase == "running"
    assert lab.study is FIRST.study
    assert names(lab) == ["hidden-before"]
    lab = over(over(lab))
    assert not lab.running and lab.waiting == ()


def test_nothing_follows_an_empty_queue(lab: Lab) -> None:
    lab = over(queue.started(lab, FIRST))
    assert not lab.running
    assert queue.running(lab) is None
    assert queue.advanced(lab) is lab


def test_what_has_been_trained_stays_on_the_screen(lab: Lab) -> None:
    lab = trained(started(lab, Waiting(study(0)), FIRST))
    assert [run.name for run in lab.runs] == ["article/baseline", "article/input-noise"]
    assert lab.runs[0].replicates


def test_marks_are_used_up_by_the_start_and_later_ones_stay(lab: Lab) -> None:
    lab = queue.started(lab, Waiting(study(0)))
    lab = queue.started(transitions.group_toggled(lab), Waiting(study(0, 1, 2, 3)))
    assert lab.marked == frozenset()
    lab = over(transitions.mark_toggled(lab))
    assert lab.running and lab.marked == {"article/baseline"}


def test_runs_that_the_queue_replaces_come_back_one_after_another(lab: Lab) -> None:
    lab = started(lab, *(Waiting(study(0, repeats=2, seed=seed)) for seed in (1, 2, 3)))
    lab = trained(trained(trained(lab)))
    seen = []
    for _ in range(4):
        assert [run.name for run in lab.runs] == ["article/baseline"]
        seen.append(lab.runs[0].seed)
        lab = transitions.restored(lab)
    assert seen == [3, 2, 1, 3]


def test_undo_leaves_the_running_study(lab: Lab) -> None:
    lab = trained(started(lab, Waiting(study(0, seed=1)), Waiting(study(0, seed=2))))
    assert [run.seed for run in transitions.restored(lab).runs] == [2]
    assert [run.seed for run in transitions.restored(trained(lab)).runs] == [1]


def test_what_was_cleared_and_trained_again_by_hand_does_not_come_back(lab: Lab) -> None:
    lab = trained(queue.started(lab, Waiting(study(0, 1))))
    lab = trained(queue.started(transitions.cleared(lab), Waiting(study(0, seed=2))))
    back = transitions.restored(lab)
    assert {run.name: run.seed for run in back.runs} == {
        "article/baseline": 2,
        "article/input-noise": 1,
    }


def test_comparisons_that_the_queue_follows_come_back_one_after_another(lab: Lab) -> None:
    lab = started(lab, *(Waiting(study(0, one, repeats=2), "compare") for one in (1, 2)))
    lab = trained(lab)
    assert lab.comparing.targets[-1] == "article/hidden-before"
    lab = comparing.restored(trained(lab))
    assert [run.name for run in lab.comparing.runs] == ["article/baseline", "article/input-noise"]
    assert all(run.replicates for run in lab.comparing.runs)
    lab = comparing.restored(lab)
    assert lab.comparing.targets[-1] == "article/hidden-before"


def test_a_study_of_the_lab_leaves_the_comparison(lab: Lab) -> None:
    lab = started(lab, Waiting(study(0, 1, repeats=2), "compare"), Waiting(study(2)))
    ended = trained(lab)
    assert ended.comparing.study is lab.comparing.study
    assert all(run.replicates for run in ended.comparing.runs)


def test_a_sweep_that_waited_shows_its_own_grid_and_leaves_the_plan(lab: Lab) -> None:
    entry = sweep(lab, "article/input-noise")
    lab = started(lab, Waiting(study(0)), entry)
    lab = over(sweeping.targeted(lab, "article/hidden-after"))
    assert lab.where == "sweep"
    assert lab.sweeping.search is entry.search
    assert lab.sweeping.target == "article/hidden-after"
    assert {run.place for run in lab.sweeping.runs} == {lab.arms.index("article/input-noise")}


def test_a_sweep_that_the_queue_follows_comes_back_with_its_findings(lab: Lab) -> None:
    first, second = sweep(lab), sweep(lab, "article/input-noise")
    lab = trained(started(lab, first, second))
    assert lab.sweeping.search is second.search
    lab = found(sweeping.restored(trained(lab)))
    assert lab.sweeping.search is first.search and lab.sweeping.settled
    assert sweeping.restored(lab).sweeping.search is second.search


def test_late_findings_of_a_sweep_are_not_shown_for_the_next(lab: Lab) -> None:
    lab = started(lab, sweep(lab), sweep(lab, "article/input-noise"))
    ended = trained(lab)
    question = about_sweep(replace(ended, sweeping=ended.sweeping.before))
    assert question is not None
    late = question.answer()
    assert sweeping.answered(ended, late.key, late.findings) is ended


def test_a_further_stage_of_a_sweep_waits_before_other_studies(lab: Lab) -> None:
    lab = found(trained(queue.started(lab, sweep(lab))))
    lab = started(lab, Waiting(study(0)), FIRST)
    assert not sweep_refusal(lab, "refine")
    lab = queue.started(lab, finer(lab))
    assert names(lab) == ["finer grid of hidden-before, 5 points", "input-noise"]
    assert "waits already" in sweep_refusal(lab, "confirm")
    points = len(lab.sweeping.runs)
    lab = over(lab)
    assert (lab.where, lab.sweeping.stage) == ("sweep", "finer")
    assert len(lab.sweeping.runs) == points + 5
    assert "can be started then" in sweep_refusal(lab, "confirm")


def test_a_further_stage_goes_on_from_its_own_sweep_after_another_one(lab: Lab) -> None:
    first = found(trained(queue.started(lab, sweep(lab))))
    lab = started(first, Waiting(study(0)), finer(first), sweep(lab, "article/input-noise"))
    lab = trained(over(queue.moved(lab, 1, -1)))
    assert lab.sweeping.search is first.sweeping.search
    assert lab.sweeping.base is first.sweeping.findings.found  # type: ignore[union-attr]
    lab = sweeping.restored(trained(lab))
    assert lab.sweeping.search is not first.sweeping.search
    assert sweeping.restored(lab).sweeping.stage == "finer"


def test_studies_are_moved_put_first_and_dropped(lab: Lab) -> None:
    lab = started(lab, Waiting(study(0)), FIRST, SECOND, THIRD)
    assert queue.moved(lab, 0, 1).waiting == (SECOND, FIRST, THIRD)
    assert queue.moved(lab, 2, -2).waiting == (THIRD, FIRST, SECOND)
    assert queue.dropped(lab, 1).waiting == (FIRST, THIRD)
    assert queue.emptied(lab).waiting == ()


@pytest.mark.parametrize(("place", "step"), [(0, -1), (1, 1), (5, 1), (-1, 1)])
def test_no_study_is_moved_out_of_the_queue(lab: Lab, place: int, step: int) -> None:
    lab = started(lab, Waiting(study(0)), FIRST, SECOND)
    assert not queue.can_move(lab, place, step)
    assert queue.moved(lab, place, step) is lab


def test_a_study_is_found_by_itself_and_not_by_an_equal_one(lab: Lab) -> None:
    twin = Waiting(study(1))
    lab = started(lab, Waiting(study(0)), FIRST, twin)
    assert twin == FIRST
    assert (queue.place_of(lab, FIRST), queue.place_of(lab, twin)) == (0, 1)
    assert queue.place_of(lab, None) is None


def test_repeats_on_the_screen_in_training_and_in_the_queue_are_outdone(lab: Lab) -> None:
    one = Waiting(study(0, 1, 2))
    lab = trained(queue.started(lab, Waiting(study(0, repeats=3))))
    assert queue.outdone(lab, lab.runs, one) == {"article/baseline": 3}
    lab = started(lab, Waiting(study(1, repeats=30)), Waiting(study(2, repeats=10)))
    assert queue.outdone(lab, lab.runs, one) == {
        "article/baseline": 3,
        "article/input-noise": 30,
        "article/hidden-before": 10,
    }
    assert queue.outdone(lab, lab.runs, Waiting(study(0, 1, 2, repeats=30))) == {}


def test_a_sweep_replaces_no_runs_of_the_lab(lab: Lab) -> None:
    entry = sweep(lab)
    lab = queue.started(lab, Waiting(study(2, repeats=30)))
    assert queue.outdone(lab, lab.sweeping.runs, entry) == {}


def test_the_titles_say_what_is_trained(lab: Lab) -> None:
    assert queue.title(Waiting(study(0, 1))) == "baseline, input-noise"
    assert queue.title(Waiting(study(0, 1), "compare")) == "comparison of baseline, input-noise"
    assert queue.title(sweep(lab)) == "sweep of hidden-before, 6 points"


@pytest.mark.parametrize(
    ("number", "word"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd")]
)
def test_places_are_ordinal_numbers(lab: Lab, number: int, word: str) -> None:
    entries = [Waiting(study(0)) for _ in range(number + 1)]
    lab = started(lab, *entries)
    assert queue.position(lab, entries[-1]) == f"waits: {word} in the queue"


def test_the_running_study_is_named_by_the_screen_that_shows_it(lab: Lab) -> None:
    for entry in (Waiting(study(0)), Waiting(study(0, 1), "compare"), sweep(lab)):
        running = queue.running(queue.started(lab, entry))
        assert running is not None and queue.title(running) == queue.title(entry)


def test_a_succession_says_how_one_ended_and_what_follows(lab: Lab) -> None:
    lab = started(lab, Waiting(study(0)), FIRST)
    whole = Result(study(0), (), FINGERPRINT, 12.0)
    ending = reported(lab, StudyEnded(whole)).ending
    assert succession(ending, FIRST) == "Stopped: 0 of 1 arm, 12.0 s. Next: input-noise."
    assert succession(None, FIRST) == "Next: input-noise."
