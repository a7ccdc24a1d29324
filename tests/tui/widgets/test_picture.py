from __future__ import annotations

from rich.text import Text

from hiss.tui.widgets.picture import marked_cuts


def cut(lines: list[str], width: int, height: int) -> list[str]:
    return [line.plain for line in marked_cuts([Text(line) for line in lines], width, height)]


def test_lines_that_fit_stay_as_they_are() -> None:
    lines = [Text("abc"), Text("")]
    assert list(marked_cuts(lines, 3, 2)) == lines


def test_a_cut_line_ends_in_a_mark() -> None:
    assert cut(["abcdef", "abc"], 4, 2) == ["abc…", "abc"]


def test_the_last_line_before_a_cut_ends_in_a_mark() -> None:
    assert cut(["one", "two  ", "three"], 9, 2) == ["one", "two …"]
    assert cut(["one", "too long a line", "three"], 9, 2) == ["one", "too lo…"]
    assert cut(["one"], 9, 0) == []
