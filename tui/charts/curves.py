"""A chart of curves: what it shows, as a value, and how it is made from the console's state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rich.text import Text

from hiss.tui.charts.mean_band import mean_band
from hiss.tui.style.themes import PictureStyle, hex_color

if TYPE_CHECKING:
    from hiss.data.preview import Preview
    from hiss.tui.charts.mean_band import MeanBand
    from hiss.tui.state.model import Lab, Run, Runs
    from hiss.tui.state.view import Quantity, View


@dataclass(frozen=True, slots=True)
class Line:
    """One curve to draw."""

    band: MeanBand
    arm: int
    """The arm's place in the session, which decides on colour and symbol."""
    training: bool
    """Whether it was measured on the training rows: faint, with a hollow symbol."""
    every: bool = False
    """Whether every replicate is drawn below the mean, instead of a band."""


@dataclass(frozen=True, slots=True)
class CurvesPicture:
    """What a chart of curves shows."""

    lines: tuple[Line, ...]
    epochs: int
    """The epochs of the longest run: the end of the x axis."""
    quantity: Quantity
    ceilings: tuple[float, ...] = ()
    """Accuracies that no classifier can beat, in [0, 1]."""


@dataclass(frozen=True, slots=True)
class Strength:
    """One point of a sweep to draw."""

    value: float
    mean: float | None
    """None where nothing has been trained yet."""
    se: float | None
    rank: Literal["best", "plateau", "other"]


@dataclass(frozen=True, slots=True)
class SweepPicture:
    """What a curve of scores over noise strengths shows."""

    points: tuple[Strength, ...]
    """From the weakest."""
    cursor: float | None
    """The strength below the cursor."""


def curves_picture(lab: Lab, runs: Runs) -> CurvesPicture:
    """Return the picture of some runs of which at least one has curves."""
    quantity = shown_quantity(lab, runs)
    training = shows_training(lab.view, runs)
    lines = [line for run in runs for line in _lines(lab.view, run, run.place, quantity)]
    return CurvesPicture(
        lines=tuple(line for line in lines if training or not line.training),
        epochs=max(run.experiment.training.epochs for run in runs if run.curves),
        quantity=quantity,
        ceilings=ceilings(lab, runs) if quantity == "accuracy" else (),
    )


def legend(runs: Runs, style: PictureStyle) -> Text:
    """Return every run's name beside its symbol, in its colour."""
    return Text("  ").join(_entry(run, run.place, style) for run in runs)


def key(view: View, runs: Runs, style: PictureStyle) -> str:
    """Explain filled and hollow symbols, the band and smoothing, in one line."""
    symbols = f"{style.glyphs.filled[0]} test"
    if shows_training(view, runs):
        symbols += f" {style.glyphs.hollow[0]} train"
    parts = [symbols]
    if max((run.repeats for run in runs), default=1) > 1:
        parts.append(_repeats(view, runs))
    if view.smooth:
        windows = {smoothing_window(run) for run in runs}
        parts.append(f"mean of {min(windows)} epochs" if len(windows) == 1 else "moving averages")
    return " · ".join(parts)


def shown_quantity(lab: Lab, runs: Runs) -> Quantity:
    """Return the quantity that the user chose, or loss where no run has it."""
    curves = [run.curves for run in runs if run.curves]
    known = not curves or any(lab.view.quantity in one.metrics for one in curves)
    return lab.view.quantity if known else "loss"


def shows_training(view: View, runs: Runs) -> bool:
    """Whether training curves are drawn: by the user's choice, else where there is one arm."""
    return len(runs) == 1 if view.training is None else view.training


def ceilings(lab: Lab, runs: Runs) -> tuple[float, ...]:
    """Return the best possible accuracies on the data of the runs, ascending, each once."""
    previews = [_preview(lab, run) for run in runs]
    found = {one.bayes_accuracy for one in previews if one and one.bayes_accuracy is not None}
    return tuple(sorted(found))


def smoothing_window(run: Run) -> int:
    """Return the epochs that a moving average is taken over: a fiftieth of the run."""
    return max(1, run.experiment.training.epochs // 50)


def _lines(view: View, run: Run, arm: int, quantity: Quantity) -> list[Line]:
    """Return a run's training and test curve; nothing before its first epoch."""
    curves = run.curves
    if curves is None or quantity not in curves.metrics or not curves.counts.any():
        return []
    lines = []
    for metric, training in ((quantity, True), (f"val_{quantity}", False)):
        band = mean_band(
            curves,
            metric,
            run.failed,
            window=smoothing_window(run) if view.smooth else 1,
            band=view.band,
            only=view.replicate,
            every=view.every,
        )
        lines.append(Line(band, arm, training, view.every))
    return lines


def _preview(lab: Lab, run: Run) -> Preview | None:
    """Return what a run's data look like; a point of a sweep has the data of its preset."""
    names = [one.name for one in lab.experiments if one.data == run.experiment.data]
    name = run.name if run.name in lab.previews else next(iter(names), "")
    return lab.previews.get(name)


def _repeats(view: View, runs: Runs) -> str:
    """Return what is drawn of repeats: the mean with its band, all of them, or one."""
    most = max(run.repeats for run in runs)
    if view.replicate is not None:
        return f"repeat {min(view.replicate, most - 1) + 1} of {most}"
    failed = sum(len(run.failed) for run in runs)
    missing = f", {failed} failed" if failed else ""
    if view.every:
        return f"every repeat and their mean{missing}"
    return f"mean {'± SD' if view.band == 'sd' else 'with 95 % CI'} of repeats{missing}"


def _entry(run: Run, arm: int, style: PictureStyle) -> Text:
    symbol = style.symbol(arm)
    name = run.name.rpartition("/")[2]
    return Text(f"{symbol}\u00a0{name}", hex_color(style.color(arm)))
