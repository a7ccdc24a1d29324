"""The table of results as columns of text, shared by the console, the command and exports."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from hiss.experiment.spec import Experiment
from hiss.results.metrics import METRICS, Metric, metric_of
from hiss.results.outcomes import Arm, Replicate
from hiss.results.rows import Rows
from hiss.results.scores import bounds, measured_metric
from hiss.statistics import Summary, summarize

NOTHING = "–"
"""The text of a cell without a value."""


@dataclass(frozen=True, slots=True)
class ArmRow:
    """One arm and its replicates so far: a row of the table of results."""

    experiment: Experiment
    replicates: tuple[Replicate, ...]
    state: str
    """State of the arm in words: `queued`, `training`, `finished` …"""
    rows: Rows | None = None
    """What its training rows and test rows imply; None where that is not known yet."""

    @classmethod
    def of(cls, arm: Arm) -> ArmRow:
        """Return the row of an arm that has ended."""
        return cls(arm.experiment, arm.replicates, outcome(arm.replicates), arm.curves.rows)

    def summary(self, metric: str) -> Summary:
        """Summarize a metric of the replicates that are averaged."""
        values = (one.scores[metric] for one in self.measured if metric in one.scores)
        overlap = self.rows.test_to_train if self.rows else 0.0
        return summarize(values, test_to_train=overlap, bounds=bounds(metric))

    @property
    def measured(self) -> tuple[Replicate, ...]:
        """The replicates that are averaged: those finished, or a single one that has scores."""
        if len(self.replicates) == 1:
            return tuple(one for one in self.replicates if one.scores)
        return tuple(one for one in self.replicates if one.status == "finished")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table of results."""

    header: str
    cells: tuple[str, ...]
    rank: int
    """Priority where width is short: the largest is dropped first, 0 never."""
    text: bool = False
    """Whether it holds words, aligned left, rather than numbers, aligned right."""


def columns(rows: Sequence[ArmRow], metric: str | None = None) -> tuple[Column, ...]:
    """Return the columns of these rows, in reading order, without empty ones.

    Args:
        rows: the arms.
        metric: name of the score to show; None shows the accuracy, or RMSE and R².

    Raises:
        EngineError: if the metric was not measured; the hint lists those that were.
    """
    repeated = any(len(row.replicates) > 1 for row in rows)
    if metric is not None:
        metric = measured_metric((one for row in rows for one in row.measured), metric)
    made = [
        Column("Preset", tuple(row.experiment.name for row in rows), 0, text=True),
        *([_count(rows, metric)] if repeated else []),
        *(_scores(rows, metric_of(metric), repeated) if metric else _usual(rows, repeated)),
        Column("Time", tuple(duration(_seconds(row)) for row in rows), 4),
        Column("State", tuple(_state(row) for row in rows), 1 if repeated else 2, text=True),
    ]
    return tuple(column for column in made if column.rank == 0 or _has_values(column))


def outcome(replicates: Sequence[Replicate]) -> str:
    """Describe how replicates ended: `finished`, or `28 finished, 2 failed`."""
    if len(replicates) == 1:
        return replicates[0].reason or replicates[0].status
    if not replicates:
        return "stopped"
    counts = Counter(one.status for one in replicates)
    if len(counts) == 1:
        return next(iter(counts))
    return ", ".join(f"{count} {status}" for status, count in counts.most_common())


def duration(seconds: float) -> str:
    """Format a duration in seconds: `0.8 s`, `2 min 10 s`."""
    if not seconds:
        return NOTHING
    if seconds < 99.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def _usual(rows: Sequence[ArmRow], repeated: bool) -> list[Column]:
    return [
        *(_accuracies(rows, repeated) if _has(rows, "accuracy") else []),
        *(_errors(rows, repeated) if _has(rows, "rmse") else []),
        _published(rows, 8 if repeated else 3),
    ]


def _accuracies(rows: Sequence[ArmRow], repeated: bool) -> list[Column]:
    if repeated:
        return [
            _spread(rows, "Train", "train_accuracy", 3),
            _spread(rows, "Test", "test_accuracy", 0),
            _interval(rows, "test_accuracy"),
            _chance(rows, "test_accuracy"),
            _gap(rows),
        ]
    return [
        _mean(rows, "Train", "train_accuracy", 1),
        _mean(rows, "Test", "test_accuracy", 0),
        _chance(rows, "test_accuracy"),
        _gap(rows),
        Column(_best_header(rows), tuple(_best(row) for row in rows), 6),
    ]


def _errors(rows: Sequence[ArmRow], repeated: bool) -> list[Column]:
    r2 = (_spread if repeated else _mean)(rows, "Test R²", "test_r2", 5)
    return [*_scores(rows, METRICS["rmse"], repeated), r2]


def _scores(rows: Sequence[ArmRow], metric: Metric, repeated: bool) -> list[Column]:
    train, test = f"train_{metric.name}", f"test_{metric.name}"
    if repeated:
        return [
            _spread(rows, f"Train {metric.words}", train, 3),
            _spread(rows, f"Test {metric.words}", test, 0),
            _interval(rows, test),
            _chance(rows, test),
        ]
    return [
        _mean(rows, f"Train {metric.words}", train, 1),
        _mean(rows, f"Test {metric.words}", test, 0),
        _chance(rows, test),
    ]


def _has(rows: Sequence[ArmRow], metric: str) -> bool:
    """Whether any row has, or is expected to have, this metric among its scores."""
    return any(_metric(row) == metric for row in rows)


def _metric(row: ArmRow) -> str:
    for one in row.measured:
        return "rmse" if "test_rmse" in one.scores else "accuracy"
    loss = row.experiment.training.loss_name.lower()
    if row.experiment.data.reconstructs:
        return "rmse"
    return "accuracy" if "entropy" in loss or "hinge" in loss else "rmse"


def _count(rows: Sequence[ArmRow], metric: str | None) -> Column:
    """Replicates averaged, and of how many where some did not finish or have no score: `28/30`."""
    return Column("n", tuple(_counted(row, metric) for row in rows), 0)


def _counted(row: ArmRow, metric: str | None) -> str:
    averaged = row.summary(metric).n if metric else len(row.measured)
    ended = len(row.replicates)
    return str(averaged) if averaged == ended else f"{averaged}/{ended}"


def _mean(rows: Sequence[ArmRow], header: str, name: str, rank: int) -> Column:
    return Column(header, tuple(_number(_average(row, name)) for row in rows), rank)


def _spread(rows: Sequence[ArmRow], header: str, name: str, rank: int) -> Column:
    return Column(f"{header} ± SD", tuple(_plus_minus(row.summary(name)) for row in rows), rank)


def _interval(rows: Sequence[ArmRow], name: str) -> Column:
    return Column("95 % CI of test", tuple(_ci95(row.summary(name)) for row in rows), 2)


def _chance(rows: Sequence[ArmRow], name: str) -> Column:
    """The score without a network: see `Rows.chance`."""
    known = (row.rows.chance if row.rows else {} for row in rows)
    cells = tuple(_number(chance.get(name, math.nan)) for chance in known)
    return Column("Chance", cells, 2)


def _gap(rows: Sequence[ArmRow]) -> Column:
    gaps = (_average(row, "train_accuracy") - _average(row, "test_accuracy") for row in rows)
    return Column("Gap", tuple(_number(gap) for gap in gaps), 5)


def _published(rows: Sequence[ArmRow], rank: int) -> Column:
    scores = [row.experiment.published for row in rows]
    cells = (f"{s.train_accuracy:.3f} / {s.test_accuracy:.3f}" if s else NOTHING for s in scores)
    return Column("Published", tuple(cells), rank)


def _state(row: ArmRow) -> str:
    failed = sum(one.status == "failed" for one in row.replicates)
    if failed and len(row.replicates) > 1 and "failed" not in row.state:
        return f"{row.state}, {failed} failed"
    return row.state


def _best(row: ArmRow) -> str:
    for one in row.measured:
        if one.best_epoch:
            return f"{one.best_test_accuracy:.3f} @ {one.best_epoch}"
    return NOTHING


def _best_header(rows: Sequence[ArmRow]) -> str:
    """Name the rows that the best epoch was chosen on where they are not all test rows."""
    counts = {row.rows.curve_test_rows for row in rows if row.rows and row.measured} - {None}
    return f"Best on {max(filter(None, counts))} test rows" if counts else "Best test"


def _seconds(row: ArmRow) -> float:
    return sum(one.seconds for one in row.replicates)


def _has_values(column: Column) -> bool:
    return any(cell not in ("", NOTHING) for cell in column.cells)


def _average(row: ArmRow, name: str) -> float:
    mean = row.summary(name).mean
    return math.nan if mean is None else mean


def _number(value: float) -> str:
    return f"{value:.3f}" if math.isfinite(value) else NOTHING


def _plus_minus(summary: Summary) -> str:
    if summary.mean is None or summary.sd is None:
        return NOTHING if summary.mean is None else _number(summary.mean)
    return f"{summary.mean:.3f} ± {summary.sd:.3f}"


def _ci95(summary: Summary) -> str:
    interval = summary.ci95
    return f"{interval[0]:.3f} to {interval[1]:.3f}" if interval else NOTHING
