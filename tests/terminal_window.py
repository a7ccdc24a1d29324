"""A pseudo-terminal that runs a program and whose screen can be read."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyte

PATIENCE = 20.0
"""Seconds after which a wait fails."""


class TerminalWindow:
    """Runs Python code in its own terminal and keeps what it writes."""

    def __init__(self, code: str, columns: int = 80, rows: int = 24, **environment: str) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.written = b""
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.process = subprocess.Popen(
            [sys.executable, "-c", f"{_OWN_TERMINAL}\n{code}"],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color", "PYTHONPATH": _path(), **environment},
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.close()

    @property
    def screen(self) -> str:
        return "\n".join(self._screen.display)

    def press(self, keys: str) -> None:
        """Type keys, and read meanwhile: a terminal takes 4 kB at a time."""
        data = keys.encode()
        while data:
            reading, writing, _ = select.select([self._master], [self._master], [], PATIENCE)
            if reading:
                self._read()
            if writing:
                data = data[os.write(self._master, data[:1024]) :]

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._screen.resize(rows, columns)
        self.process.send_signal(signal.SIGWINCH)

    def close(self) -> None:
        """Close the window, as a dropped connection does."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    def wait_for(self, text: str) -> None:
        """Read until the text is on the screen."""
        end = time.monotonic() + PATIENCE
        while text not in self.screen:
            if time.monotonic() > end or not self._read():
                raise AssertionError(f"{text!r} did not appear:\n{self.screen}")

    def ended(self) -> int:
        """Read until the program has ended, and return its exit code."""
        while self._master >= 0 and self._read():
            pass
        return self.process.wait(PATIENCE)

    def drawn_within(self, seconds: float) -> bool:
        """Read what is written within some seconds, and return whether there was anything."""
        return self._read(seconds)

    def attributes(self) -> list[Any]:
        """Return the attributes of the terminal."""
        return termios.tcgetattr(self._master)

    def wait_until_stopped(self) -> None:
        """Wait until the process is stopped, as by ctrl+z."""
        end = time.monotonic() + PATIENCE
        while Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2][1] != "T":
            self._read(0.05)
            assert time.monotonic() < end, "the process was not stopped"

    def colors(self) -> set[str]:
        """Return the codes of all sequences that set colours and other attributes."""
        sequences = re.findall(rb"\x1b\[([0-9;]*)m", self.written)
        return {code for each in sequences for code in each.decode().split(";")}

    def _read(self, patience: float = PATIENCE) -> bool:
        if not select.select([self._master], [], [], patience)[0]:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False
        self.take(data)
        return bool(data)

    def take(self, data: bytes) -> None:
        """Keep what was written, and draw it."""
        self.written += data
        self._stream.feed(data.replace(b"\x1b[>25u", b"").replace(b"\x1b[<u", b""))


_OWN_TERMINAL = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)"


def _path() -> str:
    here = str(Path(__file__).resolve().parent)
    return os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH", "")]))
