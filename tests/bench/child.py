"""One measurement in a process of its own; prints one JSON object.

    python tests/bench/child.py ENGINE PRESET REPEATS EPOCHS

where ENGINE is `fused`, `reference`, or `stock` for Keras without hiss, and 0 epochs are those of
the preset.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time

from hiss.library.presets import find
from hiss.training import backend


def shortened(name: str, epochs: int | None):
    arms = find(name)
    if not epochs:
        return arms
    return tuple(
        arm.model_copy(update={"training": arm.training.model_copy(update={"epochs": epochs})})
        for arm in arms
    )


def resident() -> float:
    """Return the largest resident memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def processor_seconds() -> float:
    used = os.times()
    return used.user + used.system


def study(engine: str, name: str, repeats: int, epochs: int | None) -> dict[str, float]:
    """Run a study and measure the time between its events."""
    from hiss.experiment.spec import Study
    from hiss.results.outcomes import ArmEnded, ArmStarted, TrainingStarted
    from hiss.studies.runner import run_study

    arms = shortened(name, epochs)
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
    run_study(chosen, listen, threading.Event())
    total = time.perf_counter() - began
    steps = sum(arm.training.epochs for arm in arms) * repeats
    return {
        "microseconds": seconds["training"] / steps * 1e6,
        "compile_seconds": seconds["compile"],
        "cores": seconds["processor"] / seconds["training"],
        "seconds": total,
        "first_point_seconds": first[0] - began,
        "megabytes_above_import": resident() - memory,
    }


def stock(name: str, epochs: int) -> dict[str, float]:
    """Train by Keras alone, with Keras' own layers, one step an epoch."""
    import keras

    from hiss.data.splits import load

    (arm,) = shortened(name, epochs)
    split = load(arm.data)
    layers = [getattr(keras.layers, one.class_name)(**one.arguments) for one in arm.layers]
    network = keras.Sequential([keras.Input(split.x_train.shape[1:]), *layers])
    network.compile(optimizer="adam", loss=arm.training.loss, metrics=["accuracy"])
    times: list[float] = []
    clock = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: times.append(time.perf_counter())
    )
    test = (split.x_test, split.y_test)
    network.fit(
        *(split.x_train, split.y_train), validation_data=test, epochs=epochs, callbacks=[clock],
        verbose=0,
    )  # fmt: skip
    return {"microseconds": (times[-1] - times[9]) / (len(times) - 10) * 1e6}


def main() -> None:
    engine, name, repeats, epochs = (*sys.argv[1:3], int(sys.argv[3]), int(sys.argv[4]))
    backend.load("cpu")
    measured = stock(name, epochs) if engine == "stock" else study(engine, name, repeats, epochs)
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
