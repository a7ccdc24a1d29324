"""The keys of a screen, for the key bar, the help and the command palette; and the key bar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from rich.style import Style
from rich.text import Text
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

from hiss.tui.widgets.picture import Picture

AREAS = ("study", "preset", "draft", "layer", "field", "data", "text", "view", "list", "console")
"""The areas of keys, in the order in which they are listed."""
ALWAYS = ("console.help", "console.close", "console.quit")
"""Ids of the bindings that the key bar shows however little room there is."""

_NAMES = {
    "question_mark": "?",
    "ctrl+c": "^c",
    "ctrl+p": "^p",
    "escape": "esc",
    "ctrl+r": "^r",
    "ctrl+s": "^s",
    "ctrl+t": "^t",
    "ctrl+z": "^z",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}


@dataclass(frozen=True, slots=True)
class KeyHint:
    """A key, its binding, and whether it can be pressed now."""

    key: str
    binding: Binding
    enabled: bool
    node: DOMNode
    """The widget or screen that has the action."""

    @property
    def area(self) -> str:
        """The first part of the binding's id: `study` of `study.train`."""
        return (self.binding.id or "").partition(".")[0]


def key_hints(screen: Screen[Any]) -> Iterator[KeyHint]:
    """Yield the keys of a screen that have an id and a tooltip, each action once."""
    seen: set[str] = set()
    for active in screen.active_bindings.values():
        binding = active.binding
        if binding.id and binding.tooltip and binding.id not in seen:
            seen.add(binding.id)
            yield KeyHint(key_name(binding), binding, active.enabled, active.node)


def by_area(hints: Iterable[KeyHint]) -> list[KeyHint]:
    """Return the keys sorted by area; unknown areas last."""
    places = {area: place for place, area in enumerate(AREAS)}
    return sorted(hints, key=lambda hint: places.get(hint.area, len(AREAS)))


def key_name(binding: Binding) -> str:
    """Return the short name of a key: `?`, `^r`, `↑`."""
    return binding.key_display or _NAMES.get(binding.key, binding.key)


class KeyBar(Picture):
    """Lists as many keys as fit; those of actions that are disabled now are grey."""

    auto_links = False

    def on_mount(self) -> None:
        """Follow the screen's bindings and the theme."""
        for signal in (self.screen.bindings_updated_signal, self.app.theme_changed_signal):
            signal.subscribe(self, lambda _: self.redraw())

    def draw_lines(self, width: int, height: int) -> list[Text]:
        """Return the keys, each of which can be clicked."""
        hints = [hint for hint in key_hints(self.screen) if hint.binding.show]
        entries = {hint.binding.id: self._entry(hint) for hint in hints}
        last = [entries.pop(name) for name in ALWAYS if name in entries]
        text = Text(no_wrap=True)
        for entry in entries.values():
            if text.cell_len + sum(one.cell_len for one in (entry, *last)) <= width:
                text.append_text(entry)
        return [Text.assemble(text, *last)]

    def _entry(self, hint: KeyHint) -> Text:
        key_style = Style() if hint.enabled else Style(dim=True)
        color = self.app.theme_variables.get("footer-key-foreground", "") if hint.enabled else ""
        click = Style.from_meta({"@click": f"app.simulate_key('{hint.binding.key}')"})
        entry = Text.assemble(
            (f" {hint.key}", key_style + Style(bold=hint.enabled, color=color or None)),
            (f" {hint.binding.description} ", key_style),
        )
        entry.stylize(click)
        return entry
