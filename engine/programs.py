"""Compiled programs, kept for whoever trains a network of the same structure again."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Any

from engine.layers import KINDS
from engine.network import build_network
from engine.program import Program
from engine.samples import Samples
from engine.seeds import Seeds
from engine.spec import Experiment
from engine.spec import Keras as Table

KEPT = 16


class Programs:
    """The programs of the last few structures; all strengths of a noise share one."""

    def __init__(self) -> None:
        """Start with none."""
        self._kept: OrderedDict[str, Program] = OrderedDict()

    def of(self, experiment: Experiment, samples: Samples) -> Program:
        """Give the program for an experiment, made now or used before."""
        key = structure(experiment, samples)
        if key not in self._kept:
            network = build_network(experiment, samples.shape, Seeds(samples.seed, 0))
            task, rows = samples.first.task, len(samples.rows.x)
            self._kept[key] = Program(network, experiment.training, task, rows)
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return self._kept[key]


def structure(experiment: Experiment, samples: Samples) -> str:
    """Describe all that a compiled program depends on; noise strengths are not among it."""
    training = experiment.training.model_dump(exclude={"epochs"})
    layers = [_shape_of(layer) for layer in experiment.layers]
    shapes = [list(array.shape) for array in samples.rows]
    return json.dumps([training, layers, shapes, samples.first.task], sort_keys=True)


def _shape_of(layer: Table) -> dict[str, Any]:
    described = layer.model_dump()
    strength = getattr(KINDS.get(layer.class_name), "strength_name", None)
    return {key: value for key, value in described.items() if key != strength}


PROGRAMS = Programs()
"""This process's programs; used on the training thread alone."""
