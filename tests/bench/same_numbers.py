"""Checks that two versions of hiss print the same numbers: every score, curve, verdict and script.

    python tests/bench/same_numbers.py record FOLDER [--hiss COMMAND]    # once for each version
    python tests/bench/same_numbers.py compare FOLDER FOLDER

Both recordings have to be made on one machine with the same Keras, TensorFlow and numpy. Durations
and versions are left out, and keys that a later schema renamed count as the same.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

GROUPS = ("extensions", "patterns", "regression", "classification", "noise", "controls")
SHORT = ("--repeats", "2", "--epochs", "12")
AS_JSON = ("--format", "json", "--quiet")
RUNS: dict[str, tuple[str, ...]] = {
    "article": ("run", "article", "--seed", "1", "--curves", *AS_JSON),
    "article-compared": ("compare", "article", "--repeats", "5", "--epochs", "300", *AS_JSON),
    "article-task": (
        *("run", "article", "--mode", "task", "--repeats", "3", "--epochs", "200"),
        *("--seed", "7", "--curves", *AS_JSON),
    ),
    "article-reference": (
        *("run", "article", "--engine", "reference", "--epochs", "6", "--curves", *AS_JSON),
    ),
    "sweep": (
        *("sweep", "article/hidden-before", "--values", "0,0.1,0.3"),
        *("--repeats", "6", "--epochs", "200", "--refine", *AS_JSON),
    ),
    "sweep-two-sites": (
        *("sweep", "extensions/input-and-hidden", "--site", "input", "--site2", "hidden"),
        *("--values", "0,0.1", "--values2", "0,0.2", *SHORT, *AS_JSON),
    ),
    "sweep-penalty": (
        *("sweep", "controls/l2", "--site", "layers.0.kernel_regularizer.config.l2"),
        *(*SHORT, *AS_JSON),
    ),
    "sweep-gradients": (
        *("sweep", "noise/gradients", "--site", "training.optimizer.eta"),
        *("--values", "0,0.001,0.01", *SHORT, *AS_JSON),
    ),
    "table": (
        *("compare", "--data", "table.csv", "--target", "kind", "--one-hot", "place"),
        *("--repeats", "6", "--epochs", "30", *AS_JSON),
    ),
    "table-regression": (
        *("compare", "--data", "table.csv", "--target", "b", "--drop", "place,kind"),
        *("--repeats", "6", "--epochs", "30", *AS_JSON),
    ),
    "model": (
        *("compare", "--data", "table.csv", "--target", "kind", "--drop", "place"),
        *("--model", "network.py:build", "--noise", "dense:after:0.1"),
        *("--repeats", "6", "--epochs", "30", *AS_JSON),
    ),
    **{name: ("run", name, *SHORT, "--curves", *AS_JSON) for name in GROUPS},
}
RENAMED = {"stddev": "strength", "stddev2": "strength2", "strength": "argument",
           "strength2": "argument2", "way": "engine_note"}  # fmt: skip
"""What schema 1 called what schema 2 calls otherwise."""
LEFT_OUT = ("seconds", "fingerprint", "schema", "sentences", "sentence")
NETWORK = """
import keras

def build():
    return keras.Sequential([keras.layers.Dense(20, activation="relu", name="dense"),
                             keras.layers.Dropout(0.2),
                             keras.layers.Dense(1, activation="sigmoid", name="out")])
"""


def main() -> int:
    """Record one version, or compare two recordings."""
    parser = argparse.ArgumentParser(description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    recording = verbs.add_parser("record")
    recording.add_argument("folder", type=Path)
    recording.add_argument("--hiss", default="hiss", help="the command of the version")
    recording.add_argument("--only", nargs="*", default=(), help="names of single runs")
    comparing = verbs.add_parser("compare")
    comparing.add_argument("folders", type=Path, nargs=2)
    given = parser.parse_args()
    if given.verb == "record":
        record(given.folder.absolute(), given.hiss, given.only)
        return 0
    return compare(*given.folders)


def record(folder: Path, hiss: str, only: tuple[str, ...]) -> None:
    """Write what every run and every script of a version prints into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        _write_inputs(Path(place))
        for name, arguments in RUNS.items():
            if not only or name in only:
                print(name, flush=True)
                (folder / f"{name}.json").write_text(_said(hiss, arguments, place))
        if not only:
            for preset in _presets(hiss, place):
                print(preset, flush=True)
                stem = preset.replace("/", "-")
                (folder / f"{stem}.py").write_text(_said(hiss, ("show", preset, "--code"), place))
                (folder / f"{stem}.toml").write_text(_said(hiss, ("show", preset), place))


def compare(first: Path, second: Path) -> int:
    """Print every difference between two recordings; the number of files that differ."""
    names = sorted({file.name for folder in (first, second) for file in folder.iterdir()})
    different = 0
    for name in names:
        found = list(_differences(first / name, second / name))
        different += bool(found)
        for line in found[:5]:
            print(f"{name}: {line}")
    print(f"{len(names)} files, {different} differ")
    return min(different, 1)


def _write_inputs(folder: Path) -> None:
    generator = np.random.default_rng(0)
    rows = [f"{a:.4f},{b:.4f},{'xyz'[n % 3]},{'ab'[int(a + b > 0)]}"
            for n, (a, b) in enumerate(generator.normal(size=(80, 2)))]  # fmt: skip
    (folder / "table.csv").write_text("\n".join(["a,b,place,kind", *rows]) + "\n")
    (folder / "network.py").write_text(NETWORK)


def _presets(hiss: str, place: str) -> list[str]:
    listed = _said(hiss, ("list",), place).splitlines()[1:]
    return [line.split()[0] for line in listed if "/" in line.split(" ")[0]]


def _said(hiss: str, arguments: tuple[str, ...], place: str) -> str:
    environment = {**os.environ, "COLUMNS": "200"}
    done = subprocess.run(
        [*hiss.split(), *arguments], cwd=place, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{' '.join(arguments)}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


def _differences(first: Path, second: Path) -> Iterator[str]:
    for path in (first, second):
        if not path.exists():
            yield f"{path} is missing"
            return
    texts = [path.read_text() for path in (first, second)]
    if first.suffix == ".json":
        yield from _unlike("", *(_known(json.loads(text)) for text in texts))
    elif texts[0] != texts[1]:
        pairs = zip(*(text.splitlines() for text in texts), strict=False)
        yield next((f"{a!r} is {b!r}" for a, b in pairs if a != b), "has another length")


def _known(value: Any) -> Any:
    """The value without what may differ, under the newest names."""
    match value:
        case {"schema": 1, **rest}:
            return _known(_renamed(rest))
        case dict():
            return {key: _known(each) for key, each in value.items() if key not in LEFT_OUT}
        case list():
            return [_known(each) for each in value]
        case _:
            return value


def _renamed(value: Any) -> Any:
    match value:
        case dict():
            return {RENAMED.get(key, key): _renamed(each) for key, each in value.items()}
        case list():
            return [_renamed(each) for each in value]
        case _:
            return value


def _unlike(where: str, first: Any, second: Any) -> Iterator[str]:
    match first, second:
        case dict(), dict():
            for key in dict.fromkeys((*first, *second)):
                yield from _unlike(f"{where}.{key}", first.get(key), second.get(key))
        case list(), list() if len(first) == len(second):
            for place, pair in enumerate(zip(first, second, strict=True)):
                yield from _unlike(f"{where}.{place}", *pair)
        case _ if first != second:
            yield f"{where}: {first!r} is {second!r}"


if __name__ == "__main__":
    sys.exit(main())
