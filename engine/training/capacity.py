"""Refusing a study that cannot fit into this machine's memory, before anything is built."""

from __future__ import annotations

from hiss.errors import EngineError
from hiss.experiment.size import curves_bytes, network_bytes, parameters
from hiss.experiment.spec import Experiment, Study, check_repeats
from hiss.training import machine


def check_fits(study: Study) -> None:
    """Refuse a study whose networks or curves take more memory than is available to this process.

    The estimate is a lower bound, so that nothing is refused that could be trained.

    Raises:
        EngineError: with the estimate and the memory that is available; or because there are more
            repeats than folds.
    """
    check_repeats(study)
    limit = machine.available_memory()
    if (size := curves_bytes(study)) > limit:
        epochs = max(arm.training.epochs for arm in study.arms)
        raise EngineError(
            f"The curves of {study.repeats:,} repeats of {epochs:,} epochs {_take(size, limit)}",
            "Train fewer repeats or epochs.",
        )
    for arm in study.arms:
        if (size := network_bytes(arm, study.repeats)) > limit:
            raise EngineError(_too_large(arm, size, limit), "Make it smaller.")


def _too_large(arm: Experiment, size: int, limit: int) -> str:
    counts = parameters(arm)
    largest = max(range(len(counts)), key=counts.__getitem__)
    return (
        f"{arm.name}: {sum(counts):,} parameters, most of them in layers.{largest}, "
        f"{_take(size, limit)}"
    )


def _take(size: int, limit: int) -> str:
    return f"take at least {size / 1e9:,.0f} GB of memory; {limit / 1e9:,.1f} GB are available."
