"""The keys of a screen, for the line of keys, the help and the command palette alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

AREAS = ("study", "preset", "draft", "layer", "field", "data", "text", "view", "list", "console")
"""The areas that keys are about, in the order in which they are listed."""

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
    """One key and what it does now."""

    key: str
    binding: Binding
    enabled: bool
    node: DOMNode
    """Whose action it is."""

    @property
    def area(self) -> str:
        """What the key is about: `study` of `study.train`."""
        return (self.binding.id or "").partition(".")[0]


def key_hints(screen: Screen[Any]) -> Iterator[KeyHint]:
    """Every named key that the screen answers to, each action once."""
    seen: set[str] = set()
    for active in screen.active_bindings.values():
        binding = active.binding
        if binding.id and binding.tooltip and binding.id not in seen:
            seen.add(binding.id)
            yield KeyHint(key_name(binding), binding, active.enabled, active.node)


def by_area(hints: Iterable[KeyHint]) -> list[KeyHint]:
    """The keys area by area; those of other areas last."""
    places = {area: place for place, area in enumerate(AREAS)}
    return sorted(hints, key=lambda hint: places.get(hint.area, len(AREAS)))


def key_name(binding: Binding) -> str:
    """The key as it is printed on a keyboard."""
    return binding.key_display or _NAMES.get(binding.key, binding.key)
