"""Replicates in one graph train as they do one by one; on a GPU, hiss trains them so."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from hiss.experiment.spec import Study
from hiss.library.presets import find, override
from hiss.results.curves import Curves
from hiss.studies.runner import replicate_data
from hiss.training.block import _states
from hiss.training.callback import TrainingCallback
from hiss.training.parallel_cpu import ParallelCpu
from hiss.training.parallel_gpu import NotStackableError, ParallelGpu
from hiss.training.program_cache import PROGRAMS


def parts(name, repeats, *changes, mode="article"):
    (experiment,) = find(name)
    experiment = override(experiment, [*changes, "training.epochs=5"])
    study = Study(arms=(experiment,), repeats=repeats, mode=mode)
    samples = replicate_data(study, experiment)
    program = PROGRAMS.of(experiment, samples)
    states = list(_states(program, study, experiment, range(repeats)))
    return program, states, [samples.of(number) for number in range(repeats)]


def tables(side_by_side, program, repeats):
    curves = Curves(program.columns, repeats, 5)
    report = TrainingCallback(curves, range(repeats), threading.Event(), lambda: None)
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
    stacked = tables(ParallelGpu(program, states, rows), program, 3)
    alone = tables(ParallelCpu(program, states, rows, threads=2), program, 3)
    np.testing.assert_allclose(stacked, alone, rtol=1e-4, atol=1e-6)


def test_a_replicate_alone_in_a_stack_is_the_same_as_among_three():
    program, states, rows = parts("article/hidden-before", 3)
    among = tables(ParallelGpu(program, states, rows), program, 3)
    alone = tables(ParallelGpu(program, states[:1], rows[:1]), program, 1)
    np.testing.assert_array_equal(alone[0], among[0])


@pytest.mark.parametrize("name", ["patterns/cnn", "controls/early-stopping"])
def test_what_cannot_be_stacked_says_so(name):
    with pytest.raises(NotStackableError):
        ParallelGpu(*parts(name, 1))
