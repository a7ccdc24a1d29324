"""Measurements of one preset, one after the other in a process of its own; prints a JSON object.

    python tests/bench/child.py PRESET MEASUREMENT …

where a measurement is `stock` for Keras without hiss, `reference` for hiss's reference engine,
`fused:REPLICATES` for so many replicates at once, `limit` for the roofline, or
`whole:REPEATS:EPOCHS` for a study, 0 epochs being its own. All but the last two train as many
epochs as take about HISS_BENCH_SECONDS, 2 by default.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time
from collections.abc import Callable

import roofline

from hiss.library.presets import find
from hiss.training import backend

SECONDS = float(os.environ.get("HISS_BENCH_SECONDS", "2"))
PROBE, MOST = 12, 50_000
"""Epochs that are measured first, and at most."""
SKIPPED = 3
"""Epochs of stock `fit` that are not counted: Keras traces its functions in the first."""
Measured = dict[str, float]


def shortened(name: str, epochs: int):
    if not epochs:
        return find(name)
    return tuple(
        arm.model_copy(update={"training": arm.training.model_copy(update={"epochs": epochs})})
        for arm in find(name)
    )


def resident() -> float:
    """Return the largest resident memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def processor_seconds() -> float:
    used = os.times()
    return used.user + used.system


def study(engine: str, arms, repeats: int) -> Measured:
    """Run a study and measure the time between its events."""
    from hiss.experiment.spec import Study
    from hiss.results.outcomes import ArmEnded, ArmStarted, TrainingStarted
    from hiss.studies.runner import run_study

    seconds = {"compile": 0.0, "training": 0.0, "processor": 0.0}
    last = [0.0, 0.0]
    first: list[float] = []

    def listen(event: object) -> None:
        now = (time.perf_counter(), processor_seconds())
        if isinstance(event, TrainingStarted):
            seconds["compile"] += now[0] - last[0]
            first.append(now[0])
        if isinstance(event, ArmEnded):
            seconds["training"] += now[0] - last[0]
            seconds["processor"] += now[1] - last[1]
        if isinstance(event, ArmStarted | TrainingStarted):
            last[:] = now

    began, memory = time.perf_counter(), resident()
    chosen = Study(arms=arms, repeats=repeats, engine=engine, device="cpu")
    result = run_study(chosen, listen, threading.Event())
    total = time.perf_counter() - began
    steps = sum(int(arm.curves.counts.sum()) for arm in result.arms)
    return {
        "microseconds": seconds["training"] / steps * 1e6,
        "compile_seconds": seconds["compile"],
        "cores": seconds["processor"] / seconds["training"],
        "seconds": total,
        "first_point_seconds": first[0] - began,
        "megabytes_above_import": resident() - memory,
    }


def timed(measure: Callable[[int], Measured], replicates: int) -> tuple[Measured, int]:
    """Measure more and more epochs until they take long enough; also return how many."""
    epochs = PROBE
    while True:
        found = measure(epochs)
        spent = found["microseconds"] * epochs * replicates * 1e-6
        if spent > SECONDS / 2 or epochs == MOST:
            return found, epochs
        epochs = min(int(epochs * max(2.0, SECONDS / spent)), MOST)


def timed_twice(measure: Callable[[int], Measured], replicates: int) -> Measured:
    """Return the better of two measurements that are long enough, compiling apart."""
    compiling = measure(PROBE)["compile_seconds"]
    first, epochs = timed(measure, replicates)
    best = min(first, measure(epochs), key=lambda found: found["microseconds"])
    return {**best, "compile_seconds": compiling}


def engine_of_hiss(engine: str, name: str, replicates: int) -> Measured:
    def measure(epochs: int) -> Measured:
        return study(engine, shortened(name, epochs), replicates)

    return timed_twice(measure, replicates) if engine == "fused" else timed(measure, replicates)[0]


def stock(name: str) -> Measured | None:
    """Train by Keras alone, with Keras' own layers; None where a preset has others."""
    import keras

    from hiss.data.splits import load
    from hiss.scripts.noise import is_defined

    (arm,) = find(name)
    own = [is_defined(one.class_name) for one in arm.layers]  # Keras may have another of the name
    kinds = [getattr(keras.layers, one.class_name, None) for one in arm.layers]
    training = arm.training
    named = isinstance(training.loss, str) and training.optimizer == "adam"
    scheduled = any("schedule" in one.arguments for one in arm.layers)
    if None in kinds or any(own) or scheduled or arm.data.label_noise or not named:
        return None
    split = load(arm.data)
    test = (split.x_test, split.y_test)

    def measure(epochs: int) -> Measured:
        layers = [kind(**one.arguments) for kind, one in zip(kinds, arm.layers, strict=True)]
        network = keras.Sequential([keras.Input(split.x_train.shape[1:]), *layers])
        network.compile(optimizer="adam", loss=training.loss, metrics=["accuracy"])
        times: list[float] = []
        clock = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: times.append(time.perf_counter())
        )
        network.fit(
            *(split.x_train, split.y_train), validation_data=test, epochs=epochs,
            batch_size=training.batch_size, callbacks=[clock], verbose=0,
        )  # fmt: skip
        counted = len(times) - SKIPPED
        seconds = (times[-1] - times[SKIPPED - 1]) / counted
        return {"microseconds": seconds * 1e6, "compile_seconds": 0.0}

    return timed(measure, 1)[0]


def measured(name: str, what: str) -> Measured | None:
    way, _, count = what.partition(":")
    match way:
        case "stock":
            return stock(name)
        case "reference":
            return engine_of_hiss("reference", name, 1)
        case "fused":
            return engine_of_hiss("fused", name, int(count))
        case "limit":
            return roofline.limit(name)
        case "whole":
            repeats, _, epochs = count.partition(":")
            return study("fused", shortened(name, int(epochs)), int(repeats))
    raise SystemExit(f"{what}: no such measurement")


def main() -> None:
    name, *measurements = sys.argv[1:]
    backend.load("cpu")
    print(json.dumps({what: measured(name, what) for what in measurements}))


if __name__ == "__main__":
    main()
