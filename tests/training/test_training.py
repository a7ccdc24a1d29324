"""Real trainings, each as short as its question allows."""

from __future__ import annotations

import threading
from contextlib import nullcontext

import numpy as np
import pytest
from trainings import without_graphs

from hiss.experiment.notation import override
from hiss.experiment.spec import Experiment, Study
from hiss.experiment.training import Keras as Table
from hiss.library.presets import find
from hiss.results.outcomes import Event, ReplicateEnded, Result, TrainingStarted
from hiss.studies.runner import prepare, run_study
from hiss.training import program
from hiss.training.compiling import compile_program


def short(name: str, epochs: int) -> Experiment:
    (experiment,) = find(name)
    training = experiment.training.model_copy(update={"epochs": epochs})
    return experiment.model_copy(update={"training": training})


def run(*arms: Experiment, **options: object) -> Result:
    return run_study(Study(arms=arms, **options), lambda event: None, threading.Event())


def with_stddev(experiment: Experiment, stddev: float) -> Experiment:
    layers = tuple(
        Table(class_name=layer.class_name, **{**layer.arguments, "stddev": stddev})
        if layer.class_name == "GaussianNoise"
        else layer
        for layer in experiment.layers
    )
    return experiment.model_copy(update={"layers": layers})


def histories(result: Result, arm: int = 0) -> np.ndarray:
    return result.arms[arm].curves.values


def test_the_same_seed_gives_the_same_numbers_bit_for_bit():
    first = run(short("article/hidden-after", 300), seed=3, repeats=2)
    again = run(short("article/hidden-after", 300), seed=3, repeats=2)
    np.testing.assert_array_equal(histories(first), histories(again))
    assert [r.scores for r in first.arms[0].replicates] == [
        r.scores for r in again.arms[0].replicates
    ]


def test_a_replicate_alone_is_the_same_as_among_thirty():
    alone = run(short("article/hidden-after", 300), repeats=1)
    among = run(short("article/hidden-after", 300), repeats=30)
    np.testing.assert_array_equal(histories(alone)[0], histories(among)[0])
    assert alone.arms[0].replicates[0].scores == among.arms[0].replicates[0].scores


def test_replicates_differ_from_each_other():
    result = run(short("article/baseline", 3), repeats=3)
    losses = histories(result)[:, 0, 0]
    assert len(set(losses.tolist())) == 3


def test_another_strength_of_the_same_noise_starts_the_same():
    baseline = run(short("article/baseline", 1))
    noise_free = run(with_stddev(short("article/hidden-after", 1), 0.0))
    np.testing.assert_allclose(histories(baseline), histories(noise_free), rtol=1e-5)


def test_all_strengths_of_a_noise_share_the_compilation_that_was_prepared_for_one(monkeypatch):
    compiled = []

    def counted(*arguments, **options):
        compiled.append(arguments)
        return compile_program(*arguments, **options)

    monkeypatch.setattr(program, "compile_program", counted)
    experiment = override(short("article/hidden-after", 3), ["training.batch_size=31"])
    grid = [with_stddev(experiment, stddev) for stddev in (0.0, 0.07, 0.9)]
    arms = [arm.model_copy(update={"name": str(number)}) for number, arm in enumerate(grid)]
    prepare(Study(arms=(arms[1],)))
    assert len(compiled) == 1
    result = run(*arms)
    assert len(compiled) == 1
    assert len({arm.replicates[0].scores["test_loss"] for arm in result.arms}) == 3


@pytest.mark.parametrize("engine", ["fused", "reference"])
def test_a_stop_keeps_the_epochs_so_far(engine):
    stop = threading.Event()

    def listen(event: Event) -> None:
        if isinstance(event, TrainingStarted):
            stop.set()

    study = Study(arms=(short("article/baseline", 100_000),), engine=engine)
    result = run_study(study, listen, stop)
    (replicate,) = result.arms[0].replicates
    assert replicate.status == "stopped"
    assert 0 < replicate.epochs < 100_000
    assert len(result.arms[0].curves.series("loss")) == replicate.epochs
    assert replicate.scores["test_accuracy"] > 0


def test_a_stop_among_many_replicates_keeps_what_each_has_trained():
    stop = threading.Event()
    timer = threading.Timer(0.5, stop.set)

    def listen(event: Event) -> None:
        if isinstance(event, TrainingStarted):
            timer.start()

    study = Study(arms=(short("article/baseline", 200_000),), repeats=30)
    (arm,) = run_study(study, listen, stop).arms
    assert {replicate.status for replicate in arm.replicates} == {"stopped"}
    for replicate in arm.replicates:
        assert replicate.epochs == len(arm.curves.series("loss", replicate.replicate))
        assert np.isfinite(arm.curves.series("loss", replicate.replicate)).all()


@pytest.mark.parametrize("engine", ["fused", "reference"])
def test_a_loss_that_is_not_finite_fails_one_run_and_not_the_next(engine):
    wild = short("article/baseline", 5)
    table = Table(class_name="SGD", learning_rate=1e30)
    training = wild.training.model_copy(update={"optimizer": table, "loss": "mean_squared_error"})
    layers = (*wild.layers[:-1], Table(class_name="Dense", units=1))
    wild = wild.model_copy(update={"name": "wild", "training": training, "layers": layers})
    with without_graphs() if engine == "reference" else nullcontext():
        result = run(wild, short("article/baseline", 5), engine=engine)
    failed, finished = (arm.replicates[0] for arm in result.arms)
    assert failed.status == "failed"
    assert f"at epoch {failed.epochs + 1}" in failed.reason
    assert failed.scores == {}
    assert finished.status == "finished"


def test_events_come_in_order_and_name_every_replicate():
    events: list[Event] = []
    arms = [short("article/baseline", 2).model_copy(update={"name": name}) for name in "ab"]
    study = Study(arms=tuple(arms), repeats=2)
    run_study(study, events.append, threading.Event())
    names = [type(event).__name__ for event in events]
    arm = ["ArmStarted", "TrainingStarted", "ReplicateEnded", "ReplicateEnded", "ArmEnded"]
    assert names == ["BackendLoaded", *arm, *arm, "StudyEnded"]
    ended = [event for event in events if isinstance(event, ReplicateEnded)]
    assert [(event.arm, event.replicate.replicate) for event in ended] == [
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
    ]


def test_task_mode_draws_other_rows_for_each_replicate_and_the_same_in_every_arm():
    arms = (short("article/baseline", 2), short("article/hidden-after", 2))
    noise_free = with_stddev(arms[1], 0.0)
    result = run(arms[0], noise_free, repeats=2, mode="task")
    assert histories(result)[0, 0, 0] != histories(result)[1, 0, 0]
    np.testing.assert_allclose(histories(result, 0), histories(result, 1), rtol=1e-4)
