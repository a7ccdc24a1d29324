"""Comparisons as CSV and Markdown; as JSON they stand in the document of their study."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from engine.export import markdown
from engine.verdict_columns import verdict_columns
from engine.verdicts import Comparison


def to_csv(comparisons: Sequence[Comparison]) -> str:
    """Comparisons as CSV, a row for every arm; what they cannot say is empty."""
    rows = [_flat(comparison) for comparison in comparisons]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def to_markdown(comparisons: Sequence[Comparison]) -> str:
    """Comparisons as a Markdown table and a list of what they say in words."""
    said = "".join(f"- {comparison.sentence}\n" for comparison in comparisons)
    return f"{markdown(verdict_columns(comparisons))}\n{said}"


def _flat(comparison: Comparison) -> dict[str, Any]:
    shown = comparison.as_json()
    shown["ci95_low"], shown["ci95_high"] = shown.pop("ci95") or (None, None)
    chances = shown.pop("rope") or dict.fromkeys(("worse", "same", "better"))
    return shown | {f"p_{side}": chance for side, chance in chances.items()}
