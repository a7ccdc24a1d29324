"""Who trains a study: one process, which can be seen to live from any other.

A process's number alone lies after a restart of the machine, so that its start time and the
machine's boot are kept with it. On another machine only the heartbeat can be seen.
"""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from hiss.errors import EngineError
from hiss.files import write_durably

OWNER, LOCK, STOP = "owner.json", "lock", "stop"
"""Names of files in a study's folder."""
HEARTBEAT_SECONDS = 1.0
DEAD_SECONDS = 5.0
"""Seconds without a heartbeat after which a process of another machine counts as dead."""
PROC = Path("/proc")
Phase = Literal["queued", "running"]


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that trains a study, or waits to do so."""

    pid: int
    started: str
    """When the process started, in the kernel's clock; empty where that is not known."""
    boot: str
    """The machine's boot; empty where that is not known."""
    host: str
    user: str
    phase: Phase = "running"

    @classmethod
    def here(cls, phase: Phase = "running") -> Owner:
        """Return this process."""
        pid = os.getpid()
        return cls(pid, _started(pid), _boot(), socket.gethostname(), _user(), phase)

    def lives(self, heartbeat: float) -> bool:
        """Return whether the process is still there.

        Args:
            heartbeat: when it last showed, in seconds since the epoch.
        """
        if self.host != socket.gethostname():
            return time.time() - heartbeat < DEAD_SECONDS
        if self.boot != _boot():
            return False
        if self.started:
            return self.started == _started(self.pid)
        return time.time() - heartbeat < DEAD_SECONDS and _exists(self.pid)

    def __str__(self) -> str:
        """Return it in words: `process 1234 on server`."""
        return f"process {self.pid} on {self.host}"


def living_owner(folder: Path) -> Owner | None:
    """Return the process that trains a study now; None if there is none."""
    try:
        text = (folder / OWNER).read_text(encoding="utf-8")
        heartbeat = (folder / OWNER).stat().st_mtime
        owner = Owner(**json.loads(text))
        return owner if owner.lives(heartbeat) else None
    except (OSError, ValueError, TypeError):
        return None


def ask_to_stop(folder: Path) -> None:
    """Ask the process that trains a study to stop; it looks once a second.

    Raises:
        OSError: if the folder cannot be written.
    """
    (folder / STOP).touch()


class Ownership:
    """Holds a study's folder for this process, and shows once a second that it lives."""

    def __init__(self, folder: Path, stop: threading.Event, phase: Phase = "running") -> None:
        """Take a folder; `stop` is set when another process asks for it."""
        self.folder, self.stop = folder, stop
        self.beat: Callable[[], object] = lambda: None
        """Called once a second."""
        self._phase: Phase = phase
        self._lock: int | None = None
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Take the study.

        Raises:
            EngineError: if another process has it.
            OSError: if the folder cannot be locked, such as one that cannot be written.
        """
        self._take_lock()
        with suppress(OSError):
            (self.folder / STOP).unlink()
        with suppress(OSError):  # a full disk: the lock holds, and the heartbeat tries again
            self._write()
        self._thread = threading.Thread(target=self._beat, daemon=True, name="heartbeat")
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give the study back."""
        self._done.set()
        if self._thread is not None:
            self._thread.join()
        for name in (OWNER, STOP):
            with suppress(OSError):
                (self.folder / name).unlink()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def enter_phase(self, phase: Phase) -> None:
        """Show that the process waits, or trains."""
        self._phase = phase
        with suppress(OSError):
            self._write()

    def _take_lock(self) -> None:
        """Lock the folder, which the kernel undoes when the process ends in whatever way."""
        self._lock = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._lock)
            self._lock = None
            raise _taken(self.folder) from error
        except OSError:  # a file system without locks: the heartbeat has to do
            if living_owner(self.folder) is not None:
                raise _taken(self.folder) from None

    def _write(self) -> None:
        text = json.dumps(asdict(Owner.here(self._phase)))
        write_durably(self.folder / OWNER, text.encode())

    def _beat(self) -> None:
        while not self._done.wait(HEARTBEAT_SECONDS):
            with suppress(OSError):
                self._show_life()
            self.beat()
            if (self.folder / STOP).exists():
                self.stop.set()

    def _show_life(self) -> None:
        try:
            os.utime(self.folder / OWNER)
        except FileNotFoundError:
            self._write()


def _taken(folder: Path) -> EngineError:
    owner = living_owner(folder) or "another process"
    message = f"{folder.name}: {owner} is training this study already."
    return EngineError(message, f"`hiss attach {folder.name}` follows it.")


def _started(pid: int) -> str:
    """Return when a process started; empty if there is none, or the system does not say.

    Source: proc_pid_stat(5): the 22nd field; the second, in parentheses, may hold spaces.
    """
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[19]


def _boot() -> str:
    try:
        return (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user whom the system does not know
        return str(os.getuid())
