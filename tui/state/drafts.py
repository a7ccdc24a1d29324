"""Drafts of presets: what the user has changed and not yet saved, kept on disk until he does."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, unquote

from platformdirs import user_state_path

GROUP = "draft"
"""Group of the experiments that are run without being saved."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A preset's text as it is being edited."""

    origin: str
    """Name of the preset that it began as."""
    initial: str
    """The text that it began as."""
    text: str
    past: tuple[str, ...] = ()
    """Earlier texts, the latest last."""
    touched: str = ""
    """The key of the latest change: further changes of it are undone in one go."""

    @property
    def changed(self) -> bool:
        """Whether there is anything to lose."""
        return self.text != self.initial

    @property
    def name(self) -> str:
        """What the experiment is called when it is run without being saved."""
        plain = self.origin.removeprefix(f"{GROUP}/")
        return f"{GROUP}/{plain.replace('/', '-')}"


def edited(draft: Draft, text: str, key: str = "") -> Draft:
    """Take over a text, in which a key was changed or more than that."""
    if text == draft.text:
        return draft
    one_change = bool(key) and key == draft.touched
    past = draft.past if one_change else (*draft.past, draft.text)
    return replace(draft, text=text, past=past, touched=key)


def undone(draft: Draft) -> Draft:
    """Take back the latest change."""
    if not draft.past:
        return draft
    *past, text = draft.past
    return replace(draft, text=text, past=tuple(past), touched="")


def directory() -> Path:
    """Return where drafts are kept."""
    return user_state_path("hiss", appauthor=False) / "drafts"


def kept() -> frozenset[str]:
    """Return the names of the presets of which there are drafts."""
    with suppress(OSError):
        return frozenset(unquote(file.stem) for file in directory().glob("*.toml"))
    return frozenset()


def origin_of(name: str) -> str:
    """Return the name of the preset whose draft runs under a name; else the name itself."""
    begun = (origin for origin in sorted(kept()) if Draft(origin, "", "").name == name)
    return next((origin for origin in begun if not origin.startswith(f"{GROUP}/")), name)


def recall(origin: str) -> str | None:
    """Return the text of the draft of a preset, if there is one."""
    with suppress(OSError, UnicodeDecodeError):
        return _file(origin).read_text(encoding="utf-8")
    return None


def keep(draft: Draft) -> None:
    """Write a draft down, or take it off the disk when there is nothing to lose.

    Raises:
        OSError: if it cannot be kept.
    """
    if draft.changed:
        from hiss.files import write_atomically

        directory().mkdir(parents=True, exist_ok=True)
        write_atomically(_file(draft.origin), draft.text, replace=True)
    else:
        forget(draft.origin)


def forget(origin: str) -> None:
    """Take a draft off the disk."""
    with suppress(OSError):
        _file(origin).unlink(missing_ok=True)


def _file(origin: str) -> Path:
    return directory() / f"{quote(origin, safe='')}.toml"
