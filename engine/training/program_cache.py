"""Compiled programs, kept for the next training of a network of the same structure."""

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
from hiss.network.penalties import without_strengths
from hiss.network.smoothing import without_amount
from hiss.network.user_code import changed
from hiss.noise.registry import noise_of
from hiss.training.program import Program

KEPT = 16
"""The most programs kept in memory."""


class ProgramCache:
    """The programs used last; all strengths of a noise share one."""

    def __init__(self) -> None:
        """Start empty."""
        self._kept: OrderedDict[str, Program] = OrderedDict()

    def of(self, experiment: Experiment, data: ReplicateData) -> Program:
        """Return the program for an experiment, made now or used before.

        Raises:
            EngineError: if its network does not fit the data.
        """
        key = structure(experiment, data)
        if key not in self._kept:
            network = build_network(experiment, data.shape, Seeds(data.seed, 0))
            check_count(experiment.name, network, data.first)
            check_loss(experiment, network, data.first)
            task, train_rows = data.first.task, len(data.rows.x)
            self._kept[key] = Program(key, network, experiment.training, task, train_rows)
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return self._kept[key]


def structure(experiment: Experiment, data: ReplicateData) -> str:
    """Describe all that a compiled program depends on, as JSON.

    Numbers of epochs, strengths of noise, of penalties and of label smoothing, and weights of rows
    are not among it: they are inputs of the program.
    """
    training = experiment.training.model_dump(exclude={"epochs", "optimizer", "class_weight"})
    chosen = experiment.training.optimizer
    training["optimizer"] = chosen if isinstance(chosen, str) else _without_strength(chosen)
    training["loss"] = without_amount(training["loss"])
    layers = [_without_strength(layer) for layer in experiment.layers] or _user_model(experiment)
    shapes = [list(array.shape) for array in data.rows if not isinstance(array, tuple)]
    return json.dumps([training, layers, shapes, data.first.task], sort_keys=True)


def _without_strength(table: Table) -> dict[str, Any]:
    described = without_strengths(table.class_name, table.model_dump())
    noise = noise_of(table.class_name)  # its strength is a variable
    return {key: value for key, value in described.items() if not noise or key != noise.strength}


def _user_model(experiment: Experiment) -> list[Any]:
    """Describe a user's model by the present state of its file, its output and its noise sites."""
    assert experiment.model is not None
    sites = [site.model_dump(exclude={"strength"}) for site in experiment.model.noise]
    own = experiment.model.model_dump(exclude={"noise", "metrics"})
    return [own, changed(experiment.model.reference), sites]


PROGRAMS = ProgramCache()
"""This process's programs; used on the training thread alone."""
