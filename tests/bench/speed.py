"""How fast hiss trains, beside stock Keras and beside JAX written by hand.

    python tests/bench/speed.py [--json FILE] [--presets NAME …] [--quick]

Every figure comes from a process of its own, one after the other, so that ratios compare like with
like. JAX is measured where it is installed (extra `bench`). Compiled programs are kept in an
empty folder of their own: the first run compiles, the second finds them.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from hiss.library.presets import find

HERE = Path(__file__).parent
OUTPUT_SHOWN = 2000
"""Characters of a failed measurement's error output."""
ARTICLE = ("baseline", "input-noise", "hidden-before", "hidden-after")
REPLICATES = (1, 10, 30, 120)
STOCK_EPOCHS = 100
Measured = dict[str, float]


def child(cache: str, script: str, *arguments: object) -> Measured:
    """Run a measurement in a process of its own."""
    environment = os.environ | {"XDG_CACHE_HOME": cache}
    command = [sys.executable, str(HERE / script), *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-OUTPUT_SHOWN:]}")
    measured: Measured = json.loads(done.stdout.strip().splitlines()[-1])
    return measured


def epochs_for(replicates: int, quick: bool) -> int:
    """Return the epochs with which many replicates take about as long as one."""
    return max(60_000 // replicates, 1_000) // (10 if quick else 1)


def measure_preset(run: Callable[..., Measured], name: str, quick: bool) -> dict[str, Any]:
    """Measure one preset by stock Keras, both engines and JAX, if installed."""
    preset = f"article/{name}"
    few = 30 if quick else STOCK_EPOCHS
    runs: dict[str, Any] = {
        "stock": run("child.py", "stock", preset, 1, few),
        "reference": run("child.py", "reference", preset, 1, few),
    }
    for replicates in REPLICATES:
        epochs = epochs_for(replicates, quick)
        runs[f"fused {replicates}"] = run("child.py", "fused", preset, replicates, epochs)
    if importlib.util.find_spec("jax"):
        for replicates in (1, 30):
            epochs = epochs_for(replicates, quick)
            peer = ("jax_peer.py", name, "--replicates", replicates, "--epochs", epochs)
            runs[f"jax {replicates}"] = run(*peer)
    return runs


def measure_whole(run: Callable[..., Measured]) -> dict[str, Measured]:
    """Measure the whole article with 30 repeats and with 1, and memory by replicates."""
    return {
        "article × 30, compiling": run("child.py", "fused", "article", 30, 0),
        "article × 30, compiled before": run("child.py", "fused", "article", 30, 0),
        "article × 1, compiled before": run("child.py", "fused", "article", 1, 0),
        "one run, compiled before": run("child.py", "fused", "article/baseline", 1, 0),
        "400 epochs × 32": run("child.py", "fused", "article/baseline", 32, 400),
        "400 epochs × 1,000": run("child.py", "fused", "article/baseline", 1000, 400),
    }


def table_of_presets(presets: dict[str, dict[str, Any]]) -> Table:
    """Show microseconds per epoch and replicate, one row for each way to train."""
    table = Table("µs per epoch and replicate", *presets, title="Speed")
    runs = next(iter(presets.values()))
    for run in runs:
        cells = [f"{measured[run]['microseconds']:,.0f}" for measured in presets.values()]
        table.add_row(run, *cells)
    for label, figure in (("start, s", "compile_seconds"), ("cores used", "cores")):
        cells = [f"{measured['fused 30'][figure]:.1f}" for measured in presets.values()]
        table.add_row(f"fused 30: {label}", *cells)
    ratios = [m["stock"]["microseconds"] / m["fused 30"]["microseconds"] for m in presets.values()]
    table.add_row("stock ÷ fused 30", *(f"{ratio:,.0f}×" for ratio in ratios))
    if "jax 30" in runs:
        peers = [
            m["jax 30"]["microseconds"] / m["fused 30"]["microseconds"] for m in presets.values()
        ]
        table.add_row("jax 30 ÷ fused 30", *(f"{ratio:.1f}×" for ratio in peers))
    return table


def table_of_wholes(wholes: dict[str, Measured]) -> Table:
    """Show seconds from the start of a study, TensorFlow being imported."""
    table = Table("after import", "seconds", "first point, s", "MB above import")
    for name, measured in wholes.items():
        figures = (measured["first_point_seconds"], measured["megabytes_above_import"])
        table.add_row(name, f"{measured['seconds']:.1f}", f"{figures[0]:.1f}", f"{figures[1]:.0f}")
    return table


def against_stock(presets: dict[str, dict[str, Any]], wholes: dict[str, Measured]) -> str:
    """Extrapolate how long stock `fit` would take for the whole article."""
    arms = {arm.name: arm for arm in find("article")}
    stock = sum(
        measured["stock"]["microseconds"] * 1e-6 * 30 * arms[f"article/{name}"].training.epochs
        for name, measured in presets.items()
    )
    ratio = stock / wholes["article × 30, compiling"]["seconds"]
    return f"article × 30 by stock fit: {stock / 3600:.1f} hours, {ratio:,.0f} times as long"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    parser.add_argument("--presets", nargs="+", choices=ARTICLE, default=ARTICLE)
    parser.add_argument("--quick", action="store_true", help="fewer epochs, coarser figures")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:

        def run(script: str, *arguments: object) -> Measured:
            return child(cache, script, *arguments)

        wholes = measure_whole(run)
        presets = {name: measure_preset(run, name, chosen.quick) for name in chosen.presets}
    console = Console()
    console.print(table_of_presets(presets), table_of_wholes(wholes))
    if len(presets) == len(ARTICLE):
        console.print(against_stock(presets, wholes))
    if chosen.json:
        chosen.json.write_text(json.dumps({"presets": presets, "wholes": wholes}, indent=2) + "\n")


if __name__ == "__main__":
    main()
