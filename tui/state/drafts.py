"""Drafts of presets: unsaved changes, kept on disk until they are saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from platformdirs import user_state_path

if TYPE_CHECKING:
    from hiss.experiment.spec import Experiment

GROUP = "draft"
"""Group of the experiments that are run without being saved."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A preset's text as it is being edited."""

    origin: str
    """Name of the preset that was opened."""
    initial: str
    """The text of that preset."""
    text: str
    past: tuple[str, ...] = ()
    """Earlier texts, the latest last."""
    touched: str = ""
    """The key of the latest change; successive changes of one key are one step of undo."""

    @property
    def changed(self) -> bool:
        """Whether the text differs from that of the preset."""
        return self.text != self.initial

    @property
    def name(self) -> str:
        """The name of the experiment when it is run without being saved."""
        plain = self.origin.removeprefix(f"{GROUP}/")
        return f"{GROUP}/{plain.replace('/', '-')}"


@dataclass(frozen=True, slots=True)
class LayerList:
    """The layers of a draft; each change returns the new order and the place to select.

    An order holds the numbers of present layers, each at its new place, and new layers as tables.
    """

    count: int
    selected: int | None
    """Number of the selected layer, from 0; None where another part is selected."""

    @classmethod
    def of(cls, table: Mapping[str, Any], part: str) -> LayerList:
        """Return the layers of a preset's TOML, of which a part such as `layers.1` is selected."""
        name, _, number = part.partition(".")
        layers = table.get("layers")
        count = len(layers) if isinstance(layers, list) else 0
        return cls(count, int(number) if name == "layers" else None)

    def can_move(self, step: int) -> bool:
        """Return whether the selected layer can be moved by `step` places."""
        return self.selected is not None and self.selected + step in range(self.count)

    def inserted(self, layer: int | Mapping[str, Any]) -> tuple[tuple[Any, ...], int]:
        """Insert a layer after the selected one, else before the output layer."""
        place = max(0, self.count - 1) if self.selected is None else self.selected + 1
        return (*range(place), layer, *range(place, self.count)), place

    def copied(self) -> tuple[tuple[Any, ...], int]:
        """Insert a copy of the selected layer after it."""
        return self.inserted(self._selected())

    def removed(self) -> tuple[tuple[Any, ...], int]:
        """Remove the selected layer and select the next one."""
        place = self._selected()
        order = tuple(number for number in range(self.count) if number != place)
        return order, min(place, len(order) - 1)

    def moved(self, step: int) -> tuple[tuple[Any, ...], int]:
        """Move the selected layer."""
        order, place = list(range(self.count)), self._selected()
        order.insert(place + step, order.pop(place))
        return tuple(order), place + step

    def _selected(self) -> int:
        assert self.selected is not None, "the key is disabled where no layer is selected"
        return self.selected


def edited(draft: Draft, text: str, key: str = "") -> Draft:
    """Return a draft with another text, in which one key was changed, or more if it is empty."""
    if text == draft.text:
        return draft
    same_step = bool(key) and key == draft.touched
    past = draft.past if same_step else (*draft.past, draft.text)
    return replace(draft, text=text, past=past, touched=key)


def undone(draft: Draft) -> Draft:
    """Return a draft without its latest change."""
    if not draft.past:
        return draft
    *past, text = draft.past
    return replace(draft, text=text, past=tuple(past), touched="")


def unchanged(draft: Draft, experiments: Sequence[Experiment]) -> Experiment | None:
    """Return the experiment of a draft's preset, if the draft has no changes."""
    if draft.changed:
        return None
    return next((one for one in experiments if one.name == draft.origin), None)


def directory() -> Path:
    """Return the folder of drafts."""
    return user_state_path("hiss", appauthor=False) / "drafts"


def kept() -> frozenset[str]:
    """Return the names of the presets that have drafts."""
    with suppress(OSError):
        return frozenset(unquote(file.stem) for file in directory().glob("*.toml"))
    return frozenset()


def origin_of(name: str) -> str:
    """Return the name of the preset whose draft runs under a name; else the name itself."""
    origins = (origin for origin in sorted(kept()) if Draft(origin, "", "").name == name)
    return next((origin for origin in origins if not origin.startswith(f"{GROUP}/")), name)


def suggested_name(origin: str, user_presets: frozenset[str]) -> str:
    """Return the name under which the draft of a preset might be saved."""
    return origin if origin in user_presets else f"mine/{origin.rpartition('/')[2]}"


def recall(origin: str) -> str | None:
    """Return the text of the draft of a preset, if there is one."""
    with suppress(OSError, UnicodeDecodeError):
        return _file(origin).read_text(encoding="utf-8")
    return None


def keep(draft: Draft) -> None:
    """Write a draft to disk, or delete its file when nothing is changed.

    Raises:
        OSError: The file cannot be written.
    """
    if draft.changed:
        from hiss.files import write_atomically

        directory().mkdir(parents=True, exist_ok=True)
        write_atomically(_file(draft.origin), draft.text, replace=True)
    else:
        forget(draft.origin)


def forget(origin: str) -> None:
    """Delete the file of a draft."""
    with suppress(OSError):
        _file(origin).unlink(missing_ok=True)


def _file(origin: str) -> Path:
    return directory() / f"{quote(origin, safe='')}.toml"
