"""Random keys over all screens of the console, on a scripted engine, in a terminal of its own.

    python tests/bench/soak.py --minutes 10 --seed 1

Reports what went wrong, and exits with 1 if anything did: a traceback or an early end, no sign of
life for longer than a second, a memory that grows, an end that takes longer than five seconds.
"""

from __future__ import annotations

import argparse
import random
import re
import signal
import statistics
import sys
import tempfile
import termios
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from terminal_window import TerminalWindow

CONSOLE = """
import asyncio, faulthandler, os, signal, sys, tempfile, threading, time, traceback
sys.path[:0] = {path!r}
os.environ.update({{name: tempfile.mkdtemp() for name in
    ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}})
os.chdir(os.environ["HOME"])
import stage
from functools import lru_cache
from stage import ScriptedEngine
stage._history = lru_cache(20)(stage._history.__wrapped__)  # it would keep 1,000 of 64 kB
from hiss.tui.console.app import HissApp
from hiss.tui.console.launch import open_console
from hiss.tui.workers import detached
detached.start_in_background = lambda record: None  # it would train for real
HissApp.action_suspend_process = lambda app: None  # the palette lists it; nobody would say fg
HissApp.keep_training = lambda app: None  # as it lists what ends the console
quit_with = HissApp.quit_with
HissApp.quit_with = lambda app, code: code in (0, 130) or quit_with(app, code)
original, report = HissApp.on_mount, open({report!r}, "a", buffering=1)
stacks = open({report!r} + ".stacks", "w", buffering=1)
faulthandler.register(signal.SIGUSR1, stacks)
ticked = []

def watch():  # faulthandler could do this without the GIL, and crash on frames that run meanwhile
    shown = None
    while True:
        time.sleep(0.1)
        late = ticked and time.monotonic() - ticked[-1] > {freeze}
        if late and shown != ticked[-1]:
            shown = ticked[-1]
            for frame in sys._current_frames().values():
                print("".join(traceback.format_stack(frame)), file=stacks)

threading.Thread(target=watch, daemon=True).start()

async def tick(app):
    last = time.monotonic()
    while True:
        ticked[:] = [time.monotonic()]
        await asyncio.sleep(0.05)
        now, queue = time.monotonic(), app.key_queue
        deaf = now - queue._since if queue._waiting else 0.0
        if max(now - last, deaf) > 0.5:
            name = type(app.screen).__name__
            print(f"{{now - last:.2f}} {{deaf:.2f}} {{name}}", file=report)
        last = now

def on_mount(self):
    original(self)
    self.ticking = asyncio.ensure_future(tick(self))

HissApp.on_mount = on_mount
sys.exit(open_console(engine=ScriptedEngine(seconds_per_chunk=0.01)))
"""
KEYS = [
    *"abcdefghijklmnopqrstuvwxyz1234567890ABCDEJKLMNOQRSTX?/:+-.,=<>[]",
    *("\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F"),
    *("\r", "\r", "\t", "\x1b[Z", " ", "\x7f", "\x1b", "\x1b", "\x13", "\x12", "\x10"),
]
"""All but ctrl+c and ctrl+z, which end or stop the console; escape and enter twice."""
SIZES = [(80, 24), (120, 36), (60, 16), (40, 12), (200, 60)]
LEFT, XON = b"\x1b[?1049l", "\x11"
"""Ends the alternate screen; goes on with output that a ctrl+s has stopped after it."""
ESCAPES = re.compile(r"\x1b\[[0-9;?<>=]*[a-zA-Z]")
FREEZE, SLOW_END, GROWTH = 1.0, 5.0, 0.15
"""Seconds and seconds; share of the memory at half time that may be added until the end."""


class Window(TerminalWindow):
    """A terminal that draws only at first: an emulator in Python takes as long as the console."""

    draws = True
    TAIL = 200_000
    """Bytes that are kept, which hold a whole traceback."""

    @property
    def left(self) -> bool:
        """Whether the console has given the terminal back, after which ctrl+s stops its output."""
        return LEFT in self.written or bool(self.attributes()[3] & termios.ICANON)

    def take(self, data: bytes) -> None:
        """Keep the last of what was written."""
        if self.draws:
            super().take(data)
        else:
            self.written = (self.written + data)[-self.TAIL :]


class Soak:
    """Presses keys in a console, and keeps the last ones and its memory."""

    def __init__(self, window: Window, seed: int) -> None:
        self.window, self.random = window, random.Random(seed)
        self.memory: list[tuple[float, float]] = []
        self.last: list[str] = []

    def run(self, seconds: float) -> None:
        """Press keys for some seconds."""
        began = time.monotonic()
        while (now := time.monotonic() - began) < seconds and not self.window.left:
            keys = [self.random.choice(KEYS) for _ in range(self.random.randint(1, 8))]
            self.last = (self.last + keys)[-60:]
            if self.random.random() < 0.01:
                self.window.resize(*self.random.choice(SIZES))
            self.window.press("".join(keys))
            self.window.drawn_within(self.random.choice((0.01, 0.05, 0.2)))
            while self.window.drawn_within(0):
                pass
            self.memory.append((now, megabytes(self.window.process.pid)))


def megabytes(pid: int) -> float:
    """Return the resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0


def ended(window: TerminalWindow) -> int:
    """Return the exit code of the console; end it with its stacks if it does not end."""
    if (code := code_within(window, 20)) is not None:
        return code
    window.process.send_signal(signal.SIGUSR1)
    time.sleep(1)
    window.process.kill()
    return window.process.wait()


def code_within(window: TerminalWindow, seconds: float) -> int | None:
    """Return the exit code of a console that ends in time; None otherwise.

    What it still writes is read: it cannot end before.
    """
    if window.left:
        window.press(XON)
    end = time.monotonic() + seconds
    while window.process.poll() is None and time.monotonic() < end:
        window.drawn_within(0.05)
    return window.process.poll()


def problems(soak: Soak, late: list[str], seconds_to_end: float, code: int) -> list[str]:
    """Return what went wrong."""
    found = [f"event loop late, keys waiting (s), screen: {line}" for line in late]
    if code == 1 or b"Traceback" in soak.window.written:
        text = ESCAPES.sub("", soak.window.written.decode(errors="replace"))
        found.append("a traceback:\n" + text[-12000:])
    if code != 128 + signal.SIGTERM:
        found.append(f"it ended with {code} after {''.join(soak.last)!r}")
    if seconds_to_end > SLOW_END:
        found.append(f"it took {seconds_to_end:.1f} s to end")
    tenth = len(soak.memory) // 10  # the first half of the time fills caches
    first, last = ([size for _, size in soak.memory[start:][:tenth]]
                   for start in (5 * tenth, 9 * tenth))  # fmt: skip
    if first and statistics.median(last) > (1 + GROWTH) * statistics.median(first):
        found.append(f"memory grew from {statistics.median(first):.0f} to "
                     f"{statistics.median(last):.0f} MB")  # fmt: skip
    return found


def main() -> int:
    """Run one soak and print its report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    report = Path(tempfile.mkdtemp()) / "late.txt"
    with Window(
        CONSOLE.format(path=sys.path, report=str(report), freeze=FREEZE), 120, 36
    ) as window:
        window.wait_for("30 train")
        window.draws = False
        soak = Soak(window, options.seed)
        soak.run(60 * options.minutes)
        began = time.monotonic()
        window.process.send_signal(signal.SIGTERM)
        window.press(XON)
        code = ended(window)
        late = [line for line in report.read_text().splitlines()
                if max(map(float, line.split()[:2])) > FREEZE]  # fmt: skip
        found = problems(soak, late, time.monotonic() - began, code)
    sizes = [f"{size:.0f}" for _, size in soak.memory[:: max(1, len(soak.memory) // 10)]]
    print(f"seed {options.seed}: {len(soak.memory)} rounds; memory in MB: {' '.join(sizes)}")
    print("\n".join(found) or "nothing went wrong")
    if found:
        print(Path(f"{report}.stacks").read_text(), end="")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
