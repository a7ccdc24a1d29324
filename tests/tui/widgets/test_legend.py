from __future__ import annotations

from rich.text import Text

from hiss.tui.widgets.lines import in_lines


def lines(names: str, width: int) -> list[str]:
    return in_lines([Text(name) for name in names.split()], width).plain.splitlines()


def test_names_stand_side_by_side_unbroken() -> None:
    assert lines("one two three", 20) == ["one  two  three"]
    assert lines("one two three", 8) == ["one  two", "three"]


def test_names_that_do_not_fit_are_counted() -> None:
    assert lines("one two three four five", 10) == ["one  two", "… … 2 more"]
    assert lines("one two three four five", 13) == ["one  two", "thr… … 1 more"]
