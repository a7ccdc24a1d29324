"""What the explain screen shows, and how its arms are named."""

from __future__ import annotations

import pytest
from explained import scripted_explanation, scripted_frame
from stage import ARTICLE

from hiss.errors import EngineError
from hiss.experiment.spec import Study
from hiss.studies.search import Grid, Search
from hiss.tui.state import explaining, history
from hiss.tui.state.explaining import Asked, Scene
from hiss.tui.state.model import Lab

STUDY = Study(arms=ARTICLE, repeats=3)


def swept(*grids: tuple[float, ...]) -> tuple[Search, Scene]:
    base = Study(arms=ARTICLE[2:3], repeats=3)
    first, *others = grids
    grid = Grid(None, first, "input" if others else None, others[0] if others else None)
    search = grid.search(base)
    study = search.study()
    scene = Scene(Asked(study, search=search))
    return search, explaining.explained(scene, scripted_explanation(study, search))


def test_arms_are_named_by_the_last_part_of_their_names() -> None:
    scene = explaining.explained(Scene(Asked(STUDY)), scripted_explanation(STUDY))
    assert explaining.words(scene) == "baseline, input-noise, hidden-before, hidden-after"
    found = explaining.named(scene, "hidden-after,baseline", 4)
    assert found == ("article/hidden-after", "article/baseline")
    with pytest.raises(EngineError, match="nothing is not one of baseline, input-noise"):
        explaining.named(scene, "nothing", 4)
    with pytest.raises(EngineError, match="Expected one to 2 arms, received 3"):
        explaining.named(scene, "baseline, input-noise, hidden-after", 2)


def test_points_of_a_sweep_are_named_by_their_strengths() -> None:
    search, scene = swept((0.0, 0.1, 0.3))
    assert explaining.words(scene) == "0, 0.1, 0.3"
    assert explaining.named(scene, "0.3, σ = 0", 4) == (
        search.arm_name((0.3,)),
        search.arm_name((0.0,)),
    )


def test_points_of_two_sites_are_named_by_both_strengths() -> None:
    search, scene = swept((0.0, 0.1), (0.0, 0.5))
    assert explaining.words(scene) == "0 0, 0 0.5, 0.1 0, 0.1 0.5"
    assert explaining.named(scene, "0.1 0.5", 4) == (search.arm_name((0.1, 0.5)),)


def test_at_first_the_ends_of_a_sweep_and_its_best_point_are_seen() -> None:
    search, scene = swept((0.0, 0.05, 0.1, 0.2, 0.3, 0.6, 1.0))
    strengths = [name.rpartition("=")[2] for name in scene.shown]
    assert strengths[0] == "0" and strengths[-1] == "1" and len(strengths) == 4
    assert [scene.place(name) for name in scene.shown] == [0, 1, 2, 3]
    assert search.arm_name((0.0,)) == scene.shown[0]


def test_other_arms_begin_at_the_end_of_training_again() -> None:
    _, scene = swept((0.0, 0.1, 0.3))
    frame = scripted_frame(scene.asked.study, 0.5, scene.shown)
    scene = explaining.moved(explaining.framed(scene, frame), -1)
    assert scene.frame == frame
    assert explaining.framed(scene, frame).frames == (frame,)
    other = explaining.choosing(scene, scene.shown[:1])
    assert other.frames == () and other.moment == 1.0 and other.frame is None
    assert other.shown == scene.shown[:1]


def test_the_id_of_a_study_is_known_until_it_is_deleted() -> None:
    lab = history.made(Lab(), STUDY, "261126-k7qp")
    assert history.id_of(lab, STUDY) == "261126-k7qp"
    assert history.id_of(lab, STUDY.model_copy(update={"seed": 2})) == ""
    again = history.made(lab, STUDY, "261126-a2b3")
    assert history.id_of(again, STUDY) == "261126-a2b3"
    assert history.id_of(history.forgotten(again, "261126-a2b3"), STUDY) == "261126-k7qp"
