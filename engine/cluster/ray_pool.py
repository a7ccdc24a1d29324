"""Tasks on Ray: core tasks, one for each block, and nothing that Ray would have to remember."""

from __future__ import annotations

import logging
import os
import socket
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from hiss.cluster.plan import Task
from hiss.cluster.pools import Lost
from hiss.cluster.work import Refused, Shared, Trained, check_versions, on_gpu, train_task
from hiss.errors import EngineError, first_line
from hiss.experiment.size import network_bytes
from hiss.store.division import block_size

LOCAL = "local"
"""Ray's own word for a new cluster of this machine's cores."""
AHEAD = 2
"""Tasks that are submitted for each slot."""
MAX_RETRIES = 3
"""How often Ray trains a task again whose worker or machine went away."""
REACH_SECONDS = 10
"""In which the cluster's head has to accept a connection."""
PROCESS_BYTES = 600_000_000
"""Of a process with TensorFlow, before it trains."""
PROBE_SECONDS = 60
"""In which each machine has to say what is installed on it."""
QUICK_SECONDS = 1.0
"""For an answer that is only shown."""


class RayPool:
    """The machines of a Ray cluster, or this one."""

    def __init__(self, address: str = "") -> None:
        """Take a cluster's address; without, that of RAY_ADDRESS, or a new one on this machine."""
        self._address = address or os.environ.get("RAY_ADDRESS", "") or LOCAL
        self._flying: dict[Any, Task] = {}
        self._shared: list[Any] = []
        self._train: Any = None
        self._board: Any = None
        self._gpus = 0

    def __enter__(self) -> Self:
        """Join the cluster, or start one on this machine.

        Raises:
            EngineError: it cannot be joined.
        """
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        import ray

        try:
            _check_reachable(self._address)
            ray.init(
                address=self._address,
                include_dashboard=False,
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
        except (OSError, RuntimeError, ValueError) as error:
            raise EngineError(
                f"--on ray: the cluster at {self._address} cannot be joined: {first_line(error)}",
                "Its Ray and Python must be those of this machine, to the patch version.",
            ) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave the cluster; what is still trained there ends with its driver."""
        import ray

        ray.shutdown()

    @property
    def slots(self) -> int:
        """How many tasks the cluster's cores, or GPUs, train at a time."""
        import ray

        return int(ray.cluster_resources().get("GPU" if self._gpus else "CPU", 0))

    @property
    def room(self) -> int:
        """How many tasks may be submitted: the next of each slot is there when one ends."""
        return AHEAD * max(1, self.slots)

    @property
    def running(self) -> Mapping[str, int]:
        """How many tasks are being trained, by host; nothing where that is not known now."""
        import ray

        flying = [task.number for task in self._flying.values()]
        try:
            return Counter(ray.get(self._board.hosts.remote(flying), timeout=QUICK_SECONDS))
        except ray.exceptions.RayError:
            return {}

    def share(self, shared: Sequence[Shared]) -> None:
        """Check the machines, and send what the tasks on each data set share.

        Raises:
            EngineError: a machine has no hiss or other versions, or none has what a task takes.
        """
        import ray

        first = shared[0]
        self._gpus = int(on_gpu(first.study))
        if not self.slots:
            what = "GPU" if self._gpus else "CPU"
            raise EngineError(f"--on ray: the cluster has no {what}.", "Add a machine to it.")
        for host, found in _probed():
            check_versions(first.versions, found, host)
        need = _memory(shared)
        self._board = ray.remote(num_cpus=0, max_restarts=-1)(_Board).remote()
        self._train = ray.remote(
            num_cpus=first.cores,
            num_gpus=self._gpus,
            memory=need,
            max_retries=MAX_RETRIES,
            retry_exceptions=False,
            scheduling_strategy="SPREAD",
            max_calls=1 if self._gpus else 0,  # a GPU's memory stays with its process
        )(_train_and_tell)
        self._shared = [ray.put(each) for each in shared]

    def submit(self, task: Task) -> None:
        """Have a task trained."""
        ref = self._train.remote(self._shared[task.data_set], task, self._board)
        self._flying[ref] = task

    def answers(self, seconds: float) -> Iterator[tuple[Task, Trained | Refused | Lost]]:
        """Yield the tasks that have ended, after at most some seconds."""
        import ray

        ready, waiting = ray.wait(list(self._flying), num_returns=1, timeout=seconds)
        if waiting:
            more, _ = ray.wait(waiting, num_returns=len(waiting), timeout=0)
            ready += more
        for ref in ready:
            yield self._flying.pop(ref), _answer(ref)


def _check_reachable(address: str) -> None:
    """Try to connect to a cluster's head: Ray itself would try for minutes.

    Raises:
        OSError: nothing listens there.
        ValueError: it is no HOST:PORT.
    """
    if address in (LOCAL, "auto"):
        return
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        raise ValueError("expected HOST:PORT")
    socket.create_connection((host, int(port)), REACH_SECONDS).close()


def _memory(shared: Sequence[Shared]) -> int:
    """Return the bytes that a task takes at least, by which Ray places it.

    Raises:
        EngineError: no machine of the cluster has as much.
    """
    import ray

    size = block_size(shared[0].study.device or "cpu")
    arms = (arm for each in shared for arm in each.study.arms)
    need = PROCESS_BYTES + max(network_bytes(arm, size) for arm in arms)
    most = max(node["Resources"].get("memory", 0) for node in ray.nodes() if node["Alive"])
    if need > most:
        raise EngineError(
            f"--on ray: a task takes at least {need / 1e9:.1f} GB of memory; the largest machine "
            f"of the cluster has {most / 1e9:.1f} GB.",
            "Add a larger machine, or make the networks smaller.",
        )
    return need


class _Board:
    """Remembers on which host each task was begun last; one process of the cluster has it."""

    def __init__(self) -> None:
        """Start empty."""
        self._hosts: dict[int, str] = {}

    def begun(self, number: int, host: str) -> None:
        """Remember a task."""
        self._hosts[number] = host

    def hosts(self, flying: Sequence[int]) -> Sequence[str]:
        """Return where some tasks are trained that have begun, and forget all others."""
        self._hosts = {each: self._hosts[each] for each in flying if each in self._hosts}
        return list(self._hosts.values())


def _train_and_tell(shared: Shared, task: Task, board: Any) -> Trained | Refused:
    board.begun.remote(task.number, socket.gethostname())
    return train_task(shared, task)


def _answer(ref: Any) -> Trained | Refused | Lost:
    """Return what has become of a task; errors of its own are no exceptions, those of Ray are."""
    import ray

    try:
        answer: Trained | Refused = ray.get(ref)
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, ray.exceptions.RayError):  # what it was sent is gone
            return Lost(first_line(error.cause))
        return Refused("a worker", str(error).strip().rpartition("\n")[2], details=str(error))
    except ray.exceptions.RayError as error:
        return Lost(first_line(error) or type(error).__name__)
    return answer


def _probed() -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the name of each machine of the cluster, and the versions that it has.

    The probe is sent as code, not by its name: it runs where there is no hiss.
    """
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    def probe(packages: list[str]) -> dict[str, str]:
        import platform
        from importlib.metadata import PackageNotFoundError, version

        found = {"python": platform.python_version()}
        for name in packages:
            try:
                found[name] = version(name)
            except PackageNotFoundError:
                if name == "hiss":
                    return {}
        return found

    from hiss.store.records import versions

    packages = [name for name in versions() if name != "python"]
    nodes = [each for each in ray.nodes() if each["Alive"] and each["Resources"].get("CPU")]
    sent = []
    for node in nodes:
        strategy = NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)
        remote = ray.remote(num_cpus=0, scheduling_strategy=strategy, max_retries=1)(probe)
        sent.append((node["NodeManagerHostname"], remote.remote(packages)))
    for host, ref in sent:
        with suppress(ray.exceptions.RayError):  # a machine that has just left
            yield host, ray.get(ref, timeout=PROBE_SECONDS)
