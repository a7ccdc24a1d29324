"""The dialogs that fill most of the screen: the keys and the log."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from hiss.tui.widgets.keybar import KeyBar, KeyHint, by_area

TAIL = 64_000
"""Bytes of the log that are shown."""


class HelpDialog(ModalScreen[None]):
    """Lists the keys of a screen, area by area, from their bindings."""

    CSS_PATH = "dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", "back", id="dialog.back", tooltip="Go back"),
    ]

    def __init__(self, hints: Sequence[KeyHint]) -> None:
        """Take the keys to list."""
        super().__init__()
        self._hints = hints

    def compose(self) -> ComposeResult:
        """Lay out the table of keys."""
        with VerticalScroll(classes="dialog -large") as dialog:
            dialog.border_title = "Keys"
            yield Static(self._table())
        yield KeyBar()

    def _table(self) -> Table:
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(style="bold", no_wrap=True)
        table.add_column()
        area = ""
        for hint in by_area(self._hints):
            if hint.area != area:
                area = hint.area
                table.add_row("", f"[dim]{area}[/]")
            table.add_row(hint.key, hint.binding.tooltip)
        return table


class LogDialog(ModalScreen[None]):
    """Shows the end of the log, and updates it every second."""

    CSS_PATH = "dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,g", "dismiss", "back", id="dialog.back", tooltip="Go back"),
    ]

    def __init__(self, path: Path | None) -> None:
        """Take the path of the log; None where there is none."""
        super().__init__()
        self._path = path
        self._text = ""

    def compose(self) -> ComposeResult:
        """Lay out the text in a place that scrolls."""
        with VerticalScroll(classes="dialog -large") as dialog:
            dialog.border_title = "Log"
            dialog.border_subtitle = Text(str(self._path or ""))
            yield Static("Nothing has been printed.", markup=False, id="text")
        yield KeyBar()

    def on_mount(self) -> None:
        """Read the log now and every second."""
        self._read()
        self.set_interval(1, self._read)

    def _read(self) -> None:
        text = tail(self._path) if self._path else ""
        if text != self._text:
            self._text = text
            self.query_one("#text", Static).update(text)
            self.query_one(VerticalScroll).scroll_end(animate=False)


def tail(path: Path) -> str:
    """Return the end of a file without control characters; empty if it cannot be read."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - TAIL))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    return "".join(one for one in text if one.isprintable() or one == "\n")
