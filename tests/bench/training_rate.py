"""How many epochs a study trains per second, without a console.

    python tests/bench/training_rate.py EPOCHS REPEATS

trains the article's baseline once for every line on standard input, and prints the rate.
"""

from __future__ import annotations

import sys
import threading
import time

from hiss.experiment.notation import override
from hiss.library.presets import find
from hiss.results.outcomes import ArmEnded, TrainingStarted
from hiss.training import backend


def timed(run_study, study, listen, stop):
    """Run a study and measure its rate.

    Returns its result, the epochs trained per second without compiling, and the time of the
    first of them by `time.time`.
    """
    times = []

    def timing_listen(event):
        if isinstance(event, TrainingStarted | ArmEnded):
            times.append(time.time())
        listen(event)

    result = run_study(study, timing_listen, stop)
    epochs = sum(one.epochs for arm in result.arms for one in arm.replicates)
    return result, epochs / (times[-1] - times[0]), times[0]


def main() -> None:
    backend.load("cpu")
    from hiss.experiment.spec import Study
    from hiss.studies.runner import run_study

    (baseline,) = find("article/baseline")
    arm = override(baseline, [f"training.epochs={sys.argv[1]}"])
    study = Study(arms=(arm,), repeats=int(sys.argv[2]), device="cpu")
    for _ in sys.stdin:
        _, rate, _ = timed(run_study, study, lambda event: None, threading.Event())
        print(rate, flush=True)


if __name__ == "__main__":
    main()
