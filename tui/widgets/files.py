"""Folders and files: completing paths, and the tree of folders."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.suggester import Suggester
from textual.widgets import DirectoryTree

from hiss.files import expanded
from hiss.tui.state.models import is_model_file

LARGE = 5_000_000
"""Bytes from which on a file is read only after enter."""


class PathSuggester(Suggester):
    """Suggests the first entry of a folder that begins as the path typed; `~` is home."""

    def __init__(self, endings: tuple[str, ...] = ()) -> None:
        """Suggest folders, and files with these endings; all files if none are named."""
        super().__init__(use_cache=False, case_sensitive=True)
        self._endings = endings

    async def get_suggestion(self, value: str) -> str | None:
        """Read the folder in a thread: it may be on a slow file system."""
        return await asyncio.to_thread(completion, value, self._endings)


def completion(value: str, endings: tuple[str, ...] = ()) -> str | None:
    """Return the first path that begins with `value`, if there is one."""
    folder, start = os.path.split(value)
    if not start:
        return None
    try:
        with os.scandir(expanded(folder or ".")) as entries:
            names = sorted(
                f"{entry.name}/" if entry.is_dir() else entry.name
                for entry in entries
                if entry.name.startswith(start) and (entry.is_dir() or offered(entry.name, endings))
            )
    except (OSError, ValueError):
        return None
    return os.path.join(folder, names[0]) if names else None


def short(path: Path) -> str:
    """Return a path with `~` for the home folder."""
    path, home = path.absolute(), expanded("~")
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def offered(name: str, endings: tuple[str, ...]) -> bool:
    """Return whether a file has one of the endings; True if none are named."""
    return not endings or name.lower().endswith(endings)


def unread(path: Path) -> str:
    """Return what is shown of a file that is read only after enter; empty for any other."""
    if os.path.isdir(path):
        return "Go to a file."
    if path.is_file() and (size := path.stat().st_size) > LARGE:
        return f"{path.name}: {size / 1e6:,.0f} MB\nenter reads it"
    return f"{path.name}\nenter opens a model of it" if is_model_file(path) else ""


class FileTree(DirectoryTree, inherit_bindings=False):
    """Shows folders and the files with some endings; hidden ones are left out."""

    ICON_NODE = "+ "
    ICON_NODE_EXPANDED = "- "
    ICON_FILE = "  "
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "cursor_up", "up", show=False, id="list.up", tooltip="Move up"),
        Binding("down", "cursor_down", "down", show=False, id="list.down", tooltip="Move down"),
        Binding("home", "scroll_home", "first", show=False, id="list.first",
                tooltip="Go to the first"),
        Binding("end", "scroll_end", "last", show=False, id="list.last",
                tooltip="Go to the last"),
        Binding("pageup", "page_up", "page up", show=False, id="list.page_up",
                tooltip="Move up a page"),
        Binding("pagedown", "page_down", "page down", show=False, id="list.page_down",
                tooltip="Move down a page"),
        Binding("enter,right", "select_cursor", "view", key_display="enter", id="data.look",
                tooltip="Open the folder, or view the file"),
        Binding("backspace,left", "parent", "parent folder", False, key_display="⌫",
                id="data.parent", tooltip="Go to the parent folder"),
    ]  # fmt: skip

    def __init__(self, path: Path, endings: tuple[str, ...]) -> None:
        """Show a folder and the files in it that have one of the endings."""
        super().__init__(path)
        self._endings = endings

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        """Leave out hidden entries and files with other endings."""
        return [
            path
            for path in paths
            if not path.name.startswith(".")
            and (offered(path.name, self._endings) or path.is_dir())
        ]

    def action_parent(self) -> None:
        """Show the parent folder."""
        self.path = expanded(self.path).absolute().parent

    @property
    def selected(self) -> Path | None:
        """The file or folder at the cursor."""
        node = self.cursor_node
        return node.data.path if node is not None and node.data is not None else None
