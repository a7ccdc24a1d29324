from __future__ import annotations

import pytest
from rich.text import Text
from stage import ARTICLE, FINGERPRINT, METRICS, OTHERS, replicate

from hiss.results.curves import Curves
from hiss.results.outcomes import Arm, ArmEnded, ArmStarted, BackendLoaded, ReplicateEnded
from hiss.studies.search import Grid
from hiss.studies.sweep import confirmation_study, finer_study
from hiss.tui.charts.axes import strength_labels, strength_positions
from hiss.tui.charts.curves import Strength, SweepPicture
from hiss.tui.charts.heat_map import LEVELS, Palette, heat_lines
from hiss.tui.charts.plotext_backend import draw_sweep
from hiss.tui.console.reducer import reported
from hiss.tui.screens.sweep import refusal
from hiss.tui.state import plan, sweeping, transitions
from hiss.tui.state.model import Lab
from hiss.tui.style.glyphs import GLYPHS
from hiss.tui.style.themes import DARK, picture_style
from hiss.tui.widgets.sweep import idle, planned, point_lines, title
from hiss.tui.workers.questions import about_sweep

DRESS = picture_style(DARK, GLYPHS["braille"])


@pytest.fixture
def lab() -> Lab:
    read = transitions.library_read(Lab(), ARTICLE + OTHERS, ())
    return sweeping.entered(transitions.highlighted(read, "article/hidden-before"))


def begun(lab: Lab, repeats: int = 2) -> Lab:
    lab = transitions.declared_set(lab, repeats)
    search = plan.search_of(lab)
    lab = sweeping.started(lab, search, search.study())
    return reported(lab, BackendLoaded(FINGERPRINT))


def trained(lab: Lab, arms: int = 99) -> Lab:
    """The present stage, with so many of its arms trained."""
    study = lab.sweeping.study
    assert study is not None
    for place, arm in enumerate(study.arms[:arms]):
        curves = Curves(METRICS, study.repeats, 4000)
        lab = reported(lab, ArmStarted(place, curves))
        ended = tuple(replicate(arm, number) for number in range(study.repeats))
        for one in ended:
            lab = reported(lab, ReplicateEnded(place, one))
        lab = reported(lab, ArmEnded(place, Arm(arm, ended, curves)))
    return answered(lab)


def answered(lab: Lab) -> Lab:
    question = about_sweep(lab)
    if question is None:
        return lab
    found = question.answer()
    return sweeping.answered(lab, found.key, found.findings)


def whole(lab: Lab) -> Lab:
    return transitions.study_ended(trained(begun(lab)))


def continued(lab: Lab, stage: sweeping.Stage) -> Lab:
    assert lab.sweeping.findings is not None
    found = lab.sweeping.findings.found
    study = finer_study(found) if stage == "finer" else confirmation_study(found)
    assert study is not None
    return sweeping.continued(lab, stage, study)


def test_the_highlighted_preset_is_swept_over_the_grid_that_suits_it(lab: Lab) -> None:
    assert planned(lab) == "hidden-before · σ 0, 0.01, 0.03, 0.1, 0.3, 1 at layers.1"
    assert idle(lab, 80) == "6 points × 30 repeats · enter sweeps them"


def test_two_noises_are_swept_together(lab: Lab) -> None:
    both = sweeping.targeted(lab, "extensions/input-and-hidden")
    assert len(plan.search_of(both).axes) == 2


def test_sites_are_gone_through_and_a_second_one_comes_and_goes(lab: Lab) -> None:
    first = plan.next_site(lab, second=False)
    assert first is not None and first.site == "input"
    second = plan.next_site(lab, second=True)
    assert second is not None
    pair = sweeping.gridded(lab, second)
    assert [axis.site.name for axis in plan.search_of(pair).axes] == ["layers.1", "input"]
    none = plan.next_site(pair, second=True)
    assert none is not None
    assert len(plan.search_of(sweeping.gridded(lab, none)).axes) == 1


def test_a_grid_of_ones_own_is_planned(lab: Lab) -> None:
    lab = sweeping.gridded(lab, Grid(strengths=(0.0, 0.5)))
    assert planned(lab) == "hidden-before · σ 0, 0.5 at layers.1"


def test_points_fill_in_as_their_trainings_end(lab: Lab) -> None:
    lab = trained(begun(lab), arms=2)
    findings = lab.sweeping.findings
    assert findings is not None
    assert list(findings.points["test_accuracy"]) == [(0.0,), (0.01,)]
    assert findings.sentences[0].startswith("Interim, 2 of 6 points")


def test_points_are_judged_by_the_next_score(lab: Lab) -> None:
    assert refusal(lab, "next_metric") == "There are no scores yet: enter sweeps."
    lab = whole(lab)
    assert sweeping.metrics(lab) == ("test_accuracy", "test_loss")
    by_loss = answered(sweeping.metric_cycled(lab))
    assert by_loss.sweeping.findings is not None
    assert by_loss.sweeping.findings.found.metric == "test_loss"
    assert by_loss.sweeping.findings.sentences[0].startswith("Best is") and "loss" in title(by_loss)
    again = answered(sweeping.metric_cycled(by_loss))
    assert again.sweeping.findings is not None and lab.sweeping.findings is not None
    assert again.sweeping.findings.sentences == lab.sweeping.findings.sentences
    assert "by this score" in refusal(continued(lab, "finer"), "next_metric")


def test_the_lab_keeps_its_runs_while_a_sweep_trains(lab: Lab) -> None:
    assert trained(begun(lab)).runs == lab.runs


def test_a_stopped_sweep_keeps_its_finished_points(lab: Lab) -> None:
    lab = answered(transitions.study_ended(transitions.stop_asked(trained(begun(lab), arms=3))))
    assert lab.sweeping.findings is not None
    assert len(lab.sweeping.findings.found.cells) == 3
    assert not refusal(lab, "refine")


def test_findings_are_asked_for_once(lab: Lab) -> None:
    lab = begun(lab)
    assert about_sweep(lab) is None, "nothing has ended"
    lab = trained(lab, arms=1)
    assert about_sweep(lab) is None, "nothing has changed"
    assert lab.sweeping.settled


def test_a_finer_grid_is_added_to_the_first(lab: Lab) -> None:
    lab = whole(lab)
    finer = trained(continued(lab, "finer"))
    assert finer.sweeping.findings is not None and lab.sweeping.findings is not None
    assert len(finer.sweeping.findings.found.cells) > len(lab.sweeping.findings.found.cells)
    assert len(finer.sweeping.runs) == len(finer.sweeping.findings.found.cells)


def test_a_confirmation_is_reported_apart(lab: Lab) -> None:
    lab = whole(lab)
    assert lab.sweeping.findings is not None
    fresh = trained(continued(lab, "confirmation"))
    assert fresh.sweeping.findings is not None
    assert fresh.sweeping.findings.found.cells == lab.sweeping.findings.found.cells
    assert fresh.sweeping.findings.found.confirmation is not None
    assert fresh.sweeping.runs == lab.sweeping.runs
    assert "fresh repeats" in fresh.sweeping.findings.sentences[-1]


def test_stages_wait_for_their_turn(lab: Lab) -> None:
    assert not refusal(lab, "sweep")
    assert refusal(lab, "refine")
    assert not refusal(begun(lab), "sweep"), "it joins the queue"
    assert refusal(trained(begun(lab)), "confirm")
    assert not refusal(whole(lab), "refine")
    assert not refusal(lab, "stop"), "that is for others to say"


def test_the_cursor_follows_the_training_until_it_is_moved(lab: Lab) -> None:
    lab = begun(lab)
    assert sweeping.place(lab) == (0.0,)
    lab = trained(lab, arms=2)
    assert sweeping.place(lab) == (0.03,)
    lab = sweeping.moved(lab, 1, 0)
    assert sweeping.place(trained(lab)) == (0.1,)
    assert sweeping.place(sweeping.moved(lab, 0, -99)) == (0.0,)


def test_the_cursor_comes_to_rest_on_the_best(lab: Lab) -> None:
    lab = whole(lab)
    assert lab.sweeping.findings is not None
    assert sweeping.place(lab) == lab.sweeping.findings.best


def test_arrows_go_over_two_sites_in_both_directions(lab: Lab) -> None:
    lab = begun(sweeping.targeted(lab, "extensions/input-and-hidden"))
    lab = sweeping.moved(sweeping.moved(lab, 1, 0), 0, 2)
    assert sweeping.place(lab) == (0.1, 0.03)
    run = sweeping.run_at(lab, sweeping.place(lab))
    assert run is not None and run.name.endswith("σ=0.1 σ₂=0.03")


def test_a_new_plan_leaves_what_was_found(lab: Lab) -> None:
    lab = sweeping.targeted(whole(lab), "article/hidden-after")
    assert lab.sweeping.findings is not None
    assert title(lab).endswith("hidden-before")
    assert planned(lab).startswith("next: hidden-after")
    assert sweeping.cleared(lab).sweeping.findings is None


def test_a_points_numbers_are_shown_with_their_spread(lab: Lab) -> None:
    lab = whole(lab)
    lines = point_lines(lab, (0.1,), 60)
    assert lines[0].startswith("n 2 of 2")
    assert "SD, SE" in lines[1]
    assert "SE" not in point_lines(lab, (0.1,), 30)[1]
    assert point_lines(lab, (0.55,), 60) == ["Nothing has been trained here yet."]


def test_strengths_that_occur_twice_have_one_place_each() -> None:
    assert strength_positions((0.0, 0.1, 1.0) * 2) == strength_positions((0.0, 0.1, 1.0))


def test_no_noise_lies_left_of_a_logarithmic_axis() -> None:
    places = strength_positions((0.0, 0.01, 0.1, 1.0))
    assert places[0.0] == 0
    assert 0 < places[0.01] < places[0.1] < places[1.0] == 1
    assert places[0.1] - places[0.01] == pytest.approx(places[1.0] - places[0.1])


@pytest.mark.parametrize("strengths", [(0.0,), (0.1,), (0.0, 0.1), (0.1, 0.2)])
def test_any_strengths_have_places_of_their_own(strengths: tuple[float, ...]) -> None:
    places = strength_positions(strengths)
    assert len(set(places.values())) == len(strengths)
    assert all(0 <= place <= 1 for place in places.values())


def test_the_strength_below_the_cursor_is_always_named() -> None:
    places = strength_positions((0.0, 0.1, 0.11, 0.12, 1.0))
    assert 0.12 in strength_labels(places, 30, 0.12)
    assert 0.11 not in strength_labels(places, 30, 0.12)


def chart(*points: Strength, cursor: float | None = None, size: tuple[int, int] = (60, 14)) -> str:
    lines = draw_sweep(SweepPicture(points, cursor), DRESS, *size)
    assert len(lines) == size[1]
    assert {Text(line.plain).cell_len for line in lines} == {size[0]}
    return "\n".join(line.plain for line in lines)


def test_best_plateau_and_others_are_distinct_without_colour() -> None:
    text = chart(
        Strength(0.0, 0.7, 0.01, "other"),
        Strength(0.1, 0.8, 0.01, "best"),
        Strength(0.3, 0.79, None, "plateau"),
        Strength(1.0, None, None, "other"),
    )
    assert all(text.count(symbol) == 1 for symbol in "★●○")
    assert "0.3" in text


@pytest.mark.parametrize("size", [(12, 4), (20, 5), (200, 60)])
def test_a_curve_of_nothing_is_an_empty_chart(size: tuple[int, int]) -> None:
    assert "★" not in chart(Strength(0.0, None, None, "other"), cursor=0.0, size=size)


@pytest.mark.parametrize("colors", ["truecolor", "256", "standard", None])
def test_a_heat_map_fills_in_and_marks_the_best(lab: Lab, colors: str | None) -> None:
    lab = trained(begun(sweeping.targeted(lab, "extensions/input-and-hidden")), arms=5)
    search, found = lab.sweeping.shown, lab.sweeping.findings
    assert search is not None and found is not None
    palette = Palette.of(colors)
    lines = heat_lines(search, found, "test_accuracy", (0.0, 0.03), palette, (60, 14))
    text = "\n".join(line.plain for line in lines)
    assert text.count("*") == 1
    assert text.count("·") == 16 - 5
    assert "[" in text
    assert ("█" in text) is (colors not in ("256", "truecolor"))


@pytest.mark.parametrize("size", [(8, 4), (20, 6), (30, 8)])
def test_a_heat_map_too_large_shows_what_lies_about_the_cursor(
    lab: Lab, size: tuple[int, int]
) -> None:
    lab = begun(sweeping.targeted(lab, "extensions/input-and-hidden"))
    search = lab.sweeping.shown
    assert search is not None
    lines = heat_lines(search, None, "test_accuracy", (0.3, 0.3), Palette.of("256"), size)
    text = "\n".join(line.plain for line in lines)
    assert "[" in text and text.count("0.3") >= 2


def test_colours_become_brighter_level_by_level() -> None:
    for name in ("truecolor", "256"):
        papers = [style.bgcolor for style in Palette.of(name).styles]
        light = [
            0.3 * one.red + 0.59 * one.green + 0.11 * one.blue
            for one in (paper.get_truecolor() for paper in papers if paper is not None)
        ]
        assert len(light) == LEVELS
        assert light == sorted(light)
