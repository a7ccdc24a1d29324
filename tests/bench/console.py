"""How quickly the console appears and answers, and what it costs the training.

    python tests/bench/console.py [--json FILE] [--epochs 100000]

The console runs in a pseudo-terminal of 120 × 36, with the article's baseline made to train for
longer; the same training then runs without a console, in the same minute.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import pty
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SIZE = (36, 120)
KEYS = 100
REPEATS = 10
"""What the console's key `n` chooses first."""


class Terminal:
    """A program in a pseudo-terminal, and the bytes that it writes."""

    def __init__(self, *command: str) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
        environment = os.environ | {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, *command], stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True, env=environment,
        )  # fmt: skip
        os.close(slave)
        self.written = 0

    def press(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def wait_for(self, text: bytes, patience: float = 60.0) -> float:
        """Read until the text comes; give the seconds that it took."""
        began, seen = time.perf_counter(), b""
        while text not in seen:
            if time.perf_counter() - began > patience:
                raise SystemExit(f"{text!r} never came; the last bytes were {seen[-300:]!r}")
            seen += self.read(0.5)
        return time.perf_counter() - began

    def read(self, seconds: float) -> bytes:
        """Read what comes within some seconds, at least once."""
        if not select.select([self.master], [], [], seconds)[0]:
            return b""
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return b""
        if b"\x1b[6n" in data:
            os.write(self.master, b"\x1b[1;1R")
        self.written += len(data)
        return data

    def drain(self, seconds: float) -> int:
        """Read for some seconds; give the bytes that came."""
        end, before = time.perf_counter() + seconds, self.written
        while (left := end - time.perf_counter()) > 0:
            self.read(left)
        return self.written - before

    def leave(self) -> None:
        while self.process.poll() is None:
            self.read(0.1)
        os.close(self.master)


def first_paints(count: int) -> list[float]:
    """Start the console some times; give the seconds until its frame is on the screen."""
    seconds = []
    for _ in range(count):
        terminal = Terminal("-m", "tui")
        terminal.wait_for(b"Presets")
        seconds.append(time.perf_counter() - terminal.began)
        terminal.press(b"q")
        terminal.leave()
    return seconds


def echoes(terminal: Terminal) -> list[float]:
    """Move between two presets; give the seconds until the other one is highlighted."""
    seconds = []
    for count in range(KEYS):
        down = count % 2 == 0
        terminal.press(b"\x1b[B" if down else b"\x1b[A")
        seconds.append(terminal.wait_for(b"input-noise" if down else b"baseline"))
        terminal.drain(0.05)
    return seconds


def with_console(epochs: int) -> dict[str, object]:
    """Train in the console until the end, pressing keys for a part of the time."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        terminal = Terminal(str(HERE / "watched_console.py"), str(epochs), str(report))
        terminal.wait_for(b"TensorFlow 2")
        terminal.drain(1.0)
        terminal.press(b"n")
        terminal.wait_for(b"10 ")
        terminal.drain(0.5)
        terminal.press(b"\r")
        terminal.wait_for(b"epochs/s")
        pressed = echoes(terminal)
        per_second = terminal.drain(5.0) / 5.0
        terminal.wait_for(b"finished", patience=600.0)
        terminal.drain(1.0)
        terminal.press(b"q")
        terminal.leave()
        seen = json.loads(report.read_text())
    pressed.sort()
    return {
        "gap_importing": seen["late"]["importing"],
        "gap_training": seen["late"]["training"],
        "echo_p50": statistics.median(pressed),
        "echo_p95": pressed[int(0.95 * len(pressed))],
        "bytes_per_second": per_second,
        "training_seconds": sum(seen["seconds"]),
    }


def without_console(epochs: int) -> float:
    """Train the same without a console; give the seconds of all replicates together."""
    command = [sys.executable, "-m", "tui", "run", "article/baseline", "--quiet", "--format"]
    options = ["json", "--repeats", str(REPEATS), "--epochs", str(epochs), "--seed", "1"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, *options], capture_output=True, text=True, check=True, env=environment
    )
    (arm,) = json.loads(done.stdout)["arms"]
    return sum(one["seconds"] for one in arm["replicates"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    parser.add_argument("--epochs", type=int, default=100_000)
    chosen = parser.parse_args()
    paints = first_paints(5)
    figures = with_console(chosen.epochs)
    alone = without_console(chosen.epochs)
    figures["first_paint"] = statistics.median(paints)
    figures["rate"] = alone / float(figures["training_seconds"])
    table = Table("console at 120 × 36", "measured", title="Console")
    gaps = figures["gap_importing"], figures["gap_training"]
    rows = (
        ("first paint, median of 5", f"{figures['first_paint'] * 1000:.0f} ms"),
        (
            "longest event-loop gap while TensorFlow loads",
            f"{gaps[0] * 1e3:.0f} ms",
        ),
        ("longest event-loop gap while training", f"{gaps[1] * 1e3:.0f} ms"),
        ("key echo while training, p50", f"{figures['echo_p50'] * 1e3:.0f} ms"),
        ("key echo while training, p95", f"{figures['echo_p95'] * 1e3:.0f} ms"),
        ("written while training", f"{figures['bytes_per_second'] / 1e3:.1f} kB/s"),
        ("training rate, of the rate without a console", f"{figures['rate']:.0%}"),
    )
    for row in rows:
        table.add_row(*row)
    Console().print(table)
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
