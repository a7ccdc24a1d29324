from __future__ import annotations

import pytest

from hiss.tui.terminal.answers import ANSWER_DELAY, IGNORED, KEY_DELAY, AnswerFilter

ANSWERS = {
    "primary attributes": "\x1b[?64;1;2;6;9;15;22c",
    "secondary attributes": "\x1b[>41;354;0c",
    "tertiary attributes": "\x1bP!|00000000\x1b\\",
    "background colour": "\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
    "background colour, ended by BEL": "\x1b]11;rgb:1e1e/1e1e/2e2e\x07",
    "version": "\x1bP>|XTerm(388)\x1b\\",
    "terminfo": "\x1bP1+r436f=323536\x1b\\",
    "status": "\x1b[0n",
    "window size": "\x1b[8;24;80t",
    "kitty's keyboard": "\x1b[?25u",
    "colour scheme": "\x1b[?997;1n",
}
KEYS = ["a", "\x1b", "\x1b[A", "\x1b[1;5C", "\x1bOP", "\x1bx", "\x1b[97;5u", "\x1b[<35;12;7M"]
KNOWN = ["\x1b[?2026;2$y", "\x1b[12;40R", "\x1b[48;24;80;480;800t", "\x1b[I"]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_removed_whole_and_in_pieces(answer: str) -> None:
    assert AnswerFilter().feed(f"x{answer}y") == "xy"
    for cut in range(2, len(answer)):
        inputs = AnswerFilter()
        assert inputs.feed("x" + answer[:cut]) + inputs.feed(answer[cut:] + "y") == "xy"


def test_an_answer_that_is_cut_after_its_escape_is_ignored_by_textual() -> None:
    inputs = AnswerFilter()
    assert inputs.feed("\x1b") + inputs.feed("[?62cy") == f"{IGNORED}y"
    assert inputs.feed("\x1b") + inputs.feed("[A") == "\x1b[A"


@pytest.mark.parametrize("text", [*KEYS, *KNOWN])
def test_keys_and_what_textual_asks_for_pass(text: str) -> None:
    assert AnswerFilter().feed(text) == text
    inputs = AnswerFilter()
    assert "".join(map(inputs.feed, text)) == text


@pytest.mark.parametrize("key", ["\x1b[", "\x1b]", "\x1bP", "\x1b_"])
def test_a_key_with_alt_passes_after_a_moment(key: str) -> None:
    clock = Clock()
    inputs = AnswerFilter(clock)
    assert inputs.feed(key) + inputs.expired() == ""
    clock.now += KEY_DELAY
    assert inputs.expired() == key


def test_an_answer_that_never_ends_is_dropped() -> None:
    clock = Clock()
    inputs = AnswerFilter(clock)
    assert inputs.feed("\x1b]11;rgb:1e1e") == ""
    clock.now += ANSWER_DELAY
    assert inputs.expired() == ""
    assert inputs.feed("q") == "q"


def test_a_paste_is_text_whatever_it_holds() -> None:
    inputs = AnswerFilter()
    pasted = inputs.feed("\x1b[200~a\x1b[?62cb\x1b]11;x")
    pasted += inputs.feed("\x1b[2J\x1b[201~q")
    assert pasted == "\x1b[200~a[?62cb]11;x[2J\x1b[201~q"
