"""Completes paths while they are typed."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from textual.suggester import Suggester


class PathSuggester(Suggester):
    """Suggests the first entry of a folder that goes on as the path does; `~` is home."""

    def __init__(self, endings: tuple[str, ...] = ()) -> None:
        """Suggest folders, and files with these endings; all files if there are none."""
        super().__init__(use_cache=False, case_sensitive=True)
        self._endings = endings

    async def get_suggestion(self, value: str) -> str | None:
        """Look into the folder beside the event loop: it may be far away."""
        return await asyncio.to_thread(completion, value, self._endings)


def completion(value: str, endings: tuple[str, ...] = ()) -> str | None:
    """Return a path that begins as `value` does, if there is one."""
    folder, start = os.path.split(value)
    if not start:
        return None
    try:
        with os.scandir(Path(folder or ".").expanduser()) as entries:
            names = sorted(
                f"{entry.name}/" if entry.is_dir() else entry.name
                for entry in entries
                if entry.name.startswith(start) and (entry.is_dir() or offered(entry.name, endings))
            )
    except OSError:
        return None
    return os.path.join(folder, names[0]) if names else None


def short(path: Path) -> str:
    """Write a path with `~` for home."""
    path, home = path.absolute(), Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def offered(name: str, endings: tuple[str, ...]) -> bool:
    """Whether a file is one of those looked for."""
    return not endings or name.lower().endswith(endings)
