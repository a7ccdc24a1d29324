"""The parts of the preset that is edited: about, data, every layer, training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

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
