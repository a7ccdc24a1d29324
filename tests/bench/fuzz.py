"""Random inputs of every kind: each ends in a value or in a message, never in a traceback.

    python tests/bench/fuzz.py --examples 10000
    python tests/bench/fuzz.py --examples 500 --only csv

Nothing is trained, so that TensorFlow is not needed. An input that ends in anything but an
`EngineError` is printed in its smallest form, as is one that takes more than ten seconds.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
import warnings
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from fuzzing import FUZZERS, Fuzzer
from hypothesis import HealthCheck, Phase, given, settings

SLOWEST = 10
"""Seconds of the processor that an input may take; a shared machine has slow minutes."""


def settings_for(examples: int, deterministic: bool) -> settings:
    """The settings of hypothesis: nothing is kept on disk, and nothing is too slow to draw."""
    return settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=deterministic,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )


def fuzz(fuzzer: Fuzzer, examples: int, deterministic: bool = False) -> Counter[str]:
    """Try random inputs; return how many were taken and how many refused.

    Raises:
        Exception: what an input ended in, if it was no message.
    """
    ends: Counter[str] = Counter()

    def attempt(value: object) -> None:
        began = time.process_time()
        ends[fuzzer.attempt(value)] += 1
        assert time.process_time() - began < SLOWEST, "this took too long"

    settings_for(examples, deterministic)(given(fuzzer.inputs)(attempt))()
    return ends


def main() -> None:
    """Run the fuzzers and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=int, default=1000)
    parser.add_argument("--only", choices=sorted(FUZZERS))
    arguments = parser.parse_args()
    warnings.simplefilter("error", RuntimeWarning)
    for name in [arguments.only] if arguments.only else FUZZERS:
        began = time.perf_counter()
        ends = fuzz(FUZZERS[name], arguments.examples)
        seconds = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{name:10} {json.dumps(ends)} {seconds:.0f} s, peak {peak:,.0f} MB", flush=True)


if __name__ == "__main__":
    main()
