"""The keys of a screen, for the key bar, the help and the command palette."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

AREAS = ("study", "preset", "draft", "layer", "field", "data", "text", "view", "list", "console")
"""The areas of keys, in the order in which they are listed."""

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
