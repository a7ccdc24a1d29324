from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hiss.errors import DataError
from hiss.tui.state.choices import (
    Choice,
    drop_toggled,
    look,
    one_hot_toggled,
    pair_for,
    predict_switched,
    role,
    target_chosen,
)
from hiss.tui.widgets.files import completion
from hiss.tui.widgets.table_view import about


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    rows = [f"{n % 7},{'Rome' if n % 3 else 'Bonn'},{n * n},{n % 2}" for n in range(40)]
    path.write_text("age,city,income,label\n" + "\n".join(rows) + "\n")
    return path


def test_a_table_is_looked_at_and_its_target_guessed(people: Path) -> None:
    proposal = look(Choice(people))
    assert (proposal.target, proposal.predict) == ("label", "classification")
    assert "40 rows, 4 columns" in about(proposal)
    assert [text for text, _ in proposal.problems] != []


def test_text_is_learnt_from_once_it_is_one_hot_or_left_out(people: Path) -> None:
    for change in (one_hot_toggled, drop_toggled):
        choice = change(Choice(people), "city", "label")
        assert look(choice).problems == ()
    assert role(choice, look(choice), "city") == "left out"


def test_a_column_is_either_left_out_or_one_hot(people: Path) -> None:
    choice = one_hot_toggled(drop_toggled(Choice(people), "city", "label"), "city", "label")
    assert (choice.drop, choice.one_hot) == (frozenset(), {"city"})
    assert drop_toggled(choice, "label", "label") == choice


def test_another_target_frees_its_column_and_is_guessed_again(people: Path) -> None:
    choice = target_chosen(drop_toggled(Choice(people), "income", "label"), "income")
    assert choice.drop == frozenset()
    assert look(drop_toggled(choice, "city", "income")).predict == "regression"


def test_the_task_can_be_switched(people: Path) -> None:
    choice = drop_toggled(Choice(people), "city", "label")
    seen = []
    for _ in range(3):
        choice = predict_switched(choice, look(choice))
        seen.append(look(choice).predict)
    assert seen == ["regression", "reconstruct", "classification"]


def test_the_target_of_a_reconstruction_is_left_out_of_a_pair(people: Path) -> None:
    choice = replace(drop_toggled(Choice(people), "city", "label"), predict="reconstruct")
    without = pair_for(choice, look(choice))
    assert without[1].layers[-1].arguments["units"] == 3
    assert "reconstruct the features" in about(look(choice))
    chosen = replace(choice, target="label")
    assert role(chosen, look(chosen), "label") == "left out"
    assert pair_for(chosen, look(chosen))[1].layers[-1].arguments["units"] == 2


def test_a_pair_stands_in_the_group_of_data(people: Path) -> None:
    choice = drop_toggled(Choice(people), "city", "label")
    plain, noisy = pair_for(choice, look(choice))
    assert (plain.name, noisy.name) == ("data/people-baseline", "data/people")
    assert noisy.study.partner == plain.name
    assert noisy.data.arguments["path"] == str(people.resolve())


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(2_000_000_000)
    with pytest.raises(DataError, match="at most 100 MB, received 2,000 MB"):
        look(Choice(path))


def test_a_path_is_completed_by_folders_and_readable_files(
    people: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (people.parent / "pictures").mkdir()
    (people.parent / "people.exe").touch()
    monkeypatch.chdir(people.parent)
    assert completion("peo", (".csv",)) == "people.csv"
    assert completion("pi", (".csv",)) == "pictures/"
    assert completion("x", (".csv",)) is None
    assert completion("nowhere/x", (".csv",)) is None
    (home / "mine.csv").touch()
    assert completion("~/mi", (".csv",)) == "~/mine.csv"
