"""What is planned for a cluster: planned minus present, whatever came before."""

from __future__ import annotations

import pytest
from kept import study
from scripted import experiment

from hiss.cluster.plan import TRAININGS, Task, data_sets, plan
from hiss.experiment.spec import Study
from hiss.store.blocks import BlockKey
from hiss.store.division import BLOCK_SIZE

MOONS = {"name": "make_moons", "n_samples": 100, "noise": 0.1, "train_size": 30}
PAIR = (experiment("a"), experiment("b"))
TWO_SETS = (*PAIR, experiment("c", data=MOONS), experiment("d", data=MOONS))


def covered(tasks: tuple[Task, ...]) -> dict[str, list[int]]:
    """Return the replicates of each arm that are planned, in the order of the tasks."""
    found: dict[str, list[int]] = {}
    for task in tasks:
        for key in task.keys:
            found.setdefault(key.arm, []).extend(key.replicates)
    return found


@pytest.mark.parametrize("slots", [1, 2, 7, 1000])
@pytest.mark.parametrize("repeats", [1, 5, 30, 333])
def test_every_replicate_of_every_arm_is_planned_once(repeats: int, slots: int) -> None:
    whole = study(*TWO_SETS, repeats=repeats)
    found = covered(plan(whole, (), slots))
    assert found == {arm.name: list(range(repeats)) for arm in TWO_SETS}


def test_the_arms_on_one_data_set_are_trained_together() -> None:
    assert [[arm.name for arm in each] for each in data_sets(study(*TWO_SETS))] == [
        ["a", "b"],
        ["c", "d"],
    ]
    for task in plan(study(*TWO_SETS, repeats=40), (), 2):
        assert [key.arm for key in task.keys] == [["a", "b"], ["c", "d"]][task.data_set]
        assert len({(key.first, key.count) for key in task.keys}) == 1


def test_label_noise_does_not_part_an_arm_from_its_baseline() -> None:
    noisy = experiment("b", data={**dict(PAIR[0].data.model_dump()), "label_noise": 0.1})
    assert len(data_sets(study(PAIR[0], noisy))) == 1


def test_a_task_is_small_enough_to_be_lost() -> None:
    many = tuple(experiment(f"arm-{number}") for number in range(30))
    tasks = plan(study(*many, repeats=1000), (), 1)
    assert max(len(task.keys) * len(task.replicates) for task in tasks) <= TRAININGS
    (first, *_) = plan(study(*PAIR, repeats=1000), (), 1)
    assert len(first.replicates) <= BLOCK_SIZE


def test_there_are_tasks_for_all_slots_where_replicates_allow_it() -> None:
    assert len(plan(study(*PAIR, repeats=30), (), 2)) >= 4
    assert len(plan(study(*PAIR, repeats=30), (), 1000)) == 30


def test_what_is_present_is_not_planned() -> None:
    whole = study(*TWO_SETS, repeats=40)
    tasks = plan(whole, (), 4)
    assert plan(whole, [key for task in tasks for key in task.keys], 4) == ()
    there = [key for task in tasks[:3] for key in task.keys]
    rest = plan(whole, there, 4)
    assert [task.keys for task in rest] == [task.keys for task in tasks[3:]]


def test_blocks_that_were_divided_otherwise_count_too() -> None:
    whole = study(*PAIR, repeats=40)
    other = [BlockKey.of(whole, arm, range(7, 29)) for arm in PAIR]
    found = covered(plan(whole, other, 4))
    assert found == {arm.name: [*range(7), *range(29, 40)] for arm in PAIR}


def test_an_arm_that_is_further_than_another_is_planned_alone() -> None:
    whole = study(*PAIR, repeats=10)
    found = covered(plan(whole, [BlockKey.of(whole, PAIR[0], range(10))], 1))
    assert found == {"b": list(range(10))}


def test_blocks_of_another_seed_or_another_experiment_do_not_count() -> None:
    whole = study(*PAIR, repeats=4)
    others = [
        BlockKey.of(study(*PAIR, repeats=4, seed=2), PAIR[0], range(4)),
        BlockKey.of(whole, experiment("a", epochs=9), range(4)),
    ]
    assert covered(plan(whole, others, 1)) == {"a": [0, 1, 2, 3], "b": [0, 1, 2, 3]}


def test_a_task_says_what_it_trains() -> None:
    whole: Study = study(*PAIR, repeats=4)
    (task,) = plan(whole, (), 0)[:1]
    assert str(task) == "a and 1 more, repeats 0 to 1"
