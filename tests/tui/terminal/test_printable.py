from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual.color import Color

from hiss.tui.style.line_filters import PrintableFilter
from hiss.tui.terminal.printable import (
    REPLACEMENT,
    PrintableStream,
    PrintableText,
    printable,
    printable_rendered,
)

OBEYED = ["\x1b", "\x07", "\x9b", "\x00", "\x7f", "\r", "\u202e", "\u2066", "\u2028", "\ud800"]


@pytest.mark.parametrize("one", OBEYED)
def test_what_a_terminal_obeys_is_replaced(one: str) -> None:
    assert printable(f"a{one}b") == f"a{REPLACEMENT}b"
    assert printable_rendered(f"a{one}b") == f"a{REPLACEMENT}b"


@pytest.mark.parametrize("text", ["plain", "−0.2 ± 3 × σ₂\n\tü 漢字 🙂", "a\r\nb", "\u200eabc"])
def test_text_stays(text: str) -> None:
    assert printable(text) == printable_rendered(text) == text


def test_of_escape_sequences_colours_alone_pass_a_stream() -> None:
    buffer = io.BytesIO()
    stream = PrintableStream(buffer, encoding="utf-8", write_through=True)
    text = "\x1b[1;31mred\x1b[0m \x1b[2J\x1b]0;title\x07"
    assert stream.write(text) == len(text)
    assert buffer.getvalue().decode() == "\x1b[1;31mred\x1b[0m �[2J�]0;title�"


def test_foreign_colours_in_a_table_are_replaced_and_its_own_stay() -> None:
    table = Table("Title")
    table.add_row(Text("\x1b[31mred\x1b[2J", "bold"))
    console = Console(file=io.StringIO(), force_terminal=True, color_system="standard", width=40)
    with console.capture() as capture:
        console.print(PrintableText(table))
    assert f"{REPLACEMENT}[31mred{REPLACEMENT}[2J" in capture.get()
    assert "\x1b[1m" in capture.get() and "\x1b[31m" not in capture.get()


def test_the_console_draws_no_control_character() -> None:
    segments = [Segment(f"a{''.join(OBEYED[:-1])}b\t", Style()), Segment("plain")]
    (text, *_), plain = PrintableFilter().apply(segments, Color(0, 0, 0))
    assert text.isprintable() and text == "ab"
    assert plain is segments[1]
