"""Tasks on SLURM, by submitit: job arrays whose results come back through a shared folder."""

from __future__ import annotations

import pickle
import shutil
import socket
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hiss.cluster.plan import Task
from hiss.cluster.pools import Lost
from hiss.cluster.work import Refused, Shared, Trained, on_gpu, train_task
from hiss.errors import EngineError, first_line

JOBS = "jobs"
"""Folder in a study's folder with the jobs, their results and their logs, while they train."""
AHEAD = 4
"""Jobs that are submitted for each that is trained at a time: a queue may be slow."""
PARALLEL = 64
"""Jobs that are trained at a time, where `parallel=` does not say otherwise."""
MAX_RETRIES = 3
"""How often a task is submitted again whose job was killed."""
NAMES = {"time": "timeout_min", "mem": "mem_gb", "name": "name"}
"""Settings that submitit has for every executor; others are SLURM's own."""
POLL_SECONDS = 0.2
"""Between two looks at results in the folder."""


class SlurmPool:
    """Jobs of a SLURM cluster, or processes of this machine by `cluster=local`."""

    def __init__(self, folder: Path, settings: str = "") -> None:
        """Take a study's folder, which all machines see, and settings as `KEY=VALUE,…`.

        Raises:
            EngineError: a setting has no value.
        """
        self._folder = folder / JOBS
        given = dict(map(_setting, filter(None, settings.split(","))))
        self._cluster = given.pop("cluster", "slurm")
        self._slots = int(given.pop("parallel", PARALLEL))
        self._given = given
        self._executor: Any = None
        self._paths: list[Path] = []
        self._pending: list[Task] = []
        self._flying: dict[Any, Task] = {}
        self._tries: Counter[int] = Counter()

    def __enter__(self) -> Self:
        """Prepare to submit jobs.

        Raises:
            EngineError: there is no SLURM here, or a setting is unknown to submitit.
        """
        import submitit

        self._folder.mkdir(exist_ok=True)
        settings: dict[str, Any] = {"name": "hiss", "timeout_min": 60}
        for name, value in self._given.items():
            settings[NAMES.get(name, f"slurm_{name}")] = int(value) if value.isdecimal() else value
        if self._cluster == "slurm":
            settings["slurm_array_parallelism"] = self._slots
        try:
            self._executor = submitit.AutoExecutor(self._folder, cluster=self._cluster)
            self._executor.update_parameters(**settings)
        except (RuntimeError, ValueError, NameError, AssertionError, TypeError) as error:
            raise EngineError(
                f"--on slurm: {first_line(error)}",
                "Name SLURM's own options, such as slurm:partition=gpu,time=60.",
            ) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Cancel what is still submitted; without an error, nothing of the jobs is left."""
        for job in self._flying:
            with suppress(Exception):  # the job may have ended, or SLURM not answer
                job.cancel(check=False)
        if kind is None and not self._flying:
            shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def slots(self) -> int:
        """How many jobs are trained at a time."""
        return self._slots

    @property
    def room(self) -> int:
        """How many jobs may be submitted: SLURM queues them, this machine would start them all."""
        return self._slots if self._cluster == "local" else AHEAD * self._slots

    @property
    def running(self) -> Mapping[str, int]:
        """How many tasks are being trained, by host."""
        hosts = (self._begun(task.number) for task in self._flying.values())
        return Counter(path.read_text(encoding="utf-8").strip() for path in hosts if path.exists())

    def share(self, shared: Sequence[Shared]) -> None:
        """Write what the tasks on each data set share into the folder."""
        cores, gpus = shared[0].cores, int(on_gpu(shared[0].study))
        with suppress(NameError, TypeError):  # the local executor has no cores to give
            self._executor.update_parameters(cpus_per_task=cores, gpus_per_node=gpus)
        self._paths = [self._folder / f"data-set-{place}.pickle" for place in range(len(shared))]
        for path, each in zip(self._paths, shared, strict=True):
            path.write_bytes(pickle.dumps(each))

    def submit(self, task: Task) -> None:
        """Have a task trained, in one array with those submitted before the next `answers`."""
        self._begun(task.number).unlink(missing_ok=True)
        self._pending.append(task)

    def answers(self, seconds: float) -> Iterator[tuple[Task, Trained | Refused | Lost]]:
        """Yield the tasks that have ended, after at most some seconds."""
        if self._pending:
            shared = [self._paths[task.data_set] for task in self._pending]
            begun = [self._begun(task.number) for task in self._pending]
            jobs = self._executor.map_array(train_from, shared, self._pending, begun)
            self._flying.update(zip(jobs, self._pending, strict=True))
            self._pending = []
        end = time.monotonic() + seconds
        while not (ended := [job for job in self._flying if job.done()]):
            if time.monotonic() > end:
                return
            time.sleep(POLL_SECONDS)
        for job in ended:
            task = self._flying.pop(job)
            if (answer := self._answer(job, task)) is not None:
                yield task, answer

    def _answer(self, job: Any, task: Task) -> Trained | Refused | Lost | None:
        """Return what has become of a task; None where it is tried again."""
        import submitit

        try:
            answer: Trained | Refused = job.result()
        except submitit.core.utils.FailedJobError as error:  # it could not even begin
            return Refused(f"job {job.job_id}", _last_line(error), details=str(error))
        except submitit.core.utils.UncompletedJobError as error:
            self._tries[task.number] += 1
            if self._tries[task.number] > MAX_RETRIES:
                return Lost(first_line(error))
            self.submit(task)
            return None
        return answer

    def _begun(self, number: int) -> Path:
        return self._folder / f"begun-{number}"


def train_from(shared: Path, task: Task, begun: Path) -> Trained | Refused:
    """Train a task whose shared part is a file, and say first on which host it is."""
    begun.write_text(socket.gethostname(), encoding="utf-8")
    return train_task(pickle.loads(shared.read_bytes()), task)


def _setting(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not value:
        raise EngineError(
            f"--on slurm: expected KEY=VALUE, received {text}.",
            "For example slurm:partition=gpu,time=60.",
        )
    return name.strip(), value.strip()


def _last_line(error: BaseException) -> str:
    return str(error).strip().rpartition("\n")[2]
