"""What of the console's state goes into the chart of curves and its legend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from tui.pictures import CurvesPicture, Line, Look, Rgb
from tui.series import spread

if TYPE_CHECKING:
    from tui.state import Lab, Quantity, Run


def curves_picture(lab: Lab) -> CurvesPicture:
    """The picture of all runs that have curves."""
    quantity = shown_quantity(lab)
    lines = [line for arm, run in enumerate(lab.runs) for line in _lines(lab, run, arm)]
    return CurvesPicture(
        lines=tuple(lines),
        epochs=max(run.experiment.training.epochs for run in lab.runs if run.curves),
        quantity=quantity,
        ceilings=ceilings(lab) if quantity == "accuracy" else (),
    )


def shown_quantity(lab: Lab) -> Quantity:
    """The quantity asked for, or loss where no run has the other."""
    curves = [run.curves for run in lab.runs if run.curves]
    known = not curves or any(lab.quantity in one.metrics for one in curves)
    return lab.quantity if known else "loss"


def ceilings(lab: Lab) -> tuple[float, ...]:
    """The best possible accuracies on the data of the runs, each once."""
    previews = [lab.previews.get(run.name) for run in lab.runs]
    found = {one.bayes_accuracy for one in previews if one and one.bayes_accuracy is not None}
    return tuple(sorted(found))


def legend(lab: Lab, look: Look) -> Text:
    """Say which symbol and colour is which run."""
    return Text("  ").join(_entry(run, arm, look) for arm, run in enumerate(lab.runs))


def key(lab: Lab, look: Look) -> str:
    """Say what filled and hollow symbols are, and what a band."""
    said = [f"{look.glyphs.filled[0]} test {look.glyphs.hollow[0]} train"]
    if any(run.repeats > 1 for run in lab.runs):
        said.append("mean ± SD of repeats")
    if lab.smooth:
        windows = {smoothing_window(run) for run in lab.runs}
        said.append(f"mean of {min(windows)} epochs" if len(windows) == 1 else "moving averages")
    return " · ".join(said)


def smoothing_window(run: Run) -> int:
    """Epochs that a moving average is taken over: a fiftieth of the run."""
    return max(1, run.experiment.training.epochs // 50)


def _entry(run: Run, arm: int, look: Look) -> Text:
    symbol = look.glyphs.filled[arm % len(look.glyphs.filled)]
    color = _hex(look.arms[arm % len(look.arms)])
    name = run.name.rpartition("/")[2]
    return Text(f"{symbol}\u00a0{name}", color)


def _hex(color: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)


def _lines(lab: Lab, run: Run, arm: int) -> list[Line]:
    curves, quantity = run.curves, shown_quantity(lab)
    window = smoothing_window(run) if lab.smooth else 1
    if curves is None or quantity not in curves.metrics or not curves.counts.any():
        return []
    metrics = ((quantity, True), (f"val_{quantity}", False))
    failed = frozenset(one.replicate for one in run.replicates if one.status == "failed")
    return [
        Line(spread(curves, metric, failed, window), arm, training) for metric, training in metrics
    ]
