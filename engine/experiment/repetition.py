"""The two modes of repetition: their description, and which one presets propose."""

from __future__ import annotations

from collections.abc import Sequence

from hiss.data.sources import SOURCES
from hiss.data.spec import Data, Mode
from hiss.experiment.spec import Experiment


def describe_repetition(mode: Mode, data: Data) -> str:
    """Describe what differs between replicates: `other weights and noise, the same rows`."""
    if mode == "article":
        others = "weights, noise and wrong labels" if data.label_noise else "weights and noise"
        return f"other {others}, the same rows"
    if SOURCES[data.name].kind == "table":
        return "other splits, weights and noise"
    return "other training rows, weights and noise"


def proposed_mode(arms: Sequence[Experiment]) -> Mode:
    """Return the mode that all presets propose; `article` where they disagree."""
    modes = {arm.study.mode or _mode_of_group(arm.group) for arm in arms}
    return modes.pop() if len(modes) == 1 else "article"


def _mode_of_group(group: str) -> Mode:
    return "article" if group == "article" else "task"
