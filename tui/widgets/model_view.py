"""What a Python file defines, and what a model is: its layers, as places for noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from hiss.errors import EngineError
from hiss.tui.state.models import ModelChoice, noise_at

if TYPE_CHECKING:
    from hiss.training.model_summary import LayerSummary, OpenedModel

LONGEST = 24
"""Cells of a layer's name, or of its class and arguments, at most."""
KEYS = {
    "--model-weights keep": "k",
    " --noise ": " ",
    "--set training.optimizer=…": "the editor",
}
"""What options of the command are in the console."""
MOVES: list[BindingType] = [
    Binding("up", "cursor_up", "up", show=False, id="list.up", tooltip="Move up"),
    Binding("down", "cursor_down", "down", show=False, id="list.down", tooltip="Move down"),
    Binding("home", "first", "first", show=False, id="list.first", tooltip="Go to the first"),
    Binding("end", "last", "last", show=False, id="list.last", tooltip="Go to the last"),
    Binding("pageup", "page_up", "page up", False, id="list.page_up", tooltip="Move up a page"),
    Binding("pagedown", "page_down", "page down", False, id="list.page_down",
            tooltip="Move down a page"),
]  # fmt: skip


class NamedList(OptionList, inherit_bindings=False):
    """A list of names, each with its line."""

    BINDINGS: ClassVar[list[BindingType]] = MOVES
    names: tuple[str, ...] = ()

    @property
    def selected(self) -> str:
        """The name at the cursor; empty in an empty list."""
        return "" if self.highlighted is None else self.names[self.highlighted]

    def show(self, names: tuple[str, ...], lines: tuple[Text, ...]) -> None:
        """List names, with the cursor on the same one as before."""
        before = self.selected
        self.names = names
        self.set_options(map(Option, lines))
        if names:
            self.highlighted = names.index(before) if before in names else 0


class NameList(NamedList):
    """Lists what a Python file defines."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,right", "screen.proceed", "make", key_display="enter", id="data.make",
                tooltip="Make the model of this name, which runs the file"),
        *MOVES,
    ]  # fmt: skip


class PlaceList(NamedList):
    """Lists the layers before and after which noise can be put."""


class ModelView(Vertical):
    """Shows a model: what is taken over from it, its layers and the noise at them."""

    def compose(self) -> ComposeResult:
        """Lay out the description and the problems above the layers."""
        yield Static(id="about", markup=False)
        yield Static(id="problems", markup=False)
        yield Static(id="places-head", markup=False)
        yield PlaceList()

    def on_mount(self) -> None:
        """Start without a model."""
        self.show_text("")

    def show_text(self, text: str, problem: str = "") -> None:
        """Show a text in place of a model."""
        self._lay_out(text, problem)
        self.query_one(PlaceList).show((), ())
        self.query_one("#places-head").display = False

    def show(self, choice: ModelChoice, found: OpenedModel) -> None:
        """Show a model."""
        self._lay_out(about(choice, found), "")
        self.show_places(choice, found.summary.places)

    def show_problem(self, choice: ModelChoice, error: EngineError) -> None:
        """Show why a model cannot be trained, above its layers where they are known."""
        self._lay_out(on_data(choice), reason(error))

    def show_places(self, choice: ModelChoice, places: tuple[LayerSummary, ...]) -> None:
        """Show the layers and the noise at them."""
        form = _Form(choice, places)
        lines = tuple(map(form.line, places))
        self.query_one("#places-head", Static).update(form.head)
        self.query_one("#places-head").display = True
        self.query_one(PlaceList).show(tuple(place.name for place in places), lines)

    def _lay_out(self, text: str, problem: str) -> None:
        for name, shown in (("#about", text), ("#problems", problem)):
            self.query_one(name, Static).update(shown)
            self.query_one(name).display = bool(shown)


class _Form:
    """The layout of the lines of a model's layers."""

    def __init__(self, choice: ModelChoice, places: tuple[LayerSummary, ...]) -> None:
        self.choice = choice
        self.widths = (
            _width("place", [place.name for place in places]),
            _width("noise", [self._noise(place) for place in places]),
            _width("layer", [place.layer for place in places]),
        )

    @property
    def head(self) -> str:
        """The heading above the lines."""
        name, noise, layer = self.widths
        return f"{'place':{name}}  {'noise':{noise}}  {'layer':{layer}}  weights"

    def line(self, place: LayerSummary) -> Text:
        """Return a layer as a line."""
        line = Text(no_wrap=True, overflow="ellipsis")
        texts = (place.name, self._noise(place), place.layer)
        for text, width, style in zip(texts, self.widths, ("", "bold", ""), strict=True):
            cell = Text(text, style=style)
            cell.truncate(width, overflow="ellipsis", pad=True)
            line.append_text(cell).append("  ")
        return line.append(f"{place.weights:>7,}", style="dim")

    def _noise(self, place: LayerSummary) -> str:
        return " ".join(noise_at(self.choice, place.name))


def about(choice: ModelChoice, found: OpenedModel) -> str:
    """Return what a model is, and what is taken over from it, a line each."""
    notes = (in_console(note.removeprefix(f"{choice.name}: ")) for note in found.adopted.notes)
    return "\n".join((on_data(choice), found.summary.diagram, *notes))


def on_data(choice: ModelChoice) -> str:
    """Return a model and what it trains on, in a line."""
    weights = {"keep": " · weights kept", "draw": " · weights drawn", None: ""}[choice.weights]
    return f"{choice.name} on the data of {choice.data}{weights}"


def reason(error: EngineError) -> str:
    """Return what is wrong, and what to do about it."""
    return in_console("\n".join(filter(None, (error.message, error.hint))))


def in_console(text: str) -> str:
    """Return a text of the engine with the console's keys in place of the command's options."""
    text = text.removeprefix("--noise ").removeprefix("--model: ")
    for option, key in KEYS.items():
        text = text.replace(option, key)
    return text


def _width(head: str, texts: list[str]) -> int:
    return max([len(head), *(min(LONGEST, cell_len(text)) for text in texts)])
