from __future__ import annotations

import keras
import pytest
from trainings import agree, run

from hiss.data.seeds import Seeds
from hiss.experiment.notation import override
from hiss.experiment.replicates import replicate_data
from hiss.experiment.spec import Experiment, Study
from hiss.library.presets import find
from hiss.network.build import build_network
from hiss.training.program_cache import structure


def penalised(kind: str, strength: float) -> Experiment:
    (arm,) = find("controls/l2")
    penalty = f'{{class_name = "{kind.upper()}", config = {{{kind} = {strength}}}}}'
    changes = [f"layers.0.kernel_regularizer={penalty}", "training.epochs=12"]
    return override(arm, changes)


def key(experiment: Experiment) -> str:
    return structure(experiment, replicate_data(Study(arms=(experiment,)), experiment))


@pytest.mark.parametrize("kind", ["l1", "l2"])
def test_all_strengths_share_one_program_and_train_as_in_keras(kind: str) -> None:
    weak, strong = penalised(kind, 0.0001), penalised(kind, 0.05)
    assert key(weak) == key(strong)
    losses = []
    for one in (weak, strong):
        fused = run(one, engine="fused")
        agree(fused, run(one, engine="reference"), 1e-4)
        losses.append(fused.curves.series("loss", 0)[-1])
    assert abs(losses[0] - losses[1]) > 0.01


def test_a_penalty_is_that_of_keras() -> None:
    network = build_network(penalised("l2", 0.05), (2,), Seeds(1, 0))
    constant = keras.regularizers.L2(0.05)(network.layers[0].kernel)
    assert float(sum(network.losses)) == pytest.approx(float(constant))


def test_a_penalty_without_a_variable_is_part_of_the_program() -> None:
    for preset, place, kind in (("controls/l2", 0, "L1L2"), ("patterns/rnn", 1, "L2")):
        name, keys = f"layers.{place}.kernel_regularizer", set()
        for l2 in (0.01, 0.02):
            penalty = f'{name}={{class_name = "{kind}", config = {{l2 = {l2}}}}}'
            keys.add(key(override(find(preset)[0], [penalty])))
        assert len(keys) == 2
