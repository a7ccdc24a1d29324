from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stage import ARTICLE, experiment

from hiss.tui.state import memory, transitions
from hiss.tui.state.choices import Choice
from hiss.tui.state.memory import Memory
from hiss.tui.state.memory_json import NewerMemory, dumps, loads
from hiss.tui.state.model import Lab
from hiss.tui.state.models import ModelChoice, Opened
from hiss.tui.state.view import View

OPTIONS = (("header", False), ("na_values", ("-999", "-")), ("train_size", 0.5))
PEOPLE = Choice(Path("/data/people.csv"), "label", frozenset({"age"}), frozenset({"city"}))
NETWORK = ModelChoice("/models/net.py:build", "data/people", ("dense:after:0.1",))
PAIR = (experiment("data/people-baseline"), experiment("data/people"))
FULL = Memory(
    theme="hiss-light",
    screen="compare",
    seed=7,
    repeats=10,
    declared=100,
    mode="task",
    view=View("loss", smooth=True, band="ci95", training=False, every=True, strips=True),
    highlighted="data/people",
    marked=("article/hidden-after", "data/people"),
    compared=("article/hidden-before", "data/people"),
    swept="article/input-noise",
    opened=(
        Choice(Path("/data/mine.toml")),
        replace(PEOPLE, predict="regression", options=OPTIONS),
    ),
    models=(NETWORK, ModelChoice("/models/net.keras", "data/people", weights="keep")),
)
KEYS = tuple(json.loads(dumps(FULL)))


def began(remembered: Memory = FULL) -> Lab:
    """The state of a session once the presets are listed."""
    return memory.found_again(transitions.library_read(memory.begun(remembered), ARTICLE, ()))


@pytest.mark.parametrize("one", [Memory(), FULL])
def test_what_is_written_is_what_is_read(one: Memory) -> None:
    assert loads(dumps(one)) == one


def test_a_path_that_is_no_utf8_is_remembered() -> None:
    one = Memory(opened=(Choice(Path("/data/\udce9.csv")),))
    assert loads(dumps(one)) == one


def test_keys_that_are_missing_have_their_usual_values() -> None:
    assert loads('{"schema": 1, "else": []}') == Memory()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "expected JSON"),
        ("[" * 100_000, "expected JSON"),
        ("[]", r"expected an object, received \[\]"),
        ("{}", "`schema`: expected 1 to"),
        ('{"schema": "1"}', "`schema`: expected 1 to .* received '1'"),
        ('{"schema": true}', "`schema`"),
        ('{"schema": 1, "seed": -1}', "`seed`: expected 0 to"),
        ('{"schema": 1, "seed": 1.0}', "`seed`"),
        ('{"schema": 1, "seed": NaN}', "`seed`"),
        ('{"schema": 1, "repeats": 1' + "0" * 9_000 + "}", "expected JSON"),
        ('{"schema": 1, "declared": 0}', "`declared`: expected 1 to"),
        ('{"schema": 1, "mode": "other"}', "`mode`: expected one of"),
        ('{"schema": 1, "smooth": 1}', "`smooth`"),
        ('{"schema": 1, "training": 0}', "`training`"),
        ('{"schema": 1, "marked": "abc"}', "`marked`: expected a list"),
        ('{"schema": 1, "marked": [1]}', "`marked`: expected a text"),
        ('{"schema": 1, "opened": ["a"]}', "expected an object"),
        ('{"schema": 1, "opened": [{"path": 3}]}', "`path`: expected a text"),
    ],
)
def test_a_foreign_or_broken_file_is_refused_with_a_reason(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        loads(text)


def test_the_memory_of_a_later_version_is_told_apart() -> None:
    with pytest.raises(NewerMemory, match="its schema is 2"):
        loads('{"schema": 2, "seed": "many"}')


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(KEYS), JSON))
def test_random_values_are_a_memory_or_a_value_error(values: dict[str, object]) -> None:
    try:
        one = loads(json.dumps({**values, "schema": 1}))
    except ValueError:
        return
    assert loads(dumps(one)) == one


def test_a_session_begins_with_what_the_last_one_had_set() -> None:
    lab = memory.begun(FULL)
    assert (lab.seed, lab.repeats, lab.declared, lab.mode) == (7, 10, 100, "task")
    assert lab.view == FULL.view


def test_nothing_is_forgotten_before_it_could_be_found_again() -> None:
    assert memory.remembered(memory.begun(FULL), FULL.theme, FULL.screen) == FULL
    assert memory.remembered(began(), FULL.theme, FULL.screen) == FULL


def test_marks_and_cursor_come_back_as_files_are_read() -> None:
    lab = began()
    assert lab.marked == {"article/hidden-after"}
    assert lab.highlighted == "article/baseline"
    preset, table = memory.waiting(lab)
    lab = memory.file_gone(lab, preset)
    lab = memory.file_read(transitions.experiments_listed(lab, PAIR, follow=False), table, PAIR)
    assert lab.marked == {"article/hidden-after", "data/people"}
    assert lab.highlighted == "data/people"
    assert memory.waiting(lab) == FULL.models  # once the tables are there that they need
    for model in FULL.models:
        lab = memory.file_gone(lab, model)
    assert lab.opened == (Opened(table, frozenset({"data/people", "data/people-baseline"})),)
    assert memory.remembered(lab, "", "lab").opened == (table,)


def test_what_is_not_listed_any_more_is_forgotten_once_all_files_are_read() -> None:
    lab = began()
    while waiting := memory.waiting(lab):
        lab = memory.file_gone(lab, waiting[0])
    now = memory.remembered(lab, "", "lab")
    assert now.marked == ("article/hidden-after",)
    assert now.compared == ("article/hidden-before",)
    assert now.highlighted == "article/baseline"
    assert now.opened == ()


def test_the_cursor_stays_where_the_user_has_moved_it() -> None:
    lab = transitions.highlighted(began(), "article/input-noise")
    table = memory.waiting(lab)[1]
    lab = memory.file_read(transitions.experiments_listed(lab, PAIR, follow=False), table, PAIR)
    assert lab.highlighted == "article/input-noise"


def test_marks_that_come_after_a_start_are_not_set() -> None:
    lab = replace(began(), arms=("article/baseline",), marked=frozenset())
    table = memory.waiting(lab)[1]
    lab = memory.file_read(transitions.experiments_listed(lab, PAIR, follow=False), table, PAIR)
    assert lab.marked == frozenset()


def test_a_file_opened_again_takes_the_place_of_the_one_before() -> None:
    lab = transitions.experiments_listed(began(Memory(opened=(PEOPLE,))), PAIR)
    again = replace(PEOPLE, drop=frozenset())
    lab = memory.file_opened(lab, again, PAIR)
    lab = memory.file_opened(lab, again, PAIR)
    assert [each.choice for each in lab.opened] == [again]


def test_a_file_is_forgotten_with_the_last_of_its_experiments() -> None:
    lab = memory.file_opened(transitions.experiments_listed(began(Memory()), PAIR), PEOPLE, PAIR)
    lab = transitions.experiment_removed(lab, "data/people")
    assert memory.remembered(lab, "", "lab").opened == (PEOPLE,)
    lab = transitions.experiment_removed(lab, "data/people-baseline")
    assert memory.remembered(lab, "", "lab").opened == ()


def test_the_latest_files_are_remembered() -> None:
    choices = [Choice(Path(f"/data/{number}.csv")) for number in range(memory.MOST_OPENED + 1)]
    lab = Lab(opened=tuple(map(Opened, choices)))
    assert memory.remembered(lab, "", "lab").opened == tuple(choices[1:])
