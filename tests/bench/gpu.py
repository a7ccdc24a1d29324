"""How fast a GPU trains replicates side by side, beside all cores of the same machine.

    python tests/bench/gpu.py [--presets NAME …] [--replicates 30 300 3000] [--json FILE]

Prints microseconds for an epoch of one replicate, the start and compiling apart, and the memory of
the GPU that was taken at most. The GPU trains stacks (`training/parallel_gpu.py`), the cores train
replicates on threads (`training/parallel_cpu.py`). Each figure is of a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import threading
import time

PRESETS = (
    *("article/baseline", "article/hidden-before", "article/hidden-after"),
    *("classification/breast_cancer", "classification/digits", "patterns/autoencoder"),
    *("patterns/rnn", "patterns/cnn"),
)
SECONDS = 1.0
"""Seconds of training that a figure is of, at least."""
ON_CPU = 30
"""Replicates at once on the cores, where more take as long each."""


def measure(name: str, device: str, replicates: int) -> dict[str, object]:
    """Train replicates of a preset side by side on a device of this machine."""
    import tensorflow as tf

    from hiss.training import backend

    backend.load(device)
    from hiss.experiment.spec import Study
    from hiss.library.presets import find
    from hiss.results.curves import Curves
    from hiss.studies.runner import replicate_data
    from hiss.training import block
    from hiss.training.callback import Monitor, TrainingCallback
    from hiss.training.program_cache import PROGRAMS

    (experiment,) = find(name)
    study = Study(arms=(experiment,), repeats=replicates)
    with tf.device(device):
        began = time.perf_counter()
        data = replicate_data(study, experiment)
        program = PROGRAMS.of(experiment, data)
        numbers = range(replicates)
        states = block.initial_states(program, experiment, study.seed, numbers)
        states = list(states)
        starting = time.perf_counter() - began
        parallel = block._parallel(program, states, map(data.of, numbers))
        compiling = time.perf_counter() - began - starting
        monitor = Monitor(Curves(program.columns, replicates, 10**6), threading.Event(), int)
        callback = TrainingCallback(monitor, numbers)
        epochs = 20
        while True:
            began = time.perf_counter()
            parallel.advance(epochs, callback)
            seconds = time.perf_counter() - began
            if seconds > SECONDS / 2 or epochs >= 2000:
                break
            epochs = min(2000, int(epochs * max(2.0, SECONDS / seconds)))
    found: dict[str, object] = {
        "way": type(parallel).__name__,
        "microseconds": seconds / epochs / replicates * 1e6,
        "epochs": epochs,
        "compile_seconds": compiling,
        "start_seconds": starting,
    }
    if device != "cpu":
        found["megabytes"] = tf.config.experimental.get_memory_info(device.upper())["peak"] / 2**20
    return found


def child(name: str, device: str, replicates: int) -> dict[str, object]:
    command = [sys.executable, __file__, "--child", name, device, str(replicates)]
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ))
    if done.returncode:
        return {"error": done.stderr[-800:]}
    found: dict[str, object] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        name, device, replicates = sys.argv[2:]
        print(json.dumps(measure(name, device, int(replicates))))
        return
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--presets", nargs="+", default=PRESETS)
    parser.add_argument("--replicates", nargs="+", type=int, default=[30, 300, 3000])
    parser.add_argument("--json")
    chosen = parser.parse_args()
    figures = {}
    for name in chosen.presets:
        ways = [("cpu", ON_CPU), *(("gpu:0", count) for count in chosen.replicates)]
        for device, count in ways:
            figures[f"{name} {device} {count}"] = found = child(name, device, count)
            print(name, device, count, found, flush=True)
    if chosen.json:
        with open(chosen.json, "w") as file:
            json.dump(figures, file, indent=1)


if __name__ == "__main__":
    main()
