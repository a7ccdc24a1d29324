"""How long a study takes, by numbers computed by hand."""

from __future__ import annotations

import pytest

from hiss.tui.state.throughput import Throughput, duration_notice, time_left, whole_time


@pytest.mark.parametrize(
    ("total", "first", "latest", "seconds"),
    [
        (480_000, (10.0, 100), (12.0, 300), 4800.0),  # 100 epochs/s
        (4 * 30 * 4000, (0.0, 0), (8.0, 80_000), 48.0),  # 10,000 epochs/s
        (20, (5.0, 1), (605.0, 2), 12_000.0),  # 10 min an epoch
        (480_000, (10.0, 100), (11.9, 300), None),  # too early
        (480_000, (10.0, 100), (70.0, 100), None),  # nothing trained since
    ],
)
def test_the_whole_time_follows_from_the_first_epochs(
    total: int, first: tuple[float, int], latest: tuple[float, int], seconds: float | None
) -> None:
    assert whole_time(total, first, latest) == seconds


def test_compiling_and_waiting_do_not_count() -> None:
    throughput = Throughput().seen(0.0, 0).seen(50.0, 0)
    assert throughput.whole(10_000) is None
    throughput = throughput.seen(60.0, 100).seen(61.0, 150)
    assert throughput.whole(10_000) is None
    throughput = throughput.seen(64.0, 300)
    assert throughput.whole(10_000) == 200.0  # 50 epochs/s
    assert throughput.seen(70.0, 300).whole(10_000) == 200.0


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "0 s"), (59.4, "59 s"), (130, "2 min 10 s"), (3900, "1 h 5 min")]
)
def test_times_are_written_in_words(seconds: float, text: str) -> None:
    assert time_left(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "notice"),
    [
        (None, ""),
        (3599.0, ""),
        (12_000.0, "This study takes about 3 h 20 min in all."),
    ],
)
def test_hours_are_noticed(seconds: float | None, notice: str) -> None:
    assert duration_notice(seconds) == notice
