"""How fast hiss trains every built-in preset, beside stock Keras and JAX written by hand.

    python tests/bench/speed.py [--presets NAME …] [--document docs/speed.md]
    python tests/bench/speed.py --check tests/bench/speed.json [--presets NAME …]

The first prints a table and, with `--json FILE`, writes all figures; `--document` puts the table
into a document, `--baseline FILE` the ratios into a file. The second compares the ratios with such
a file, and exits with 1 where one has become worse by more than a quarter.

Every preset is measured in processes of its own, one after the other, so that ratios compare like
with like. JAX is measured where it is installed (extra `bench`). Compiled programs are kept in an
empty folder of their own.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from hiss.library.presets import load_presets

HERE = Path(__file__).parent
OUTPUT_SHOWN = 2000
"""Characters of a failed measurement's error output."""
MEASUREMENTS = ("limit", "stock", "reference", "fused:1", "fused:10", "fused:30")
FEW = (
    *("article/baseline", "article/hidden-before", "classification/breast_cancer"),
    *("patterns/cnn", "patterns/rnn", "regression/diabetes"),
)
"""Presets of the regression gate, where no others are named: one of each kind."""
WORSE = 0.75
"""The share of its baseline that a ratio may fall to."""
BEGIN, END = "<!-- table -->", "<!-- end of the table -->"
Figures = dict[str, Any]
Run = Callable[..., Figures]


def child(cache: str, seconds: float, script: str, *arguments: object) -> Figures:
    """Run measurements in a process of their own."""
    environment = os.environ | {"XDG_CACHE_HOME": cache, "HISS_BENCH_SECONDS": str(seconds)}
    command = [sys.executable, str(HERE / script), *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-OUTPUT_SHOWN:]}")
    found: Figures = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def measure_preset(run: Run, name: str, seconds: float) -> Figures:
    """Return microseconds for an epoch and replicate in each way, and what limits them."""
    found = run("child.py", name, *MEASUREMENTS)
    figures: Figures = {"limit": max(found.pop("limit").values())}
    figures |= {way: each and each["microseconds"] for way, each in found.items()}
    figures["compile_seconds"] = found["fused:1"]["compile_seconds"]
    if importlib.util.find_spec("jax"):
        peer = ("jax_peer.py", name, "--seconds", seconds, "--replicates", 10, 30)
        for way, each in run(*peer).items():
            figures[f"jax {way}"] = each if way == "missing" else each["microseconds"]
    return figures


def ratios(figures: Figures) -> dict[str, float]:
    """Return how many times as long others take as hiss: the reference engine, JAX's best way."""
    found = {"reference ÷ hiss": figures["reference"] / figures["fused:30"]}
    for count in (10, 30):
        ways = [figures.get(f"jax {way}:{count}", math.inf) for way in ("stacked", "threaded")]
        if math.isfinite(min(ways)):
            found[f"JAX ÷ hiss, {count}"] = min(ways) / figures[f"fused:{count}"]
    return found


COLUMNS: Mapping[str, Callable[[Figures], str]] = {
    "stock `fit`": lambda one: number(one["stock"]),
    "reference": lambda one: number(one["reference"]),
    "JAX `vmap`": lambda one: number(one.get("jax stacked:30")),
    "JAX threads": lambda one: number(one.get("jax threaded:30")),
    "hiss × 1": lambda one: number(one["fused:1"]),
    "× 10": lambda one: number(one["fused:10"]),
    "× 30": lambda one: number(one["fused:30"]),
    "reference ÷ hiss": lambda one: times(ratios(one).get("reference ÷ hiss")),
    "JAX ÷ hiss, 10": lambda one: times(ratios(one).get("JAX ÷ hiss, 10")),
    "30": lambda one: times(ratios(one).get("JAX ÷ hiss, 30")),
    "limit": lambda one: number(one["limit"]),
    "of the limit": lambda one: f"{100 * one['limit'] / one['fused:30']:.0f} %",
    "compiling, s": lambda one: f"{one['compile_seconds']:.1f}",
}


def number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def times(value: float | None) -> str:
    return "–" if value is None else f"{value:,.1f}×" if value < 100 else f"{value:,.0f}×"


def measure_whole(run: Run) -> dict[str, Figures]:
    """Measure the whole article with 30 repeats and with 1, and memory by replicates."""

    def whole(name: str, repeats: int, epochs: int = 0) -> Figures:
        what = f"whole:{repeats}:{epochs}"
        found: Figures = run("child.py", name, what)[what]
        return found

    return {
        "article × 30, compiling": whole("article", 30),
        "article × 30, compiled before": whole("article", 30),
        "article × 1, compiled before": whole("article", 1),
        "one run, compiled before": whole("article/baseline", 1),
        "400 epochs × 32": whole("article/baseline", 32, 400),
        "400 epochs × 1,000": whole("article/baseline", 1000, 400),
    }


def markdown(presets: Mapping[str, Figures], wholes: Mapping[str, Figures]) -> str:
    """Return both tables as they stand in the document."""
    rows = [["", *COLUMNS]]
    rows += [[name, *(cell(one) for cell in COLUMNS.values())] for name, one in presets.items()]
    later = [["after import", "seconds", "first point, s", "MB above import"]]
    for name, one in wholes.items():
        cells = (one["seconds"], one["first_point_seconds"], one["megabytes_above_import"])
        later.append([name, *map(number, cells)])
    system = f"{platform.processor() or platform.machine()}, {len(os.sched_getaffinity(0))} cores"
    return "\n\n".join(
        [f"Python {platform.python_version()}, {system}.", *map(_table, (rows, later))]
    )


def _table(rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows if row]
    aligned = "| :-- |" + " --: |" * (len(rows[0]) - 1)
    return "\n".join([lines[0], aligned, *lines[1:]])


def printed(presets: Mapping[str, Figures]) -> Table:
    table = Table("µs per epoch and replicate", *COLUMNS)
    for name, one in presets.items():
        table.add_row(name, *(cell(one) for cell in COLUMNS.values()))
    return table


def check(presets: Mapping[str, Figures], baseline: Mapping[str, Mapping[str, float]]) -> int:
    """Print the ratios that have become worse, and return the exit code."""
    worse = 0
    for name, figures in presets.items():
        for what, now in ratios(figures).items():
            before = baseline.get(name, {}).get(what)
            if before is not None and now < WORSE * before:
                worse = 1
                print(f"{name}: {what} is {times(now)}, was {times(before)}")
    print("slower than the baseline" if worse else f"{len(presets)} presets are as fast as before")
    return worse


def main() -> int:
    names = [one.name for one in load_presets().experiments]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--presets", nargs="+", choices=names, metavar="NAME")
    parser.add_argument("--seconds", type=float, default=1, help="of each measurement (1)")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    parser.add_argument("--baseline", type=Path, help="write the ratios to this file")
    parser.add_argument("--document", type=Path, help="put the tables into this file")
    parser.add_argument("--check", type=Path, help="compare with the ratios of this file")
    chosen = parser.parse_args()
    chosen.presets = chosen.presets or (FEW if chosen.check else names)
    with tempfile.TemporaryDirectory() as cache:

        def run(script: str, *arguments: object) -> Figures:
            return child(cache, chosen.seconds, script, *arguments)

        presets = {}
        for name in chosen.presets:
            presets[name] = measure_preset(run, name, chosen.seconds)
            print(name, json.dumps(presets[name]), file=sys.stderr, flush=True)
        wholes = {} if chosen.check else measure_whole(run)
    Console(width=200).print(printed(presets))
    if chosen.check:
        return check(presets, json.loads(chosen.check.read_text()))
    tables = markdown(presets, wholes)
    print(tables)
    if chosen.json:
        chosen.json.write_text(json.dumps({"presets": presets, "wholes": wholes}, indent=1) + "\n")
    if chosen.baseline:
        found = {name: ratios(one) for name, one in presets.items()}
        chosen.baseline.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    if chosen.document:
        before, _, rest = chosen.document.read_text().partition(BEGIN)
        after = rest.partition(END)[2]
        chosen.document.write_text(f"{before}{BEGIN}\n\n{tables}\n\n{END}{after}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
