from __future__ import annotations

from pathlib import Path

import pytest
from stage import ARTICLE, experiment

from hiss.tui.state import drafts, transitions
from hiss.tui.state.drafts import Draft, LayerList, edited, keep, kept, recall, undone
from hiss.tui.state.model import Lab
from hiss.tui.state.transitions import library_read

DRAFT = Draft("article/baseline", "one", "one")


def listed() -> Lab:
    return library_read(Lab(), (*ARTICLE, experiment("mine/a")), (), frozenset({"mine/a"}))


def test_a_draft_is_kept_while_it_differs_from_what_it_began_as() -> None:
    keep(edited(DRAFT, "two"))
    assert kept() == {"article/baseline"}
    assert recall("article/baseline") == "two"
    keep(DRAFT)
    assert kept() == set()
    assert recall("article/baseline") is None


def test_names_with_odd_characters_have_drafts_too() -> None:
    keep(edited(Draft("data/été %2F-noise", "one", "one"), "two"))
    assert kept() == {"data/été %2F-noise"}


def test_a_folder_that_cannot_be_read_holds_no_drafts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "directory", lambda: tmp_path / "nowhere")
    assert kept() == set()


def test_typing_in_one_field_is_undone_in_one_go() -> None:
    draft = edited(edited(DRAFT, "o", "title"), "on", "title")
    draft = edited(edited(draft, "on, 5", "epochs"), "on, 50", "epochs")
    assert [undone(draft).text, undone(undone(draft)).text] == ["on", "one"]
    assert undone(DRAFT) == DRAFT


def test_a_change_that_changes_nothing_is_none() -> None:
    assert edited(DRAFT, "one", "title") == DRAFT


def test_a_draft_is_run_under_a_name_of_its_own() -> None:
    assert DRAFT.name == "draft/article-baseline"
    assert Draft("draft/article-baseline", "", "").name == "draft/article-baseline"


def test_listed_experiments_stand_in_their_groups_with_the_cursor_on_the_last() -> None:
    lab = transitions.experiments_listed(
        listed(), (experiment("data/x-plain"), experiment("data/x-noise"))
    )
    names = [one.name for one in lab.experiments]
    assert names[:4] == [one.name for one in ARTICLE]
    assert set(names[4:]) == {"data/x-noise", "data/x-plain", "mine/a"}
    assert lab.highlighted == "data/x-noise"


def test_an_experiment_listed_again_takes_the_place_of_the_old_one() -> None:
    lab = transitions.experiments_listed(listed(), (experiment("mine/a", epochs=7),), own=True)
    assert [one.training.epochs for one in lab.experiments if one.name == "mine/a"] == [7]
    assert lab.user_presets == {"mine/a"}


def test_a_removed_experiment_leaves_the_cursor_beside_its_place() -> None:
    lab = transitions.experiment_removed(
        transitions.experiments_listed(listed(), (experiment("mine/b"),), own=True), "mine/b"
    )
    assert lab.highlighted == "mine/a"
    assert lab.user_presets == {"mine/a"}


def test_only_what_is_the_users_can_be_taken_away() -> None:
    lab = listed()
    assert transitions.belongs_to_user(lab, "mine/a")
    assert transitions.belongs_to_user(lab, "data/iris-noise")
    assert not transitions.belongs_to_user(lab, "article/baseline")


def test_a_copys_name_is_a_free_one() -> None:
    assert transitions.free_name(listed(), "mine/a") == "mine/a-2"
    assert transitions.free_name(listed(), "mine/b") == "mine/b"


def test_a_draft_that_was_run_leads_back_to_what_it_began_as() -> None:
    assert drafts.origin_of(DRAFT.name) == DRAFT.name
    keep(edited(DRAFT, "two"))
    assert drafts.origin_of(DRAFT.name) == "article/baseline"
    assert drafts.origin_of("article/baseline") == "article/baseline"


LAYERS = {"layers": [{}, {}, {}]}
NOISE = {"class_name": "GaussianNoise"}


def test_a_layer_is_inserted_after_the_selected_one_else_before_the_output_layer() -> None:
    assert LayerList.of(LAYERS, "layers.0").inserted(NOISE) == ((0, NOISE, 1, 2), 1)
    assert LayerList.of(LAYERS, "training").inserted(NOISE) == ((0, 1, NOISE, 2), 2)
    assert LayerList.of({}, "about").inserted(NOISE) == ((NOISE,), 0)


def test_a_layer_is_copied_moved_and_removed() -> None:
    layers = LayerList.of(LAYERS, "layers.2")
    assert layers.copied() == ((0, 1, 2, 2), 3)
    assert layers.moved(-1) == ((0, 2, 1), 1)
    assert layers.removed() == ((0, 1), 1)


def test_a_layer_is_not_moved_beyond_the_ends() -> None:
    layers = LayerList.of(LAYERS, "layers.2")
    assert layers.can_move(-2) and not layers.can_move(1) and not layers.can_move(-3)
    assert not LayerList.of(LAYERS, "data").can_move(1)
