"""From the recorded networks of a study to its explanation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hiss.errors import EngineError
from hiss.experiment.replicates import replicate_data
from hiss.experiment.spec import Experiment, Study
from hiss.results.outcomes import Arm, Result
from hiss.results.rows import UNKNOWN
from hiss.results.scores import measured_metric, scores
from hiss.store.album import Album
from hiss.studies.baselines import couples
from hiss.studies.search import Search
from hiss.training.program_cache import PROGRAMS
from hiss.training.snapshots import Snapshots
from hiss.views.along import along_training, mean_jacobian
from hiss.views.calibration import Calibration, calibration_of
from hiss.views.explanation import VIEWS, ExplainedArm, Explanation, View, chosen_views
from hiss.views.margins import margins_of
from hiss.views.measured import Measured
from hiss.views.memorisation import memorisation_of, norms_of
from hiss.views.networks import Networks
from hiss.views.paired import PairedChange, change_between
from hiss.views.plane import plane_of
from hiss.views.regions import Regions, Surface, regions_of, surface_of
from hiss.views.robustness import robustness_of
from hiss.views.signal import signals_of

NO_CLASSES = "a regression has no classes"
NOT_ONE = "a reconstruction predicts neither classes nor a single quantity"
SENSELESS: Mapping[str, Mapping[str, str]] = {
    "regression": dict.fromkeys(("calibration", "margins"), NO_CLASSES),
    "reconstruction": dict.fromkeys(("regions", "calibration", "margins"), NOT_ONE),
}
"""Task → the views that make no sense for it, and why."""
NO_NOISE = "no layer of this network adds noise"


def explain(
    result: Result,
    album: Album,
    *,
    views: Sequence[str] = (),
    columns: Sequence[str] = (),
    baseline: str | None = None,
    search: Search | None = None,
) -> Explanation:
    """Look at the networks of a study that has ended.

    Args:
        result: of the study.
        album: snapshots of its networks.
        views: names of views; empty for all.
        columns: two features, whose plane the regions are drawn in; empty as in `plane_of`.
        baseline: as in `couples`.
        search: the grid whose points the arms are, of a sweep.

    Raises:
        EngineError: if there is no such view or column, or an arm has no snapshots.
    """
    wanted = chosen_views(views)
    found = (networks_of(result.study, arm, album) for arm in result.arms)
    pairs = zip(found, result.arms, strict=True)
    made = [explain_arm(networks, arm, wanted, columns) for networks, arm in pairs]
    return explanation_of(result.arms, made, baseline, search)


def networks_of(study: Study, arm: Arm, album: Album) -> Networks:
    """Return the recorded networks of an arm.

    Raises:
        EngineError: if they were not recorded, or all have failed.
    """
    snapshots = album.of(study, arm.experiment)
    if snapshots is None or not snapshots.replicates:
        raise EngineError(
            f"{arm.experiment.name}: there are no snapshots of a trained network.",
            "Explain it again: it is trained once more for those that are missing or damaged.",
        )
    return networks_in(study, arm.experiment, snapshots)


def networks_in(study: Study, arm: Experiment, snapshots: Snapshots) -> Networks:
    """Return the networks of some snapshots of an arm."""
    data = replicate_data(study, arm)
    return Networks(PROGRAMS.of(arm, data), snapshots, data)


def explain_arm(
    networks: Networks, arm: Arm, wanted: Sequence[View] = VIEWS, columns: Sequence[str] = ()
) -> ExplainedArm:
    """Return the views of one arm."""
    rows = arm.curves.rows or UNKNOWN
    metric = measured_metric(arm.replicates, None)
    made: dict[str, Any] = {}
    reasons = dict(SENSELESS.get(networks.task, {}))
    makers: dict[View, Callable[[], Any]] = {
        "regions": lambda: _regions(networks, columns),
        "jacobian": lambda: Measured.of(mean_jacobian(networks), rows.test_to_train),
        "robustness": lambda: robustness_of(networks),
        "calibration": lambda: _calibration(networks, rows.test_to_train),
        "margins": lambda: margins_of(networks),
        "noise": lambda: signals_of(networks) or None,
        "memorisation": lambda: memorisation_of(networks),
        "weights": lambda: norms_of(networks),
    }
    for view in wanted:
        if view not in reasons:
            made[view] = makers[view]()
    if "noise" in made and made["noise"] is None:
        reasons["noise"] = NO_NOISE
    along = {view: along_training(networks, view) for view in made}
    score = tuple(scores(arm.replicates, metric).values())
    return ExplainedArm(
        arm.experiment.name,
        networks.task,
        networks.replicates,
        along={view: one for view, one in along.items() if one is not None},
        score=Measured(score, rows.test_to_train) if score else None,
        metric=metric,
        reasons={view: why for view, why in reasons.items() if view in wanted},
        **made,
    )


def explanation_of(
    arms: Sequence[Arm],
    made: Iterable[ExplainedArm],
    baseline: str | None = None,
    search: Search | None = None,
) -> Explanation:
    """Put the views of the arms of a study together, each paired with its baseline.

    Args:
        arms: of the study.
        made: their views, in the same order.
        baseline: as in `couples`; None takes the point without noise of a sweep that has one.
        search: the grid whose points the arms are, of a sweep.
    """
    places = {search.arm_name(place): place for place in search.places} if search else {}
    found = {arm.name: replace(arm, place=places.get(arm.name, ())) for arm in made}
    if search is not None and baseline is None:
        zero = search.arm_name(search.zero_noise)
        baseline = zero if zero in found else None
    paired = tuple(_paired(arms, found, baseline))
    axes = search.axes if search else ()
    return Explanation(
        tuple(found.values()),
        paired,
        sites=tuple(axis.site.name for axis in axes),
        symbols=search.symbols if search else (),
    )


def _calibration(networks: Networks, test_to_train: float) -> Calibration:
    x, y = networks.test_rows()
    return calibration_of(networks.outputs(x), y, test_to_train)


def _regions(networks: Networks, columns: Sequence[str]) -> Regions | Surface:
    plane = plane_of(networks.data.first, columns)
    regression = networks.task == "regression"
    return surface_of(networks, plane) if regression else regions_of(networks, plane)


def _paired(
    trained: Sequence[Arm], arms: Mapping[str, ExplainedArm], baseline: str | None
) -> list[PairedChange]:
    known = {arm.experiment.name: arm for arm in trained}
    found = []
    for arm, base in couples([arm.experiment for arm in trained], baseline):
        pair = arms[arm.name], arms[base.name]
        if pair[0].jacobian is None or pair[1].jacobian is None:
            continue
        metric = measured_metric(known[arm.name].replicates, None)
        norms = [
            dict(zip(one.replicates, one.jacobian.values if one.jacobian else (), strict=True))
            for one in pair
        ]
        scored = [scores(known[each.name].replicates, metric) for each in (arm, base)]
        found.append(change_between((arm.name, base.name), metric, norms, scored))
    return found
