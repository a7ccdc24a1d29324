"""A draft in the editor: its parts, its network, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from hiss.experiment.advice import advice
from hiss.experiment.diagram import diagram
from hiss.tui.widgets.lines import AutoHeightText
from hiss.tui.widgets.readout import first_advice

if TYPE_CHECKING:
    from hiss.experiment.spec import Experiment
    from hiss.library.drafting import CheckedText
    from hiss.library.fields import Field
    from hiss.tui.state.drafts import Draft

WARNING = "!"


class Outline(OptionList, inherit_bindings=False):
    """Lists the parts, with a mark on those that have problems."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "cursor_up", "up", False, id="list.up", tooltip="Move up"),
        Binding("down", "cursor_down", "down", False, id="list.down", tooltip="Move down"),
        Binding("home", "first", "first", False, id="list.first", tooltip="Go to the first"),
        Binding("end", "last", "last", False, id="list.last", tooltip="Go to the last"),
    ]  # fmt: skip

    @property
    def part(self) -> str:
        """The part at the cursor: `about`, `data`, `layers.1`, `training`."""
        if self.highlighted is None:
            return "about"
        return self.get_option_at_index(self.highlighted).id or "about"

    def show(self, table: Mapping[str, Any], problems: Mapping[str, str], part: str) -> None:
        """List the parts, with the cursor on one of them."""
        lines = dict(_lines(table, self.app.theme_variables.get("secondary", "")))
        for name, line in lines.items():
            if any(f"{key}.".startswith(f"{name}.") for key in map(_place, problems)):
                line.append(f" {WARNING}", style="bold reverse")
        self.set_options([Option(line, name) for name, line in lines.items()])
        self.highlighted = list(lines).index(part) if part in lines else 0


def _place(key: str) -> str:
    """Return the part that a key belongs to."""
    first, _, rest = key.partition(".")
    match first:
        case "data" | "training":
            return first
        case "layers" if rest:
            return f"layers.{rest.partition('.')[0]}"
        case _:
            return "about"


def _lines(table: Mapping[str, Any], accent: str) -> Iterator[tuple[str, Text]]:
    data, training = table.get("data"), table.get("training")
    yield "about", _line("about", str(table.get("title", "")))
    yield "data", _line("data", _given(data, ("name",)))
    layers = table.get("layers")
    for number, layer in enumerate(layers if isinstance(layers, list) else ()):
        yield f"layers.{number}", _layer(number, layer, accent)
    yield "training", _line("training", _given(training, ("epochs",)), " epochs")


def _line(name: str, text: str, unit: str = "") -> Text:
    line = Text(f"{name} ", no_wrap=True, overflow="ellipsis")
    return line.append(f"{text}{unit if text else ''}", style="dim")


def _layer(number: int, layer: Any, accent: str) -> Text:
    from hiss.experiment.diagram import SHOWN
    from hiss.noise.registry import NOISE_LAYERS

    noise = isinstance(layer, Mapping) and layer.get("class_name") in NOISE_LAYERS
    text = _given(layer, ("class_name", *SHOWN))
    line = Text(f"{number} ", no_wrap=True, overflow="ellipsis", style="")
    return line.append(f"σ {text}" if noise else text, style=f"bold {accent}" if noise else "")


def _given(table: Any, keys: tuple[str, ...]) -> str:
    if not isinstance(table, Mapping):
        return ""
    from hiss.library.drafting import format_value

    return " ".join(format_value(table[key], True) for key in keys if key in table)


class DraftHead(Vertical):
    """Shows a draft's name, the network that it describes, and advice on it."""

    def __init__(self, experiment: Experiment | None) -> None:
        """Take the experiment whose network is shown while the draft describes none."""
        super().__init__()
        self._experiment = experiment

    def compose(self) -> ComposeResult:
        """Lay out the three lines."""
        yield Static(id="title")
        yield Static(id="network", markup=False)
        yield AutoHeightText(id="advice")

    def show(self, draft: Draft, checked: CheckedText) -> None:
        """Show a draft; the network stays, dimmed, while the draft has problems."""
        title = f" edit {draft.origin}{' *' if draft.changed else ''}"
        self.query_one("#title", Static).update(Text.assemble((" hiss ", "bold reverse"), title))
        self._experiment = checked.experiment or self._experiment
        network = self.query_one("#network", Static)
        network.update(diagram(self._experiment) if self._experiment else "")
        network.set_class(checked.experiment is None, "-old")
        sentences = advice(checked.experiment) if checked.experiment else ()
        self.query_one(AutoHeightText).show_text(Text(first_advice(sentences)))


class DraftHint(Static):
    """Shows what the field expects, else the first problem, else whether the draft is saved."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__(id="hint", markup=False)

    def show(self, draft: Draft, checked: CheckedText, field: Field | None) -> None:
        """Show the hint on a draft, of which a field may have the focus."""
        self.update(hint(draft, checked, field))
        self.set_class(bool(checked.problems) and field is None, "-problem")


def hint(draft: Draft, checked: CheckedText, field: Field | None) -> str:
    """Return what the field expects, else the first problem, else whether the draft is saved."""
    if field is not None and (field.wanted or not field.known):
        expected = field.wanted or "nothing: there is no such key; empty it"
        completes = " · → completes a name" if field.choices else ""
        return f"{field.label}: {expected}{completes}"
    if checked.problems:
        key, text = next(iter(checked.problems.items()))
        count = len(checked.problems)
        more = f" (and {count - 1} more)" if count > 1 else ""
        return f"{key}{text}{more}"
    return "Not saved; kept as a draft." if draft.changed else "No problems found."
