"""`hiss compare`: repeated trainings, and what they say about each arm and its baseline."""

from __future__ import annotations

from collections.abc import Sequence

from hiss.data.spec import Data
from hiss.data.theory import bayes_accuracy
from hiss.experiment.repetition import describe_repetition
from hiss.experiment.spec import Study
from hiss.reports import comparison_report as comparison_export
from hiss.reports import export
from hiss.results.outcomes import Result
from hiss.studies.baselines import with_baselines
from hiss.studies.comparison import check_comparable, compare_all
from hiss.studies.verdicts import Comparison
from hiss.tui.cli.output import Format, drawn, paper, prose, render
from hiss.tui.cli.request import Request, checked_format, conduct


def compare(request: Request, baseline: str | None, metric: str | None, rope: float | None) -> int:
    """Train what is asked for with its baselines and deliver the comparisons; the exit code.

    Raises:
        EngineError: What is asked for cannot be compared.
    """
    form = checked_format(request)
    study = comparative(request, baseline)
    check_comparable(study, baseline, metric)

    def write(result: Result, terminal: bool) -> str:
        return written(result, compare_all(result, baseline, metric, rope), form, terminal)

    return conduct(study, request.how, write)


def comparative(request: Request, baseline: str | None) -> Study:
    """The study that is asked for, with the arms that its own are compared with.

    Raises:
        EngineError: There are no such presets.
    """
    study = request.study()
    arms = with_baselines(study.arms, baseline, request.how.changes, request.inputs.adapt_to_table)
    return Study(**{**dict(study), "arms": arms})


def written(result: Result, comparisons: Sequence[Comparison], form: Format, terminal: bool) -> str:
    """A result and its comparisons as text in one of the formats."""
    match form:
        case "json":
            return export.to_json(result, comparisons=comparisons)
        case "csv":
            return comparison_export.to_csv(comparisons)
        case "markdown":
            tables = (export.to_markdown(result), comparison_export.to_markdown(comparisons))
            return "\n".join(tables)
        case "table":
            parts = (render(result, "table", terminal=terminal), _verdicts(comparisons, terminal))
            return "\n".join((*parts, prose([design(result.study)], terminal)))


def design(study: Study) -> str:
    """How a study repeats, in words: mode, repeats, seed, and the Bayes accuracy in task mode."""
    data = study.arms[0].data
    said = f"{study.mode.capitalize()} mode: {study.repeats} repeats with {describe_repetition(study.mode, data)}"
    return f"{said}; seed {study.seed}.{_ceiling(study, data)}"


def _ceiling(study: Study, data: Data) -> str:
    one_task = all(arm.data == data for arm in study.arms)
    best = bayes_accuracy(data) if study.mode == "task" and one_task else None
    return "" if best is None else f" Bayes accuracy {best:.3f}."


def _verdicts(comparisons: Sequence[Comparison], terminal: bool) -> str:
    from hiss.tui.tables.comparison import caption, verdict_table

    if not comparisons:
        return ""
    baselines = {comparison.baseline for comparison in comparisons}
    against = baselines.pop() if len(baselines) == 1 else "baselines"
    about = caption(comparisons, f" against {against}")
    table = drawn(verdict_table(comparisons, paper(terminal).width), terminal)
    said = prose((comparison.sentence for comparison in comparisons), terminal)
    return f"{about}\n\n{table}\n{said}"
