"""The results of runs, comparisons and sweeps as text: tables, JSON, CSV and Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hiss.tui.cli.output import OutputFormat, format_result, render, rich_console, wrap_lines

if TYPE_CHECKING:
    from hiss.results.outcomes import Result
    from hiss.studies.overall import Overall
    from hiss.studies.sweep import Sweep
    from hiss.studies.verdicts import Comparison
    from hiss.views.explanation import Explanation

BEST_OF_SWEEP = (
    "The best strength was chosen on these repeats: `hiss sweep` confirms it on fresh ones."
)
USUAL = ("test_accuracy", "test_rmse")
"""Scores that a table of results shows where no other is asked for."""


def format_comparisons(
    result: Result,
    comparisons: Sequence[Comparison],
    *,
    overall: Sequence[Overall],
    output_format: OutputFormat,
    terminal: bool,
) -> str:
    """Return a result and its comparisons as text, a table for a terminal or a file.

    Args:
        result: What was trained.
        comparisons: Of its arms.
        overall: The verdicts over data sets, if the study has several.
        output_format: The format of the text.
        terminal: Whether a table has the terminal's width and colours.
    """
    from hiss.reports import comparison_report, export, overall_report
    from hiss.tui.cli.request import describe_study

    metric = next((one.metric for one in comparisons if one.metric not in USUAL), None)
    match output_format:
        case "json":
            return export.to_json(result, comparisons=comparisons, overall=overall)
        case "csv":
            return overall_report.to_csv(comparisons, overall)
        case "markdown":
            scores = export.to_markdown(result, metric)
            over = overall_report.to_markdown(overall)
            return f"{scores}\n{comparison_report.to_markdown(comparisons)}{over}"
        case "table":
            scores = format_result(result, "table", terminal=terminal, metric=metric)
            design = wrap_lines([describe_study(result.study)], terminal)
            table = _comparison_table(comparisons, terminal)
            over = _overall_table(overall, terminal)
            return "\n".join((scores, table, *([over] if over else []), design))


def format_sweep(sweep: Sweep, output_format: OutputFormat, terminal: bool) -> str:
    """Return a sweep as text, a table for a terminal or a file."""
    from hiss.reports import sweep_report

    match output_format:
        case "json":
            return sweep_report.to_json(sweep)
        case "csv":
            return sweep_report.to_csv(sweep)
        case "markdown":
            return sweep_report.to_markdown(sweep)
        case "table":
            return _sweep_table(sweep, terminal)


def format_explanation(
    explanation: Explanation, result: Result, output_format: OutputFormat, terminal: bool
) -> str:
    """Return an explanation as JSON, or as pictures and sentences."""
    from hiss.reports import explanation_report
    from hiss.reports.explanation_sentences import reasons, sentences
    from hiss.tui.cli.request import describe_study
    from hiss.tui.tables.explanation import explanation_pictures

    if output_format == "json":
        return explanation_report.to_json(explanation)
    console = rich_console(terminal)
    pictures = explanation_pictures(explanation, result, console)
    said = (one.text for one in sentences(explanation))
    chosen = (BEST_OF_SWEEP,) if explanation.sites else ()
    text = wrap_lines((*said, *reasons(explanation), *chosen), terminal)
    design = wrap_lines([describe_study(result.study)], terminal)
    return "\n".join((*(render(each, terminal) for each in pictures), text, design))


def _comparison_table(comparisons: Sequence[Comparison], terminal: bool) -> str:
    """Return the table of comparisons with its caption above and its sentences below."""
    from hiss.tui.tables.comparison import caption, verdict_table

    if not comparisons:
        return ""
    baselines = {comparison.baseline for comparison in comparisons}
    against = baselines.pop() if len(baselines) == 1 else "baselines"
    heading = wrap_lines([caption(comparisons, f" against {against}")], terminal)
    table = render(verdict_table(comparisons, rich_console(terminal).width), terminal)
    sentences = wrap_lines((comparison.sentence for comparison in comparisons), terminal)
    return f"{heading}\n{table}\n{sentences}"


def _overall_table(overall: Sequence[Overall], terminal: bool) -> str:
    """Return the table over data sets with its sentences and assumptions; empty without any."""
    from hiss.reports.overall_report import overall_columns
    from hiss.studies.overall import ASSUMPTIONS
    from hiss.tui.tables.results import drawn_table, fitting

    if not overall:
        return ""
    columns = fitting(overall_columns(overall), rich_console(terminal).width)
    sentences = wrap_lines([*(one.sentence for one in overall), ASSUMPTIONS], terminal)
    return f"{render(drawn_table(columns), terminal)}\n{sentences}"


def _sweep_table(sweep: Sweep, terminal: bool) -> str:
    """Return the table of a sweep with its caption above and its sentences below."""
    from hiss.reports.sweep_sentences import sentences
    from hiss.tui.cli.request import describe_study
    from hiss.tui.tables.sweep import sweep_table

    search = sweep.search
    named = zip(search.symbols, (axis.site.name for axis in search.axes), strict=True)
    places = ", ".join(f"{symbol} at {site}" for symbol, site in named)
    legend = "; * is best, + as good within one standard error" if len(search.axes) == 2 else ""
    table = render(sweep_table(sweep, rich_console(terminal).width), terminal)
    text = wrap_lines(sentences(sweep), terminal)
    design = wrap_lines([describe_study(search.base)], terminal)
    return f"{search.experiment.name}: {places}{legend}\n\n{table}\n{text}\n{design}"
