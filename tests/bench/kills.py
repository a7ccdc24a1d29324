"""Kills training at random moments, goes on, and compares with an undisturbed training.

    python tests/bench/kills.py [--kills 20] [--signal KILL|TERM] [--detach] [--hiss COMMAND]

Each round trains the same comparison in a store of its own: it is killed up to three times, at
moments drawn between its start and the time that it takes undisturbed, and resumed until it has
ended. What it prints has to be what the undisturbed one prints, but for durations. Rounds follow
each other until there were that many kills.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

MOST_KILLS = 3
SKIPPED = {"seconds"}


def command(given: argparse.Namespace) -> list[str]:
    """Return the command line of hiss."""
    return shlex.split(given.hiss) if given.hiss else [sys.executable, "-m", "hiss"]


def numbers(text: str) -> Any:
    """Return a JSON document without durations."""

    def without(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: without(each) for key, each in value.items() if key not in SKIPPED}
        return [without(each) for each in value] if isinstance(value, list) else value

    return without(json.loads(text))


def start(arguments: list[str], store: Path) -> subprocess.Popen[str]:
    """Start hiss in a session of its own."""
    return subprocess.Popen(
        [*arguments, "--store", str(store)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def trainer(store: Path) -> int:
    """Return the process that trains in a store, once it has said so; 0 if none does."""
    for _ in range(100):
        for owner in store.glob("studies/*/owner.json"):
            try:
                pid = int(json.loads(owner.read_text())["pid"])
                os.kill(pid, 0)
            except (OSError, ValueError, KeyError):
                continue
            return pid
        time.sleep(0.1)
    return 0


def main() -> int:
    """Run the rounds, and return 1 if a number differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--epochs", type=int, default=4000)
    parser.add_argument("--signal", choices=("KILL", "TERM"), default="KILL")
    parser.add_argument("--detach", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hiss", default="")
    given = parser.parse_args()
    hiss, draw = command(given), random.Random(given.seed)
    compare = [*hiss, "compare", "article", "--format", "json", "--quiet"]
    compare += ["--repeats", str(given.repeats), "--epochs", str(given.epochs)]
    folder = Path(tempfile.mkdtemp(prefix="hiss-kills-"))
    for name in ("first", "undisturbed"):  # the first may wait for files that the second has cached
        began = time.monotonic()
        expected = numbers(start(compare, folder / name).communicate()[0])
        length = time.monotonic() - began
    print(f"undisturbed: {length:.1f} s", flush=True)
    different = number = kills = 0
    while kills < given.kills:
        number += 1
        store, killed = folder / f"round-{number}", []
        process = start([*compare, *(["--detach"] if given.detach else [])], store)
        for kill in range(MOST_KILLS):
            wait = draw.uniform(0.2, length)
            time.sleep(wait)
            pid = trainer(store) if given.detach else process.pid
            if not pid or (not given.detach and process.poll() is not None):
                break
            os.kill(pid, getattr(signal, f"SIG{given.signal}"))
            killed.append(round(wait, 1))
            process.communicate()
            time.sleep(0.3)
            if not any(store.glob("studies/*/study.json")):
                process = start(compare, store)  # it was killed before it had a folder
                continue
            last = kill == MOST_KILLS - 1
            flags = ["--detach"] if given.detach and not last else ["--format", "json", "--quiet"]
            process = start([*hiss, "resume", *flags], store)
        if given.detach and trainer(store):
            subprocess.run([*hiss, "attach", "--quiet", "--store", str(store)], capture_output=True)
        output, errors = process.communicate()
        if given.detach or not output.startswith("{"):
            (study,) = (path.parent.name for path in store.glob("studies/*/study.json"))
            opened = start([*hiss, "open", study, "--format", "json"], store)
            output, errors = opened.communicate()
        same = output.startswith("{") and numbers(output) == expected
        different += not same
        kills += len(killed)
        print(
            f"round {number}: killed after {killed} s: {'same' if same else 'DIFFERENT'}",
            flush=True,
        )
        if not same:
            print(errors, output[:300], sep="\n")
    print(f"{number - different} of {number} rounds, {kills} kills, print the same")
    return bool(different)


if __name__ == "__main__":
    sys.exit(main())
