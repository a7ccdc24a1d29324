"""What explaining costs: snapshots while training, the views, and a region map on the screen.

    python tests/bench/explain_cost.py [--repeats 30] [--pairs 3]

prints how much longer the article trains with snapshots (median of pairs in one process, their
order changing), how long all views take beyond the training, and how long a map takes to draw and
how many bytes it sends to a terminal of 120 × 36.
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time
from io import StringIO

from rich.console import Console

import hiss
from hiss.experiment.spec import Study
from hiss.library.presets import find
from hiss.store.album import Album
from hiss.tui.charts.regions import draw_regions, ground_of, region_picture
from hiss.tui.style.glyphs import GLYPHS
from hiss.tui.style.themes import DARK, picture_style
from hiss.views.explain import explain


def trained(study: Study, album: Album | None) -> tuple[hiss.Result, float]:
    began = time.perf_counter()
    result = hiss.run_study(study, lambda event: None, threading.Event(), album=album)
    return result, time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--pairs", type=int, default=3)
    given = parser.parse_args()
    study = Study(arms=find("article"), repeats=given.repeats, device="cpu")
    for album in (None, Album(None)):
        trained(study, album)  # compiles
    ratios = []
    for number in range(given.pairs):
        albums = [None, Album(None)] if number % 2 else [Album(None), None]
        seconds = {}
        for album in albums:
            result, seconds[album is not None] = trained(study, album)
            if album is not None:
                kept = album
        ratios.append(seconds[True] / seconds[False])
        print(f"with snapshots {seconds[True]:.1f} s, without {seconds[False]:.1f} s")
    print(f"snapshots: {100 * (statistics.median(ratios) - 1):.1f} % longer")
    began = time.perf_counter()
    found = explain(result, kept)
    print(f"all views of {len(found.arms)} arms: {time.perf_counter() - began:.1f} s")
    draw(found.arms[0].regions)


def draw(regions: object) -> None:
    glyphs = GLYPHS["braille"]
    picture = region_picture(regions)
    assert picture is not None
    style, ground = picture_style(DARK, glyphs), ground_of(DARK, glyphs, "truecolor")
    times = []
    for _ in range(50):
        began = time.perf_counter()
        lines = draw_regions(picture, style, ground, 58, 29)
        times.append(time.perf_counter() - began)
    out = StringIO()
    console = Console(file=out, force_terminal=True, color_system="truecolor", width=120)
    for line in lines:
        console.print(line)
    size = len(out.getvalue().encode())
    print(f"a map of 58 × 29 cells: {1000 * statistics.median(times):.1f} ms, {size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
