"""How much longer two machines of one core each take than one process with two cores.

    python tests/bench/two_nodes.py --repeats 240 --pairs 2

The machines are those of `ray.cluster_utils.Cluster` on this machine, which should do nothing else.
Both sides train the article as the command does, and find their compiled programs on disk.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time

from ray.cluster_utils import Cluster


def seconds(repeats: int, *where: str) -> float:
    """Return how long a comparison takes, from the command to its result."""
    with tempfile.TemporaryDirectory() as store:
        line = ["compare", "article", "--repeats", str(repeats), "--quiet", "--yes"]
        command = [sys.executable, "-m", "hiss", *line, "--store", store, *where]
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=240)
    parser.add_argument("--pairs", type=int, default=2)
    arguments = parser.parse_args()
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    for _ in range(2):
        cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    seconds(2)  # compiles
    for _ in range(arguments.pairs):
        alone = seconds(arguments.repeats)
        nodes = seconds(arguments.repeats, "--on", f"ray:{cluster.address}")
        print(f"one process {alone:.0f} s, two machines {nodes:.0f} s: {nodes / alone:.2f}")
    cluster.shutdown()


if __name__ == "__main__":
    main()
