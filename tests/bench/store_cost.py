"""Measures what keeping costs: the article's comparison with a store and without, in pairs.

    python tests/bench/store_cost.py [--pairs 5] [--repeats 30]

One process trains both ways in turn, after one training that compiles. What is printed is the ratio
of the two times of each pair, and their median.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
import time
from pathlib import Path

import hiss


def seconds(study: hiss.Study, store: Path | None) -> float:
    """Train a study and return how long it takes, until everything is on disk."""
    from hiss.store.records import Order
    from hiss.store.session import Session

    began = time.perf_counter()
    if store is None:
        hiss.run_study(study, lambda event: None, threading.Event())
    else:
        with Session.begin(Order("compare", study), store) as session:
            listen = session.listening(study, lambda event: None)
            hiss.run_study(study, listen, session.stop, session.keeper)
            session.end("finished")
    return time.perf_counter() - began


def main() -> None:
    """Train, and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--epochs", type=int, default=4000)
    given = parser.parse_args()
    arms = [hiss.override(arm, [f"training.epochs={given.epochs}"]) for arm in hiss.find("article")]
    study = hiss.Study(arms=arms, repeats=given.repeats)
    seconds(study, None)
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(given.pairs):
            stores = [None, Path(folder)] if number % 2 else [Path(folder), None]
            times = {store: seconds(study, store) for store in stores}
            ratios.append(times[Path(folder)] / times[None])
            kept, not_kept = times[Path(folder)], times[None]
            print(
                f"kept {kept:.2f} s, not kept {not_kept:.2f} s, ratio {ratios[-1]:.3f}", flush=True
            )
    print(f"median ratio {statistics.median(ratios):.3f}")


if __name__ == "__main__":
    main()
