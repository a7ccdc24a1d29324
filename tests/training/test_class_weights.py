"""Weighted rows train as Keras' own fit trains them; rows that count alike as ever."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from test_parallel_gpu import parts, tables
from trainings import ROUNDING, agree, run, without_graphs

from hiss.data.replicate_data import ReplicateData
from hiss.data.seeds import Seeds
from hiss.data.tables.selection import TableSelection
from hiss.data.weights import class_weights
from hiss.experiment.notation import override
from hiss.experiment.spec import Experiment, Study
from hiss.library.presets import find
from hiss.library.templates import experiments_for, table_data
from hiss.network.build import build_network
from hiss.studies.runner import replicate_data
from hiss.training.parallel_cpu import ParallelCpu
from hiss.training.parallel_gpu import ParallelGpu
from hiss.training.program_cache import PROGRAMS, structure

EPOCHS = 4


def weighted(*changes: str) -> Experiment:
    (preset,) = find("classification/wine-baseline")
    settings = (f"training.epochs={EPOCHS}", "data.test_size=30", "training.batch_size=256")
    return override(preset, [*settings, *changes])


def table(folder: Path) -> Experiment:
    generator = np.random.default_rng(1)
    rows = generator.normal(size=(60, 2))
    lines = [f"{a:.3f},{b:.3f},{abs(a) + 0.1:.3f},{int(a + b > 0.4)}" for a, b in rows]
    path = folder / "rows.csv"
    path.write_text("\n".join(["a,b,w,kind", *lines]))
    plain, _ = experiments_for(table_data(TableSelection(path=path, target="kind", weight="w")))
    return override(plain, [f"training.epochs={EPOCHS}", "training.batch_size=64"])


def stock_losses(experiment: Experiment, **weights: Any) -> list[float]:
    """The loss of each epoch by Keras' own compile and fit, from the weights of replicate 0."""
    data = ReplicateData(experiment.data, "article", 1)
    network = build_network(experiment, data.shape, Seeds(1, 0))
    training = experiment.training
    network.compile(optimizer=training.optimizer, loss=training.loss)
    with without_graphs():
        history = network.fit(
            data.rows.x, data.rows.y, batch_size=training.batch_size, epochs=EPOCHS,
            shuffle=False, verbose=0, **weights,
        )  # fmt: skip
    return [float(loss) for loss in history.history["loss"]]


@pytest.mark.parametrize("chosen", ["balanced", "{class_1 = 3.0, class_2 = 0.2}"])
def test_class_weights_are_those_of_fit(chosen: str) -> None:
    experiment = weighted(f"training.class_weight={chosen}")
    split = ReplicateData(experiment.data, "article", 1).first
    given = experiment.training.class_weight
    assert given is not None
    expected = stock_losses(experiment, class_weight=dict(enumerate(class_weights(split, given))))
    found = run(experiment).curves.series("loss").tolist()
    assert found == pytest.approx(expected, rel=10 * ROUNDING)
    assert found != pytest.approx(stock_losses(experiment), rel=10 * ROUNDING)


def test_a_weight_column_is_the_sample_weight_of_fit(tmp_path: Path) -> None:
    experiment = table(tmp_path)
    weights = np.asarray(ReplicateData(experiment.data, "article", 1).rows.weights)
    expected = stock_losses(experiment, sample_weight=weights)
    assert run(experiment).curves.series("loss").tolist() == pytest.approx(expected, rel=1e-4)


@pytest.mark.slow
def test_both_engines_weigh_the_rows_of_every_batch_alike() -> None:
    experiment = weighted("training.class_weight=balanced", "training.batch_size=48")
    with without_graphs():
        agree(run(experiment), run(experiment, engine="reference"), 20 * ROUNDING)


@pytest.mark.slow
def test_weighted_replicates_train_in_a_stack_as_alone() -> None:
    program, states, arrays = parts("article/baseline", 2, "training.class_weight=balanced")
    stacked = tables(ParallelGpu(program, states, arrays), program, 2)
    alone = tables(ParallelCpu(program, states, arrays, threads=2), program, 2)
    np.testing.assert_allclose(stacked, alone, rtol=1e-4, atol=1e-6)


def test_rows_that_count_alike_have_no_further_input() -> None:
    plain, balanced = weighted(), weighted("training.class_weight=balanced")
    data, more = (replicate_data(Study(arms=(one,)), one) for one in (plain, balanced))
    assert "class_weight" not in structure(plain, data)
    assert structure(plain, data) != structure(balanced, more)
    assert len(keras.tree.flatten(data.rows)) == 6
    assert len(keras.tree.flatten(more.rows)) == 7
    assert PROGRAMS.of(plain, data) is not PROGRAMS.of(balanced, more)


def test_scores_count_all_rows_alike() -> None:
    arm = run(weighted("training.class_weight=balanced"))
    scores = arm.replicates[0].scores
    for rows in ("train", "test"):
        crossentropy = scores[f"{rows}_log_loss"]
        assert scores[f"{rows}_loss"] == pytest.approx(crossentropy, rel=1e-4)
