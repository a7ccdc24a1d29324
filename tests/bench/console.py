"""How quickly the console appears and answers, and what it costs the training.

    python tests/bench/console.py [--json FILE] [--epochs 40000] [--rounds 7]

The console runs in a pseudo-terminal of 120 × 36, with the article's baseline made to train for
longer. It and a process without a console take turns to train the same; the rate is the median of
the rounds' ratios. hiss has to be installed, or on PYTHONPATH.
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
from typing import Any

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
SIZE = (36, 120)
"""Rows and columns."""
KEYS = 100
"""Keys whose echo is timed."""
REPEATS = 10
"""What the console's key `n` chooses first."""


class Terminal:
    """A program in a pseudo-terminal, and the bytes that it writes."""

    def __init__(self, *command: str, cache: str | None = None) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
        environment = os.environ | {"TERM": "xterm-256color"}
        environment["XDG_STATE_HOME"] = tempfile.mkdtemp()  # nothing remembered
        environment |= {"XDG_CACHE_HOME": cache} if cache else {}
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
        """Read until the text comes; return the seconds that it took."""
        began, seen = time.perf_counter(), b""
        while text not in seen:
            if time.perf_counter() - began > patience:
                raise SystemExit(f"{text!r} never came; the last bytes were {seen[-300:]!r}")
            seen += self.read(0.5)
        return time.perf_counter() - began

    def read(self, seconds: float) -> bytes:
        """Read what comes first within some seconds, and answer for the terminal."""
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
        """Read for some seconds; return how many bytes came."""
        end, before = time.perf_counter() + seconds, self.written
        while (left := end - time.perf_counter()) > 0:
            self.read(left)
        return self.written - before

    def wait_for_line(self, file: Path, line: int) -> str:
        """Read until a file has `line` lines; return the last of them."""
        while not file.exists() or len(lines := file.read_text().splitlines()) < line:
            self.read(0.1)
        return lines[line - 1]

    def leave(self) -> None:
        while self.process.poll() is None:
            self.read(0.1)
        os.close(self.master)


def first_paints(count: int) -> list[float]:
    """Start the console `count` times; return the seconds until its frame is on the screen."""
    seconds = []
    for _ in range(count):
        terminal = Terminal("-m", "hiss")
        terminal.wait_for(b"Presets")
        seconds.append(time.perf_counter() - terminal.began)
        terminal.press(b"q")
        terminal.leave()
    return seconds


def echoes(terminal: Terminal) -> list[float]:
    """Move between two presets; return the seconds until the other one is highlighted."""
    seconds = []
    for count in range(KEYS):
        down = count % 2 == 0
        terminal.press(b"\x1b[B" if down else b"\x1b[A")
        seconds.append(terminal.wait_for(b"input-noise" if down else b"baseline"))
        terminal.drain(0.05)
    return seconds


def train(terminal: Terminal, file: Path, place: int) -> tuple[float, float]:
    """Press enter and wait for the end; return epochs per second and seconds to the first epoch."""
    pressed = time.time()
    terminal.press(b"\r")
    rate, first = map(float, terminal.wait_for_line(file, place).split())
    terminal.drain(1.0)
    return rate, first - pressed


def first_points(folder: Path) -> dict[str, float]:
    """Train presets never compiled: one highlighted for a while, and one trained at once."""
    folder.mkdir()
    file = folder / "few"
    watched = str(HERE / "watched_console.py")
    terminal = Terminal(watched, "400", str(file), cache=str(folder))
    terminal.wait_for(b"TensorFlow 2")
    terminal.drain(4.0)
    _, read = train(terminal, file, 1)
    terminal.press(b"\x1b[B")
    terminal.wait_for(b"input-noise")
    _, unread = train(terminal, file, 2)
    terminal.press(b"q")
    terminal.leave()
    return {"first_point": read, "first_point_at_once": unread}


def rates(terminal: Terminal, file: Path, epochs: int, rounds: int) -> list[tuple[float, float]]:
    """Train in the console and without it in turn; return the epochs per second of each round."""
    command = [sys.executable, str(HERE / "training_rate.py"), str(epochs), str(REPEATS)]
    alone = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert alone.stdin and alone.stdout
    pairs = []
    for number in range(rounds + 1):
        print("train", file=alone.stdin, flush=True)
        without = float(alone.stdout.readline())
        pairs.append((train(terminal, file, number + 1)[0], without))
    alone.communicate()
    return pairs[1:]


def measure(epochs: int, rounds: int) -> dict[str, Any]:
    """Train in the console: first in turn with a process without one, then pressing keys."""
    with tempfile.TemporaryDirectory() as folder:
        report, studies = Path(folder) / "report.json", Path(folder) / "studies"
        watched = str(HERE / "watched_console.py")
        terminal = Terminal(watched, str(epochs), str(studies), str(report))
        terminal.wait_for(b"TensorFlow 2")
        terminal.drain(1.0)
        terminal.press(b"n")
        terminal.wait_for(b"10 ")
        pairs = rates(terminal, studies, epochs, rounds)
        terminal.press(b"nn\r")
        terminal.wait_for(b"epochs/s")
        pressed = sorted(echoes(terminal))
        per_second = terminal.drain(5.0) / 5.0
        terminal.press(b"x")
        terminal.wait_for_line(studies, rounds + 2)
        terminal.drain(1.0)
        terminal.press(b"q")
        terminal.leave()
        late = json.loads(report.read_text())
        points = [first_points(Path(folder) / str(number)) for number in range(3)]
    return {
        "gap_importing": late["importing"],
        "gap_training": late["training"],
        "echo_p50": statistics.median(pressed),
        "echo_p95": pressed[int(0.95 * len(pressed))],
        "bytes_per_second": per_second,
        "epochs_per_second": pairs,
        "rate": statistics.median(watched / alone for watched, alone in pairs),
        **{name: statistics.median(each[name] for each in points) for name in points[0]},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    parser.add_argument("--epochs", type=int, default=40_000, help="trained in every round")
    parser.add_argument("--rounds", type=int, default=7, help="with the console and without")
    chosen = parser.parse_args()
    paints = first_paints(5)
    figures = measure(chosen.epochs, chosen.rounds)
    figures["first_paint"] = statistics.median(paints)
    table = Table("console at 120 × 36", "measured", title="Console")
    rows = (
        ("first paint, median of 5", "first_paint"),
        ("longest event-loop gap while TensorFlow loads", "gap_importing"),
        ("longest event-loop gap while training", "gap_training"),
        ("key echo while training, p50", "echo_p50"),
        ("key echo while training, p95", "echo_p95"),
        ("first point after enter, preset read for 4 s, median of 3", "first_point"),
        ("first point after enter at once, never compiled, median of 3", "first_point_at_once"),
    )
    for name, figure in rows:
        table.add_row(name, f"{figures[figure] * 1000:,.0f} ms")
    table.add_row("written while training", f"{figures['bytes_per_second'] / 1e3:.1f} kB/s")
    table.add_row("training rate, of the rate without a console", f"{figures['rate']:.0%}")
    Console().print(table)
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
