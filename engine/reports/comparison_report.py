"""Comparisons as columns of text, CSV and Markdown, a row for every arm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hiss.reports.columns import NOTHING, Column
from hiss.reports.export import write_csv, write_markdown
from hiss.results.scores import format_differences
from hiss.statistics import Rope
from hiss.studies.verdicts import VERDICTS, Comparison


def verdict_columns(comparisons: Sequence[Comparison]) -> tuple[Column, ...]:
    """Return the columns of comparisons on one metric, in reading order, without empty ones."""
    baselines = [one.baseline for one in comparisons]
    made = (
        _words("Arm", [one.arm for one in comparisons], 0),
        _words("Baseline", baselines if len(set(baselines)) > 1 else [], 2),
        Column("n", tuple(_counted(one) for one in comparisons), 0),
        Column("Difference", tuple(row[0] for row in _differences(comparisons)), 0),
        Column("95 % CI", tuple(_interval(*row[1:]) for row in _differences(comparisons)), 2),
        _numbers("d_z", [one.dz for one in comparisons], 5),
        _numbers("P(improve)", [one.p_improve for one in comparisons], 6),
        _small("p perm.", [one.p_permutation for one in comparisons], 8),
        _small("p Wilcoxon", [one.p_wilcoxon for one in comparisons], 9),
        _small("p Holm", [one.p_holm for one in comparisons], 3),
        _words("worse / same / better", [chances(one.rope) for one in comparisons], 4),
        _words("Verdict", [VERDICTS[one.verdict] for one in comparisons], 0),
    )
    return tuple(column for column in made if any(cell != NOTHING for cell in column.cells))


def to_csv(comparisons: Sequence[Comparison]) -> str:
    """Return comparisons as CSV, a row for every arm."""
    return write_csv(csv_rows(comparisons))


def csv_rows(comparisons: Sequence[Comparison]) -> list[dict[str, Any]]:
    """Return comparisons as the rows of a CSV file, one for every arm."""
    return [_flat(comparison) for comparison in comparisons]


def to_markdown(comparisons: Sequence[Comparison]) -> str:
    """Return comparisons as a Markdown table and a list of their sentences."""
    sentences = "".join(f"- {comparison.sentence}\n" for comparison in comparisons)
    return f"{write_markdown(verdict_columns(comparisons))}\n{sentences}"


def _words(header: str, cells: Sequence[str], rank: int) -> Column:
    return Column(header, tuple(cells), rank, text=True)


def _counted(one: Comparison) -> str:
    """Pairs compared, and of how many where some are missing."""
    return str(one.n) if one.n == one.declared else f"{one.n}/{one.declared}"


def _differences(comparisons: Sequence[Comparison]) -> list[list[str]]:
    """Mean, low and high of every row, all to the same number of decimals."""
    rows = [(one.mean_difference, *(one.ci95 or (None, None))) for one in comparisons]
    values = [value for row in rows for value in row if value is not None]
    if not values:
        return [[NOTHING] * 3 for _ in rows]
    texts = iter(format_differences(values, comparisons[0].metric, signed=True))
    return [[NOTHING if value is None else next(texts) for value in row] for row in rows]


def _interval(low: str, high: str) -> str:
    return NOTHING if low == NOTHING else f"{low} to {high}"


def _numbers(header: str, values: Sequence[float | None], rank: int) -> Column:
    cells = (NOTHING if value is None else f"{value:.2f}".replace("-", "−") for value in values)
    return Column(header, tuple(cells), rank)


def chances(rope: Rope | None) -> str:
    """Return the probabilities of worse, the same within the ROPE, and better."""
    if rope is None:
        return NOTHING
    return f"{rope.worse:.2f} / {rope.same:.2f} / {rope.better:.2f}"


def _small(header: str, values: Sequence[float | None], rank: int) -> Column:
    return Column(header, tuple(map(p_value, values)), rank)


def p_value(value: float | None) -> str:
    """Return a p-value to three decimals."""
    if value is None:
        return NOTHING
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def _flat(comparison: Comparison) -> dict[str, Any]:
    """The plain values of a comparison, with a column for each end and probability."""
    values = comparison.as_json()
    values["ci95_low"], values["ci95_high"] = values.pop("ci95") or (None, None)
    chances = values.pop("rope") or dict.fromkeys(("worse", "same", "better"))
    return values | {f"p_{side}": chance for side, chance in chances.items()}
