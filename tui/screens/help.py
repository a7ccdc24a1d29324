"""All keys, made from the key bindings themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.table import Table
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.bindings import KeyHint, by_area
from tui.widgets.keybar import KeyBar


class HelpScreen(ModalScreen[None]):
    """Lists what every key of a screen does, area by area."""

    CSS_PATH = "dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", "back", id="dialog.back", tooltip="Go back"),
    ]

    def __init__(self, hints: Sequence[KeyHint]) -> None:
        """Take the keys of the screen that help is asked on."""
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
