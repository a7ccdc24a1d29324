"""The file of what the console remembers: read at the start, written on a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

from platformdirs import user_state_path

from hiss.files import in_home, why, write_atomically
from hiss.tui.state.memory import Memory
from hiss.tui.state.memory_json import NewerMemory, dumps, loads

LARGEST = 100_000
"""Bytes above which a file is none of hiss's."""


def memory_path() -> Path:
    """Return the file that the console remembers in; not absolute where there is no home."""
    return in_home(lambda: user_state_path("hiss", appauthor=False)) / "console.json"


class MemoryFile:
    """Reads what is remembered, and writes it whole or not at all: of two consoles the last wins.

    A file that cannot be read or written costs one line in the log, and nothing else.
    """

    def __init__(self, path: Path | None, log: Callable[[str], object]) -> None:
        """Take a path, or None to remember nothing, and what writes a line to the log."""
        self._path, self._log = path, log
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="memory")
        self._written = Memory()
        self._failed = self._closed = False
        self._last: Future[None] | None = None

    @property
    def is_used(self) -> bool:
        """Whether anything is remembered."""
        return self._path is not None

    def read(self) -> Memory:
        """Return what is remembered; the usual where that cannot be read."""
        path = self._path
        if path is not None and not path.is_absolute():
            self._give_up("there is no home folder")
        elif path is not None:
            try:
                self._written = _read(path)
            except NewerMemory as error:
                self._give_up(f"{path}: {error}")
            except (OSError, ValueError) as error:
                self._log(f"what the console remembers cannot be read: {path}: {_why(error)}")
        return self._written

    def write(self, memory: Memory) -> None:
        """Write what is to be remembered, soon; nothing once it is closed."""
        if self._path is not None and not self._closed:
            self._last = self._pool.submit(self._write, self._path, memory)

    def close(self, memory: Memory, patience: float) -> bool:
        """Write what is to be remembered, wait for that, and return whether it is done.

        Args:
            memory: What is to be remembered.
            patience: Seconds to wait at most: the folder may be on a network that is gone.
        """
        self.write(memory)
        self._closed = True
        done = self._last is None or not wait([self._last], patience).not_done
        self._pool.shutdown(wait=False, cancel_futures=True)
        return done

    def _write(self, path: Path, memory: Memory) -> None:
        """Write what differs from the last; for the thread."""
        if memory == self._written:
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, dumps(memory), replace=True)
        except (OSError, ValueError) as error:
            if not self._failed:
                self._log(f"nothing is remembered: {path} cannot be written: {_why(error)}")
            self._failed = True
        else:
            self._written, self._failed = memory, False

    def _give_up(self, reason: str) -> None:
        """Remember nothing in this session, and leave the file as it is."""
        self._path = None
        self._log(f"nothing is remembered: {reason}")


def _read(path: Path) -> Memory:
    """Return what a file remembers; the usual if there is none.

    Raises:
        OSError: The file cannot be read.
        ValueError: The file holds something else.
    """
    if not path.exists():
        return Memory()
    if not path.is_file():
        raise ValueError("expected a file")
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise ValueError(f"expected at most {LARGEST:,} bytes")
    return loads(data.decode())


def _why(error: OSError | ValueError) -> str:
    return why(error).partition("\n")[0]
