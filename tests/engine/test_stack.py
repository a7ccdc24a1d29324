"""Replicates in one graph train as they do one by one; on a GPU, hiss trains them so."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from engine.blocks import _states
from engine.curves import Curves
from engine.lanes import Lanes
from engine.presets import find, override
from engine.programs import PROGRAMS
from engine.reporting import Report
from engine.samples import Samples
from engine.spec import Study
from engine.stack import CannotStackError, Stack


def parts(name, repeats, *changes, mode="article"):
    (experiment,) = find(name)
    experiment = override(experiment, [*changes, "training.epochs=5"])
    study = Study(arms=(experiment,), repeats=repeats, mode=mode)
    samples = Samples(experiment.data, study, experiment.training.early_stopping)
    program = PROGRAMS.of(experiment, samples)
    states = list(_states(program, study, experiment, range(repeats)))
    return program, states, [samples.of(number) for number in range(repeats)]


def tables(side_by_side, program, repeats):
    curves = Curves(program.columns, repeats, 5)
    report = Report(curves, range(repeats), threading.Event(), lambda: None)
    return np.stack(side_by_side.advance(5, report).tables)


@pytest.mark.parametrize(
    ("name", "changes", "mode"),
    [
        ("article/hidden-before", (), "article"),
        ("article/baseline", ("training.batch_size=8",), "task"),
    ],
    ids=["noise", "batches of other rows"],
)
def test_a_stack_trains_like_lanes(name, changes, mode):
    program, states, rows = parts(name, 3, *changes, mode=mode)
    stacked = tables(Stack(program, states, rows), program, 3)
    alone = tables(Lanes(program, states, rows, threads=2), program, 3)
    np.testing.assert_allclose(stacked, alone, rtol=1e-4, atol=1e-6)


def test_a_replicate_alone_in_a_stack_is_the_same_as_among_three():
    program, states, rows = parts("article/hidden-before", 3)
    among = tables(Stack(program, states, rows), program, 3)
    alone = tables(Stack(program, states[:1], rows[:1]), program, 1)
    np.testing.assert_array_equal(alone[0], among[0])


@pytest.mark.parametrize("name", ["patterns/cnn", "controls/early-stopping"])
def test_what_cannot_be_stacked_says_so(name):
    with pytest.raises(CannotStackError):
        Stack(*parts(name, 1))
