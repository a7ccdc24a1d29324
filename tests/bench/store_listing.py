"""How long a store of many studies takes to list: without an index, with one, and one by ID.

    python tests/bench/store_listing.py --studies 10000

The studies are written as files of the folder, without training.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from hiss.experiment.spec import Study
from hiss.library.presets import load_presets
from hiss.store.history import find, latest, listing, matching
from hiss.store.place import studies_in
from hiss.store.records import ALPHABET, BLOCKS, NOTES, OUTCOME, STUDY, create
from hiss.studies.orders import run_order


def write_studies(store: Path, count: int) -> list[str]:
    """Write copies of one study with other IDs, names and ends, a day or more old."""
    article = [one for one in load_presets().experiments if one.group == "article"]
    record = create(studies_in(store), run_order(Study(arms=tuple(article), repeats=30)))
    document = json.loads((record.folder / STUDY).read_bytes())
    generator, names = random.Random(1), []
    for number in range(count - 1):
        end = "".join(generator.choices(ALPHABET, k=4))
        folder = studies_in(store) / f"{240101 + number % 28}-{end}"
        if folder.exists():
            continue
        (folder / BLOCKS).mkdir(parents=True)
        document["created"] = f"2024-01-{1 + number % 28:02}T{number % 24:02}:00:00.000+00:00"
        (folder / STUDY).write_text(json.dumps(document))
        if number % 10:
            ended = {"state": "finished", "seconds": 60.0, "headline": f"test accuracy 0.{number}"}
            (folder / OUTCOME).write_text(json.dumps(ended))
        if number % 5 == 0:
            (folder / NOTES).write_text(json.dumps({"name": f"trial {number}", "text": ""}))
        for path in (folder / BLOCKS, *folder.iterdir(), folder):
            os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))
        names.append(folder.name)
    return names


def timed(what: str, action: Callable[[], object]) -> None:
    """Print the shortest and the longest of five times."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        action()
        times.append(1000 * (time.perf_counter() - began))
    print(f"{what:40} {min(times):8.0f} to {max(times):.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=10_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder)
        names = write_studies(store, arguments.studies)
        began = time.perf_counter()
        entries, _ = listing(store)
        print(f"{len(entries)} studies, listed cold in {time.perf_counter() - began:.1f} s")
        timed("warm", lambda: listing(store))
        timed("filtered by a text", lambda: matching(listing(store)[0], text="trial 77"))
        timed("one by its ID", lambda: find(store, names[77]))
        timed("one by the end of its ID", lambda: find(store, names[77][-6:]))
        timed("the latest that was interrupted", lambda: latest(store, ("interrupted",)))


if __name__ == "__main__":
    main()
