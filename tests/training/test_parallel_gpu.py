"""Replicates in one graph train as they do one by one; on a GPU, hiss trains them so."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import tensorflow as tf

from hiss.experiment.spec import Study
from hiss.library.presets import find, override
from hiss.results.curves import Curves
from hiss.studies.runner import replicate_data
from hiss.training.block import initial_states
from hiss.training.callback import Monitor, TrainingCallback
from hiss.training.parallel_cpu import ParallelCpu
from hiss.training.parallel_gpu import NotStackableError, ParallelGpu
from hiss.training.program_cache import PROGRAMS


def parts(name, repeats, *changes, mode="article"):
    (experiment,) = find(name)
    experiment = override(experiment, [*changes, "training.epochs=5"])
    study = Study(arms=(experiment,), repeats=repeats, mode=mode)
    data = replicate_data(study, experiment)
    program = PROGRAMS.of(experiment, data)
    states = list(initial_states(program, experiment, study.seed, range(repeats)))
    return program, states, [data.of(number) for number in range(repeats)]


def tables(parallel, program, repeats):
    monitor = Monitor(Curves(program.columns, repeats, 5), threading.Event(), lambda: None)
    callback = TrainingCallback(monitor, range(repeats))
    trained = parallel.advance(5, callback).trained
    assert [each.replicate for each in trained] == list(range(repeats))
    return np.stack([each.table for each in trained])


@pytest.mark.parametrize(
    ("name", "changes", "mode"),
    [
        ("article/hidden-before", (), "article"),
        pytest.param(
            "article/baseline", ("training.batch_size=8",), "task", marks=pytest.mark.slow
        ),
        pytest.param("patterns/cnn", (), "article", marks=pytest.mark.slow),
        pytest.param("patterns/rnn", (), "article", marks=pytest.mark.slow),
    ],
    ids=["noise", "batches of other rows", "convolutions", "recurrence"],
)
def test_a_stack_trains_like_single_replicates(name, changes, mode):
    program, states, arrays = parts(name, 3, *changes, mode=mode)
    stacked = tables(ParallelGpu(program, states, arrays), program, 3)
    alone = tables(ParallelCpu(program, states, arrays, threads=2), program, 3)
    np.testing.assert_allclose(stacked, alone, rtol=1e-4, atol=1e-6)


def test_a_replicate_alone_in_a_stack_is_the_same_as_among_three():
    program, states, arrays = parts("article/hidden-before", 3)
    among = tables(ParallelGpu(program, states, arrays), program, 3)
    alone = tables(ParallelGpu(program, states[:1], arrays[:1]), program, 1)
    np.testing.assert_array_equal(alone[0], among[0])


def test_a_network_that_cannot_be_stacked_is_refused():
    with pytest.raises(NotStackableError):
        ParallelGpu(*parts("controls/early-stopping", 1))


def test_a_stack_that_does_not_fit_into_the_memory_is_divided(monkeypatch):
    program, states, arrays = parts("article/hidden-before", 40)
    compiled, sizes = program.compiled, []

    def with_little_memory(variant, *arguments):
        sizes.append(int(variant.split()[-1]))
        if sizes[-1] > 32:
            raise tf.errors.ResourceExhaustedError(None, None, "Out of memory")
        return compiled(variant, *arguments)

    monkeypatch.setattr(program, "compiled", with_little_memory)
    divided = ParallelGpu(program, states, arrays)
    assert sizes == [64, 32, 32]
    found = tables(divided, program, 40)
    alone = tables(ParallelGpu(program, states[35:36], arrays[35:36]), program, 1)
    np.testing.assert_array_equal(found[35], alone[0])
    kept = tf.nest.flatten(divided.state(35).trainable)
    assert all(np.isfinite(each).all() for each in kept)
