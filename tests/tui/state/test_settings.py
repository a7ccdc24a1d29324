from __future__ import annotations

from dataclasses import replace

from stage import ARTICLE, OTHERS

from hiss.experiment.spec import Study
from hiss.tui.state import settings, sweeping, transitions
from hiss.tui.state.model import Lab, Run
from hiss.tui.state.sweeping import targeted

RUN = Run(ARTICLE[0], 30, seed=1, mode="article")


def test_runs_of_one_study_are_labelled_by_it() -> None:
    assert settings.label((RUN, replace(RUN, experiment=ARTICLE[1]))) == (
        "seed 1 · 30 repeats · article mode"
    )
    assert settings.label(()) == ""
    assert settings.titled("Accuracy", ()) == "Accuracy"


def test_only_what_differs_tells_runs_apart() -> None:
    other = replace(RUN, repeats=1)
    assert settings.differences((RUN, other)) == ("30 repeats", "1 repeat")
    assert settings.differences((RUN, replace(other, seed=2))) == (
        "seed 1, 30 repeats",
        "seed 2, 1 repeat",
    )
    assert settings.differences((RUN, replace(RUN, mode="task"))) == ("article mode", "task mode")
    assert settings.differences((RUN, RUN)) == settings.differences(()) == ()
    assert settings.label((RUN, other)) == "different settings"


def test_an_arm_keeps_its_place_for_the_whole_session() -> None:
    lab = transitions.library_read(Lab(), ARTICLE + OTHERS, ())
    lab = transitions.study_started(lab, Study(arms=ARTICLE[1:3]))
    lab = transitions.cleared(transitions.study_ended(lab))
    lab = transitions.study_started(lab, Study(arms=ARTICLE, seed=2))
    assert [run.place for run in lab.runs] == [2, 0, 1, 3]


def test_all_points_of_a_sweep_have_the_place_of_their_preset() -> None:
    from hiss.tui.state import plan

    lab = transitions.library_read(Lab(), ARTICLE + OTHERS, ())
    lab = transitions.study_started(lab, Study(arms=ARTICLE[:2]))
    lab = targeted(transitions.study_ended(lab), ARTICLE[1].name)
    search = plan.search_of(lab)
    lab = sweeping.started(lab, search, search.study())
    assert {run.place for run in lab.sweeping.runs} == {1}
