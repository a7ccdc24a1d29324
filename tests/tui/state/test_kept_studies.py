from __future__ import annotations

from dataclasses import replace

from stage import ARTICLE, FINGERPRINT, METRICS, OTHERS, history, replicate

from hiss.experiment.spec import Study
from hiss.results.curves import Curves
from hiss.results.outcomes import Arm, Result
from hiss.store.entries import Entry
from hiss.store.records import Order, State
from hiss.studies.beside import SideBySide
from hiss.studies.reopen import Stage
from hiss.studies.search import Grid
from hiss.studies.sweep import searched
from hiss.tui.state import comparing, reopening, sweeping, transitions
from hiss.tui.state import history as kept
from hiss.tui.state.findings import Findings
from hiss.tui.state.kept import KeptAs, Reopened, Row
from hiss.tui.state.model import Lab

READ = transitions.library_read(Lab(), ARTICLE + OTHERS, ())
STUDY = Study(arms=ARTICLE[:2], seed=7, repeats=2)


def row(name: str, state: State = "finished", title: str = "article/baseline") -> Row:
    return Row(Entry(name, "2026-11-26T08:00", "run", title, (title,), 1, 1, "article", state))


def trained(study: Study, ended: int = 2) -> tuple[Arm, ...]:
    """Every arm of a study with some of its repeats."""
    arms = []
    for one in study.arms:
        curves = Curves(METRICS, study.repeats, one.training.epochs)
        for number in range(ended):
            curves.extend(number, history(one, number))
        arms.append(Arm(one, tuple(replicate(one, number) for number in range(ended)), curves))
    return tuple(arms)


def reopened(kind: str = "run", state: State = "finished", ended: int = 2) -> Reopened:
    options = {"baseline": "article/input-noise", "metric": "test_loss"}
    order = Order(kind, STUDY, options if kind == "compare" else {})  # type: ignore[arg-type]
    return Reopened("261126-k7qp", order, state, trained(STUDY, ended))


def swept(stages: int = 1) -> Reopened:
    study = Study(arms=ARTICLE[2:3], repeats=2)
    search = Grid(None, (0.0, 0.1)).search(study)
    result = Result(search.study(), trained(search.study()), FINGERPRINT, 1.0)
    sweep = searched(search, result)
    made = [Stage(result.study, result, sweep)]
    if stages > 1:
        fresh = search.study((0.0,), (0.1,), seed=99)
        made.append(Stage(fresh, Result(fresh, trained(fresh), FINGERPRINT, 1.0), sweep))
    return Reopened(
        "261126-swep", Order("sweep", study), "finished",
        search=search, stages=tuple(made), findings=Findings.of(sweep),
    )  # fmt: skip


LISTED = kept.listed(READ, (row("c"), row("b", "interrupted"), row("a", title="noise/mine")))


def test_the_newest_study_is_selected_and_the_cursor_stays_within_the_list() -> None:
    assert LISTED.history.selected == row("c")
    assert kept.moved(LISTED, -1).history.place == 0
    assert kept.moved(LISTED, 99).history.selected == row("a", title="noise/mine")


def test_a_new_study_does_not_move_the_cursor_once_it_is_set() -> None:
    lab = kept.moved(LISTED, 1)
    lab = kept.listed(lab, (row("d"), *lab.history.rows))
    assert lab.history.selected is not None and lab.history.selected.id == "b"
    assert lab.history.place == 2


def test_nothing_changes_where_the_list_is_the_same() -> None:
    assert kept.listed(LISTED, LISTED.history.rows) is LISTED


def test_studies_are_marked_in_order_and_those_that_are_gone_are_not() -> None:
    lab = kept.mark_toggled(kept.moved(LISTED, 2))
    lab = kept.mark_toggled(kept.moved(lab, -2))
    assert lab.history.marked == ("a", "c")
    assert kept.mark_toggled(lab).history.marked == ("a",)
    assert kept.forgotten(lab, "a").history.marked == ("c",)


def test_a_deleted_study_is_followed_by_the_one_below_it_or_above_it() -> None:
    lab = kept.moved(LISTED, 1)
    after = kept.forgotten(lab, "b")
    assert [one.id for one in after.history.rows] == ["c", "a"]
    assert after.history.cursor == "a"
    assert kept.forgotten(kept.moved(lab, 1), "a").history.cursor == "b"


def test_a_filter_lists_what_holds_the_text() -> None:
    lab = kept.filtered(LISTED, "MINE")
    assert [one.id for one in lab.history.shown] == ["a"]
    assert lab.history.selected is not None and lab.history.selected.id == "a"
    assert kept.filtered(lab, "").history.shown == LISTED.history.rows
    assert kept.filtered(lab, "zzz").history.selected is None


def test_an_interruption_is_said_until_something_is_started() -> None:
    entry = row("261126-k7qp", "interrupted").entry._replace(kind="sweep")
    lab = kept.interruption_found(READ, entry, "H")
    assert lab.history.interrupted == (
        "261126-k7qp (article, sweep) was interrupted: H, then R goes on"
    )
    lab = transitions.study_started(lab, STUDY)
    assert kept.interruption_found(lab, entry, "H") is lab
    assert kept.keeping_began(lab, "x", "").history.interrupted == ""


def test_what_is_started_is_kept_as_what_it_is() -> None:
    lab = transitions.study_started(READ, STUDY, compared=True)
    lab = replace(lab, comparing=replace(lab.comparing, baseline="article/baseline"))
    assert kept.kept_as(lab) == KeptAs("run")
    assert kept.kept_as(lab, True) == KeptAs("compare", baseline="article/baseline")


def test_a_further_stage_of_a_sweep_is_kept_with_its_grid() -> None:
    found = swept()
    assert found.search is not None and found.findings is not None
    lab = sweeping.started(sweeping.targeted(READ, ARTICLE[2].name), found.search, STUDY)
    assert kept.kept_as(lab) == KeptAs("sweep", found.search)
    lab = kept.keeping_began(lab, "261126-swep", "")
    lab = sweeping.answered(lab, lab.sweeping.trained, found.findings)
    lab = sweeping.continued(lab, "confirmation", STUDY)
    assert kept.kept_as(lab) == KeptAs("sweep", found.search, confirm=True, id="261126-swep")


def test_a_run_is_opened_in_the_lab_under_the_label_of_what_made_it() -> None:
    lab = reopening.opened(READ, reopened())
    assert [run.state for run in lab.runs] == ["ended", "ended"]
    assert lab.runs[0].setting.kept == "261126-k7qp"
    assert lab.runs[0].setting.seed == 7
    assert lab.study == STUDY
    assert not lab.running


def test_a_comparison_is_opened_with_its_baseline_and_metric_though_presets_changed() -> None:
    before = transitions.study_ended(transitions.study_started(READ, Study(arms=ARTICLE), True))
    lab = reopening.opened(replace(before, experiments=OTHERS), reopened("compare"))
    assert comparing.arms(lab) == STUDY.arms
    assert lab.comparing.baseline == "article/input-noise"
    assert lab.comparing.metric == "test_loss"
    assert comparing.restored(lab).comparing.study == before.comparing.study


def test_a_sweep_is_opened_with_all_its_stages() -> None:
    lab = reopening.opened(READ, swept(2))
    now = lab.sweeping
    assert now.stage == "confirmation" and now.settled
    assert len(now.runs) == len(now.confirming) == 2
    assert now.target == "article/hidden-before"
    assert now.grid is not None and now.grid.strengths == (0.0, 0.1)


def test_a_study_of_another_process_grows_and_keeps_what_was_selected() -> None:
    lab = reopening.opened(READ, reopened("compare", "running", 1))
    assert lab.history.watched == "261126-k7qp"
    assert {run.state for run in lab.runs} == {"training"}
    lab = replace(lab, comparing=replace(lab.comparing, metric="brier", cursor=0))
    lab = reopening.reread(lab, "261126-k7qp", reopened("compare", "running", 2))
    assert [len(run.replicates) for run in lab.comparing.runs] == [2, 2]
    assert lab.comparing.metric == "brier"
    lab = reopening.reread(lab, "261126-k7qp", reopened("compare", "finished", 2))
    assert lab.history.watched == ""
    assert {run.state for run in lab.runs} == {"ended"}


def test_a_study_that_is_not_looked_at_any_more_changes_nothing() -> None:
    assert reopening.reread(READ, "261126-k7qp", reopened()) is READ
    lab = reopening.opened(READ, reopened("run", "running"))
    assert reopening.reread(lab, "261126-k7qp", None).history.watched == ""


def test_nothing_is_opened_over_a_study_that_is_being_trained() -> None:
    lab = transitions.study_started(READ, STUDY)
    assert reopening.obstacle(lab, "compare") != ""
    assert reopening.obstacle(lab, "sweep") == ""
    opened = reopening.opened(lab, swept())
    assert opened.running and opened.where == "lab" and opened.study is STUDY


def test_a_study_goes_on_under_its_own_settings() -> None:
    lab = reopening.resumed(READ, reopened("compare", "interrupted"))
    assert lab.running and lab.comparing.study == STUDY
    assert lab.comparing.baseline == "article/input-noise"
    lab = reopening.resumed(READ, swept())
    assert lab.running and lab.where == "sweep"
    assert lab.sweeping.kept == "261126-swep"


def test_a_sweep_that_goes_on_comes_to_its_next_stage() -> None:
    found = swept()
    assert found.findings is not None
    lab = reopening.resumed(READ, found)
    fresh = Study(arms=STUDY.arms, seed=99)
    lab = reopening.stage_begun(lab, "confirmation", fresh, found.findings)
    assert lab.sweeping.stage == "confirmation" and lab.running
    assert lab.sweeping.base is found.findings.found
    stopping = transitions.stop_asked(lab)
    assert reopening.stage_begun(stopping, "finer", fresh, found.findings).phase == "stopping"


def test_arms_of_several_studies_are_compared_with_a_warning() -> None:
    arms = trained(STUDY)
    made_by = (("a", STUDY), ("b", Study(arms=STUDY.arms, seed=8, repeats=2)))
    lab = reopening.opened_beside(READ, SideBySide(STUDY, arms, made_by, ("seeds 7 and 8",)))
    assert lab.comparing.warning == "seeds 7 and 8"
    assert [run.seed for run in lab.comparing.runs] == [7, 8]
    assert comparing.arms(lab) == STUDY.arms
    assert comparing.arms(comparing.targeted(lab, ("article/baseline",))) != STUDY.arms
