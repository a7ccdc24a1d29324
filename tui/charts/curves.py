"""What of the console's state goes into a chart of curves and its legend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from hiss.tui.charts.mean_band import mean_band
from hiss.tui.charts.pictures import CurvesPicture, Line
from hiss.tui.style.themes import PictureStyle, Rgb

if TYPE_CHECKING:
    from hiss.data.preview import Preview
    from hiss.tui.state.model import Lab, Quantity, Run, Runs, View


def curves_picture(lab: Lab, runs: Runs) -> CurvesPicture:
    """The picture of some runs of which at least one has curves."""
    quantity = shown_quantity(lab, runs)
    training = shows_training(lab.view, runs)
    lines = [line for arm, run in enumerate(runs) for line in _lines(lab.view, run, arm, quantity)]
    return CurvesPicture(
        lines=tuple(line for line in lines if training or not line.training),
        epochs=max(run.experiment.training.epochs for run in runs if run.curves),
        quantity=quantity,
        ceilings=ceilings(lab, runs) if quantity == "accuracy" else (),
    )


def shown_quantity(lab: Lab, runs: Runs) -> Quantity:
    """The quantity asked for, or loss where no run has the other."""
    curves = [run.curves for run in runs if run.curves]
    known = not curves or any(lab.view.quantity in one.metrics for one in curves)
    return lab.view.quantity if known else "loss"


def shows_training(view: View, runs: Runs) -> bool:
    """Whether training curves are drawn: as asked, else where a single arm leaves room."""
    return len(runs) == 1 if view.training is None else view.training


def ceilings(lab: Lab, runs: Runs) -> tuple[float, ...]:
    """The best possible accuracies on the data of the runs, each once."""
    previews = [_preview(lab, run) for run in runs]
    found = {one.bayes_accuracy for one in previews if one and one.bayes_accuracy is not None}
    return tuple(sorted(found))


def _preview(lab: Lab, run: Run) -> Preview | None:
    """What the data of a run look like; a point of a sweep has those of its preset."""
    names = [one.name for one in lab.experiments if one.data == run.experiment.data]
    name = run.name if run.name in lab.previews else next(iter(names), "")
    return lab.previews.get(name)


def legend(runs: Runs, look: PictureStyle) -> Text:
    """Say which symbol and colour is which run."""
    return Text("  ").join(_entry(run, arm, look) for arm, run in enumerate(runs))


def key(view: View, runs: Runs, look: PictureStyle) -> str:
    """Say what filled and hollow symbols are, and what a band."""
    said = [f"{look.glyphs.filled[0]} test"]
    if shows_training(view, runs):
        said[0] += f" {look.glyphs.hollow[0]} train"
    if repeats := max((run.repeats for run in runs), default=1) > 1 and _repeats(view, runs):
        said.append(repeats)
    if view.smooth:
        windows = {smoothing_window(run) for run in runs}
        said.append(f"mean of {min(windows)} epochs" if len(windows) == 1 else "moving averages")
    return " · ".join(said)


def smoothing_window(run: Run) -> int:
    """Epochs that a moving average is taken over: a fiftieth of the run."""
    return max(1, run.experiment.training.epochs // 50)


def _repeats(view: View, runs: Runs) -> str:
    """Say what is drawn of repeats: the mean with its band, all of them, or one."""
    most = max(run.repeats for run in runs)
    if view.replicate is not None:
        return f"repeat {min(view.replicate, most - 1) + 1} of {most}"
    failed = sum(len(run.failed) for run in runs)
    missing = f", {failed} failed" if failed else ""
    if view.every:
        return f"every repeat and their mean{missing}"
    return f"mean {'± SD' if view.band == 'sd' else 'with 95 % CI'} of repeats{missing}"


def _entry(run: Run, arm: int, look: PictureStyle) -> Text:
    symbol = look.glyphs.filled[arm % len(look.glyphs.filled)]
    color = _hex(look.arms[arm % len(look.arms)])
    name = run.name.rpartition("/")[2]
    return Text(f"{symbol}\u00a0{name}", color)


def _hex(color: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)


def _lines(view: View, run: Run, arm: int, quantity: Quantity) -> list[Line]:
    curves = run.curves
    window = smoothing_window(run) if view.smooth else 1
    if curves is None or quantity not in curves.metrics or not curves.counts.any():
        return []
    metrics = ((quantity, True), (f"val_{quantity}", False))
    return [
        Line(
            mean_band(curves, metric, run.failed, window, view.band, view.replicate, view.every),
            arm,
            training,
            view.every,
        )
        for metric, training in metrics
    ]
