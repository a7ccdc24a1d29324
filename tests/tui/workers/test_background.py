from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from textual.app import App
from textual.message import Message
from textual.pilot import Pilot

from hiss.errors import DataError
from hiss.tui.workers import messages
from hiss.tui.workers.background import BackgroundJobs

Until = Callable[[Pilot[None], Callable[[], object]], Awaitable[None]]


class Done(Message):
    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class Bench:
    """Jobs whose messages are kept, and a first one that lasts until `gate` is set."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self.pilot = pilot
        self.jobs = BackgroundJobs(pilot.app)
        self.gate, self.begun = threading.Event(), threading.Event()
        self.ran: list[int] = []
        self.posted: list[Message] = []

    def numbered(self, number: int) -> Callable[[], Message]:
        def job() -> Message:
            self.ran.append(number)
            return Done(number)

        return job

    def slow(self) -> Message:
        self.begun.set()
        self.gate.wait(20)
        return Done(0)

    def run(self, kind: str, job: Callable[[], Message]) -> None:
        self.jobs.run(kind, job, self.posted.append)

    @property
    def numbers(self) -> list[int]:
        return [each.number for each in self.posted if isinstance(each, Done)]


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with App[None]().run_test() as pilot:
        bench = Bench(pilot)
        yield bench
        bench.gate.set()


async def test_a_job_is_run_and_its_message_posted(bench: Bench, until: Until) -> None:
    bench.run("table", bench.numbered(1))
    await until(bench.pilot, lambda: bench.numbers == [1])
    assert bench.jobs.close()


async def test_of_each_kind_only_the_latest_counts(bench: Bench, until: Until) -> None:
    bench.run("table", bench.slow)
    await until(bench.pilot, bench.begun.is_set)
    for number in (1, 2, 3):
        bench.run("table", bench.numbered(number))
    bench.run("script", bench.numbered(4))
    await bench.pilot.pause()
    bench.gate.set()
    await until(bench.pilot, lambda: bench.numbers == [3, 4])
    assert bench.ran == [3, 4]


async def test_a_cancelled_job_posts_nothing(bench: Bench, until: Until) -> None:
    bench.run("table", bench.slow)
    await until(bench.pilot, bench.begun.is_set)
    bench.jobs.cancel("table")
    bench.gate.set()
    bench.run("script", bench.numbered(1))
    await until(bench.pilot, lambda: bench.numbers)
    assert bench.numbers == [1]


async def test_a_cancelled_job_that_goes_on_holds_up_no_other(bench: Bench, until: Until) -> None:
    bench.run("table", bench.slow)
    await until(bench.pilot, bench.begun.is_set)
    bench.jobs.cancel("table")
    bench.run("table", bench.numbered(1))
    await until(bench.pilot, lambda: bench.numbers == [1])
    assert not bench.jobs.close()
    bench.gate.set()
    await until(bench.pilot, bench.jobs.close)
    assert bench.numbers == [1]


async def test_exceptions_leave_as_messages(bench: Bench, until: Until) -> None:
    def refuse() -> Message:
        raise DataError("no such column", "")

    def crash() -> Message:
        raise ZeroDivisionError

    bench.run("table", refuse)
    bench.run("script", crash)
    await until(bench.pilot, lambda: len(bench.posted) == 2)
    refused, crashed = bench.posted
    assert isinstance(refused, messages.Refused)
    assert isinstance(crashed, messages.Crashed) and isinstance(crashed.error, ZeroDivisionError)


async def test_closing_drops_what_waits_and_returns_whether_a_job_runs(
    bench: Bench, until: Until
) -> None:
    bench.run("table", bench.slow)
    await until(bench.pilot, bench.begun.is_set)
    bench.run("script", bench.numbered(1))
    await bench.pilot.pause()
    assert not bench.jobs.close()
    bench.gate.set()
    await until(bench.pilot, bench.jobs.close)
    assert bench.ran == []


async def test_what_comes_after_the_end_is_not_run(bench: Bench) -> None:
    bench.jobs.close()
    bench.run("script", bench.numbered(1))
    await bench.pilot.pause()
    assert bench.ran == []
