from __future__ import annotations

from pathlib import Path

import pytest

from hiss.errors import EngineError
from hiss.tui.state.choices import Choice, look, pair_for
from hiss.tui.state.table_options import with_typed, written

CHOICE = Choice(Path("a.csv"))


@pytest.mark.parametrize(
    "line",
    [
        "",
        "decimal=, thousands=.",
        'target=y predict=regression drop=["a b", "c"] one_hot=["d"]',
        'delimiter="\\t" header=false na_values=["-999", "-"]',
        "encoding=latin-1 train_size=0.5 standardize=false",
        'thousands=" " sheet="two words"',
    ],
)
def test_what_is_typed_is_written_as_it_was(line: str) -> None:
    choice = with_typed(CHOICE, line)
    assert written(choice) == line
    assert with_typed(choice, written(choice)) == choice


def test_a_list_may_be_typed_without_brackets() -> None:
    choice = with_typed(CHOICE, "drop=a,b na_values=-999 target=2020")
    assert (choice.drop, choice.target) == ({"a", "b"}, "2020")
    assert choice.options == (("na_values", ("-999",)),)


def test_a_key_that_is_no_longer_typed_is_no_longer_set() -> None:
    assert with_typed(with_typed(CHOICE, "target=y decimal=,"), "decimal=") == CHOICE


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("decimals=,", "decimals is not a key of a table. Did you mean `decimal`?"),
        ("decimal", "decimal: expected KEY=VALUE."),
        ("decimal=;", "decimal: expected `.` or `,`, received ';'."),
        ("predict=clases", "predict: expected one of guess"),
        ("train_size=big", "train_size: expected a count"),
        ("target=y drop=y", "`y` is the target"),
        ("path=b.csv", "path is not a key of a table"),
    ],
)
def test_what_will_not_do_is_refused(line: str, message: str) -> None:
    with pytest.raises(EngineError) as caught:
        with_typed(CHOICE, line)
    assert message in caught.value.message


def test_what_is_typed_reaches_the_file_and_the_experiments(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["a;b;y", *["1,234;2;0", "2,500;3;1", "3,125;5;1"] * 10]))
    with pytest.raises(EngineError, match="1,234 may be 1234 or"):
        look(Choice(path))
    choice = with_typed(Choice(path), "decimal=, train_size=0.5 standardize=false")
    seen = look(choice)
    assert seen.preview[0][0] == "1.234"
    data = pair_for(choice, seen)[0].data
    assert (data.train_size, data.standardize, data.arguments["decimal"]) == (0.5, False, ",")
