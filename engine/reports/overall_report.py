"""Verdicts over data sets as columns of text, CSV and Markdown, a row for every contrast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hiss.reports.columns import NOTHING, Column
from hiss.reports.comparison_report import chances, csv_rows, p_value
from hiss.reports.export import write_csv, write_markdown
from hiss.results.scores import format_differences
from hiss.studies.overall import ASSUMPTIONS, Overall
from hiss.studies.verdicts import VERDICTS, Comparison


def overall_columns(overall: Sequence[Overall]) -> tuple[Column, ...]:
    """Return the columns of verdicts over data sets, in reading order."""
    return (
        Column("Over data sets", tuple(one.title for one in overall), 0, text=True),
        Column("n", tuple(map(_counted, overall)), 0),
        Column("Mean difference", tuple(map(_difference, overall)), 0),
        Column("By data set", tuple(map(_verdicts, overall)), 4, text=True),
        Column("p Wilcoxon", tuple(p_value(one.p_wilcoxon) for one in overall), 5),
        Column("p Holm", tuple(p_value(one.p_holm) for one in overall), 3),
        Column("worse / same / better", tuple(chances(one.rope) for one in overall), 2, text=True),
        Column("Verdict", tuple(VERDICTS[one.verdict] for one in overall), 0, text=True),
    )


def to_csv(comparisons: Sequence[Comparison], overall: Sequence[Overall]) -> str:
    """Return comparisons as CSV, a row for every arm and then one for every verdict over all."""
    return write_csv([*csv_rows(comparisons), *map(_flat, overall)])


def to_markdown(overall: Sequence[Overall]) -> str:
    """Return verdicts over data sets as a Markdown table and sentences; empty without any."""
    if not overall:
        return ""
    sentences = "".join(f"- {text}\n" for text in (*(one.sentence for one in overall), ASSUMPTIONS))
    return f"\n{write_markdown(overall_columns(overall))}\n{sentences}"


def _counted(one: Overall) -> str:
    return str(one.n) if one.n == one.declared else f"{one.n}/{one.declared}"


def _difference(one: Overall) -> str:
    if one.mean_difference is None:
        return NOTHING
    if one.relative:
        return f"{100 * one.mean_difference:+.1f} %".replace("-", "−")
    return format_differences((one.mean_difference,), one.metric, signed=True)[0]


def _verdicts(one: Overall) -> str:
    return ", ".join(f"{count} {VERDICTS[verdict]}" for verdict, count in one.verdicts.items())


def _flat(one: Overall) -> dict[str, Any]:
    """Return the plain values of a verdict, in the columns of comparisons that mean the same."""
    values = one.as_json()
    values["arm"] = f"{values.pop('title')}, over data sets"
    found = values.pop("rope") or dict.fromkeys(("worse", "same", "better"))
    counts = values.pop("verdicts")
    return (
        values
        | {f"p_{side}": chance for side, chance in found.items()}
        | {f"data_sets_{verdict}": count for verdict, count in counts.items()}
    )
