"""Compiled programs, kept for whoever trains a network of the same structure again."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Any

from hiss.data.replicate_data import ReplicateData
from hiss.data.seeds import Seeds
from hiss.experiment.spec import Experiment
from hiss.experiment.training import Keras as Table
from hiss.network.build import build_network
from hiss.network.outputs import check_count, check_loss
from hiss.network.user_code import changed
from hiss.noise.registry import noise_of
from hiss.training.program import Program

KEPT = 16


class Programs:
    """The programs of the last few structures; all strengths of a noise share one."""

    def __init__(self) -> None:
        """Start with none."""
        self._kept: OrderedDict[str, Program] = OrderedDict()

    def of(self, experiment: Experiment, samples: ReplicateData) -> Program:
        """Give the program for an experiment, made now or used before.

        Raises:
            EngineError: if its network does not fit the data.
        """
        key = structure(experiment, samples)
        if key not in self._kept:
            network = build_network(experiment, samples.shape, Seeds(samples.seed, 0))
            check_count(experiment.name, network, samples.first)
            check_loss(experiment, network)
            task, rows = samples.first.task, len(samples.rows.x)
            self._kept[key] = Program(key, network, experiment.training, task, rows)
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return self._kept[key]


def structure(experiment: Experiment, samples: ReplicateData) -> str:
    """Describe all that a compiled program depends on; noise strengths are not among it."""
    training = experiment.training.model_dump(exclude={"epochs", "optimizer"})
    chosen = experiment.training.optimizer
    training["optimizer"] = chosen if isinstance(chosen, str) else _shape_of(chosen)
    layers = [_shape_of(layer) for layer in experiment.layers] or _own(experiment)
    shapes = [list(array.shape) for array in samples.rows]
    return json.dumps([training, layers, shapes, samples.first.task], sort_keys=True)


def _shape_of(table: Table) -> dict[str, Any]:
    described = table.model_dump()
    noise = noise_of(table.class_name)  # its strength is a variable
    return {key: value for key, value in described.items() if not noise or key != noise.strength}


def _own(experiment: Experiment) -> list[Any]:
    """Describe a user's model by its file as it stands, and by where there is which noise."""
    assert experiment.model is not None
    sites = [site.model_dump(exclude={"strength"}) for site in experiment.model.noise]
    return [experiment.model.reference, changed(experiment.model.reference), sites]


PROGRAMS = Programs()
"""This process's programs; used on the training thread alone."""
