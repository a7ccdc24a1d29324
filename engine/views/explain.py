"""From the recorded networks of a study to its explanation."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from hiss.errors import EngineError
from hiss.experiment.replicates import replicate_data
from hiss.experiment.spec import Experiment, Study
from hiss.results.outcomes import Arm, Listener, Result
from hiss.results.rows import UNKNOWN
from hiss.results.scores import measured_metric, scores
from hiss.store.album import Album
from hiss.studies.baselines import couples
from hiss.studies.runner import run_study
from hiss.training.program_cache import PROGRAMS
from hiss.training.snapshots import Snapshots
from hiss.views.calibration import Calibration, calibration_of
from hiss.views.explanation import (
    VIEWS,
    ExplainedArm,
    Explanation,
    Frame,
    FramedArm,
    LiveArm,
    View,
    chosen_views,
)
from hiss.views.margins import margins_of
from hiss.views.measured import Measured
from hiss.views.memorisation import memorisation_of, norms_of
from hiss.views.networks import Networks
from hiss.views.paired import PairedChange, correlate
from hiss.views.plane import Plane, plane_of
from hiss.views.regions import Regions, Surface, regions_of, surface_of
from hiss.views.robustness import robustness_of
from hiss.views.signal import signals_of

JACOBIAN_ROWS = 500
"""Test rows over which the norm is averaged at most."""
NO_CLASSES = "a regression has no classes"


def explain(
    result: Result,
    album: Album,
    *,
    views: Sequence[str] = (),
    columns: Sequence[str] = (),
    baseline: str | None = None,
) -> Explanation:
    """Look at the networks of a study that has ended.

    Args:
        result: of the study.
        album: snapshots of its networks.
        views: names of views; empty for all.
        columns: two features, whose plane the regions are drawn in; empty as in `plane_of`.
        baseline: as in `couples`.

    Raises:
        EngineError: if there is no such view or column, or an arm has no snapshots.
    """
    wanted = chosen_views(views)
    found = (networks_of(result.study, arm, album) for arm in result.arms)
    return _explanation(result, found, wanted, columns, baseline)


def _explanation(
    result: Result,
    found: Iterable[Networks],
    wanted: Sequence[View] = VIEWS,
    columns: Sequence[str] = (),
    baseline: str | None = None,
) -> Explanation:
    """Look at the networks of each arm."""
    arms = {
        arm.experiment.name: explain_arm(networks, arm, wanted, columns)
        for networks, arm in zip(found, result.arms, strict=True)
    }
    return Explanation(tuple(arms.values()), tuple(_paired(result, arms, baseline)))


def networks_of(study: Study, arm: Arm, album: Album) -> Networks:
    """Return the recorded networks of an arm.

    Raises:
        EngineError: if they were not recorded, or all have failed.
    """
    snapshots = album.of(study, arm.experiment)
    if snapshots is None or not snapshots.replicates:
        raise EngineError(f"{arm.experiment.name}: no trained network to explain.")
    return _networks(study, arm.experiment, snapshots)


def _networks(study: Study, arm: Experiment, snapshots: Snapshots) -> Networks:
    check_explainable(arm)
    data = replicate_data(study, arm)
    return Networks(PROGRAMS.of(arm, data), snapshots, data)


def check_explainable(arm: Experiment) -> None:
    """Check that an experiment predicts classes or one quantity, which the views are about.

    Raises:
        EngineError: if it reconstructs its features.
    """
    if arm.data.reconstructs:
        raise EngineError(
            f"{arm.name} reconstructs its features: these views are about classes or one quantity.",
            "Its scores and curves are those of `hiss run`.",
        )


def explain_study(
    study: Study,
    listen: Listener,
    stop: threading.Event,
    album: Album,
    show: Callable[[Explanation | Frame | LiveArm], None],
) -> None:
    """Train a study with snapshots where they are missing, and show what is to be seen of it.

    While it trains, the regions of each arm as they are; then all views of the trained networks,
    and then the regions at the earlier snapshots, from coarse to fine. A stop ends it between two.

    Args:
        study: what to train; the numbers are those of any other training of it.
        listen: called with the events of the training.
        stop: set from any thread.
        album: keeps the snapshots.
        show: called with what has been found.

    Raises:
        EngineError: if the study cannot be trained.
    """
    for one in study.arms:
        check_explainable(one)
    live = _Live(study, show)
    album.watch = live.show_arm
    result = run_study(study, listen, stop, album=album)
    if stop.is_set():
        return
    found = [networks_of(study, arm, album) for arm in result.arms]
    show(_explanation(result, found))
    planes = [plane_of(each.data.first) for each in found]
    longest = max(len(each.epochs) for each in found)
    for moment in coarse_to_fine(longest - 1):
        if stop.is_set():
            return
        share = moment / (longest - 1)
        arms = (
            _frame(each, plane, round(share * (len(each.epochs) - 1)))
            for each, plane in zip(found, planes, strict=True)
        )
        show(Frame(share, tuple(arms)))


class _Live:
    """Shows the regions of the arm that trains."""

    def __init__(self, study: Study, show: Callable[[LiveArm], None]) -> None:
        self._study, self._show = study, show
        self._found: dict[int, tuple[Networks, Plane]] = {}

    def show_arm(self, number: int, snapshots: Snapshots) -> None:
        """Show an arm's latest snapshot."""
        if number not in self._found:
            networks = _networks(self._study, self._study.arms[number], snapshots)
            self._found[number] = networks, plane_of(networks.data.first)
        networks, plane = self._found[number]
        networks.snapshots = snapshots
        self._show(LiveArm(number, _frame(networks, plane, -1)))


def coarse_to_fine(count: int) -> list[int]:
    """Return the numbers from 0 to `count` - 1, those that halve the largest gaps first."""
    order, step = [0] if count else [], max(1, count)
    while step > 1:
        step = math.ceil(step / 2)
        order += [number for number in range(0, count, step) if number not in order]
    return order


def _frame(networks: Networks, plane: Plane, snapshot: int) -> FramedArm:
    regression = networks.task == "regression"
    regions = (
        surface_of(networks, plane, snapshot)
        if regression
        else regions_of(networks, plane, snapshot, risk=False)
    )
    return FramedArm(networks.epochs[snapshot], regions)


def explain_arm(
    networks: Networks, arm: Arm, wanted: Sequence[View] = VIEWS, columns: Sequence[str] = ()
) -> ExplainedArm:
    """Return the views of one arm."""
    rows = arm.curves.rows or UNKNOWN
    made: dict[str, Any] = {}
    reasons: dict[str, str] = {}
    makers: dict[View, Callable[[], Any]] = {
        "regions": lambda: _regions(networks, columns),
        "jacobian": lambda: jacobian_of(networks, rows.test_to_train),
        "robustness": lambda: robustness_of(networks),
        "calibration": lambda: _calibration(networks, rows.test_to_train),
        "margins": lambda: margins_of(networks),
        "noise": lambda: signals_of(networks),
        "memorisation": lambda: memorisation_of(networks),
        "weights": lambda: norms_of(networks),
    }
    for view in wanted:
        if networks.task == "regression" and view in ("calibration", "margins"):
            reasons[view] = NO_CLASSES
            continue
        found = makers[view]()
        if view == "noise" and not found:
            reasons[view] = "no layer of this network adds noise"
        else:
            made[view] = found
    return ExplainedArm(
        arm.experiment.name, networks.task, networks.replicates, reasons=reasons, **made
    )


def jacobian_of(networks: Networks, test_to_train: float = 0.0, snapshot: int = -1) -> Measured:
    """Return the mean Jacobian norm over at most 500 test rows, by replicate."""
    x, _ = networks.test_rows(JACOBIAN_ROWS)
    return Measured.of(networks.jacobian_norms(x, snapshot).mean(axis=1), test_to_train)


def _calibration(networks: Networks, test_to_train: float) -> Calibration:
    x, y = networks.test_rows()
    return calibration_of(networks.outputs(x), y, test_to_train)


def _regions(networks: Networks, columns: Sequence[str]) -> Regions | Surface:
    plane = plane_of(networks.data.first, columns)
    regression = networks.task == "regression"
    return surface_of(networks, plane) if regression else regions_of(networks, plane)


def _paired(
    result: Result, arms: Mapping[str, ExplainedArm], baseline: str | None
) -> list[PairedChange]:
    trained = {arm.experiment.name: arm for arm in result.arms}
    known = [arm.experiment for arm in result.arms]
    found = []
    for arm, base in couples(known, baseline):
        pair = arms[arm.name], arms[base.name]
        if pair[0].jacobian is None or pair[1].jacobian is None:
            continue
        metric = measured_metric(trained[arm.name].replicates, None)
        found.append(_change(pair, [trained[each.name] for each in (arm, base)], metric))
    return found


def _change(
    pair: tuple[ExplainedArm, ExplainedArm], trained: Sequence[Arm], metric: str
) -> PairedChange:
    scored = [scores(arm.replicates, metric) for arm in trained]
    norms = [
        dict(zip(one.replicates, one.jacobian.values if one.jacobian else (), strict=True))
        for one in pair
    ]
    common = sorted(set.intersection(*(set(each) for each in (*scored, *norms))))
    jacobian = tuple(norms[0][each] - norms[1][each] for each in common)
    score = tuple(scored[0][each] - scored[1][each] for each in common)
    correlation, ci95 = correlate(jacobian, score)
    return PairedChange(
        arm=pair[0].name,
        baseline=pair[1].name,
        metric=metric,
        replicates=tuple(common),
        jacobian=jacobian,
        relative=tuple(norms[0][each] / norms[1][each] - 1 for each in common),
        score=score,
        correlation=correlation,
        ci95=ci95,
    )
