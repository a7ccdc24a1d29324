"""What explaining costs: snapshots while training, the views, and a region map on the screen.

    python tests/bench/explain_cost.py [--repeats 30] [--pairs 3]

prints how much longer the article trains with snapshots that are written to disk (median of pairs
in one process, their order changing; on a busy machine, CPU time tells more) and how large they
are, how long all views take beyond the training and one moment of it, and how long a map takes to
draw and how many bytes it sends to a terminal of 120 × 36.
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

import hiss
from hiss.experiment.spec import Study
from hiss.library.presets import find
from hiss.store.album import Album
from hiss.tui.charts.regions import draw_regions, ground_of, region_picture
from hiss.tui.style.glyphs import GLYPHS
from hiss.tui.style.themes import DARK, picture_style
from hiss.views.explain import explain, networks_of
from hiss.views.frames import frame_of
from hiss.views.plane import plane_of


def trained(study: Study, album: Album | None) -> tuple[hiss.Result, float, float]:
    began, cpu = time.perf_counter(), time.process_time()
    result = hiss.run_study(study, lambda event: None, threading.Event(), album=album)
    return result, time.perf_counter() - began, time.process_time() - cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--pairs", type=int, default=3)
    given = parser.parse_args()
    study = Study(arms=find("article"), repeats=given.repeats, device="cpu")
    with TemporaryDirectory() as folder:
        album = Album(Path(folder))
        for each in (None, album):
            trained(study, each)  # compiles
        ratios, of_cpu = [], []
        for number in range(given.pairs):
            wall, cpu = {}, {}
            for each in [None, album] if number % 2 else [album, None]:
                result, wall[each is not None], cpu[each is not None] = trained(study, each)
            ratios.append(wall[True] / wall[False])
            of_cpu.append(cpu[True] / cpu[False])
            print(
                f"with snapshots {wall[True]:.1f} s ({cpu[True]:.1f} s of CPU), "
                f"without {wall[False]:.1f} s ({cpu[False]:.1f} s)",
                flush=True,
            )
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
        longer, more = (100 * (statistics.median(each) - 1) for each in (ratios, of_cpu))
        print(f"snapshots: {longer:.1f} % longer, {more:.1f} % more CPU, {size / 1e6:.0f} MB")
        look(result, album)


def look(result: hiss.Result, album: Album) -> None:
    began, cpu = time.perf_counter(), time.process_time()
    found = explain(result, album)
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    print(f"all views of {len(found.arms)} arms: {wall:.1f} s ({cpu:.1f} s of CPU)")
    networks = networks_of(result.study, result.arms[-1], album)
    plane, times = plane_of(networks.data.first), []
    for snapshot in range(20):
        began = time.perf_counter()
        frame_of(networks, plane, snapshot)
        times.append(time.perf_counter() - began)
    print(f"an earlier moment of an arm: {1000 * statistics.median(times):.0f} ms")
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
