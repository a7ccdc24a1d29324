"""The kept studies in a list, and one by its name."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from kept import aged, block, kept, study
from scripted import experiment

from hiss.errors import EngineError
from hiss.store import history, records
from hiss.store.blocks import write_block
from hiss.store.history import delete, delete_folder, find, find_folder, latest, listing, matching
from hiss.store.owner import Ownership
from hiss.store.records import NOTES, STUDY, Notes, Record, write_notes
from hiss.studies.orders import ComparisonOptions, compare_order, run_order


def rewrite(record: Record, **changes: object) -> None:
    path = record.folder / STUDY
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


@pytest.fixture
def three(tmp_path: Path) -> tuple[Record, ...]:
    """A run, a comparison and an interrupted run, of three days."""
    pair = study(experiment("article/baseline"), experiment("article/hidden-before"), repeats=3)
    made = (
        kept(tmp_path, headline="test accuracy 0.75"),
        kept(tmp_path, compare_order(pair, ComparisonOptions()), headline="hidden-before: better"),
        kept(tmp_path, run_order(study(experiment("patterns/mlp"), repeats=5)), state=None),
    )
    for day, record in enumerate(made, 1):
        rewrite(record, created=f"2026-11-0{day}T12:00:00.000+00:00")
    write_notes(made[0].folder, Notes("For Ann", "the σ of Tuesday"))
    return made


def test_the_newest_study_comes_first_with_all_that_is_known(
    tmp_path: Path, three: tuple[Record, ...]
) -> None:
    entries, problems = listing(tmp_path)
    assert problems == ()
    assert [each.id for each in entries] == [record.id for record in reversed(three)]
    last, compared, first = entries
    assert (last.state, last.done, last.total) == ("interrupted", 0, 5)
    assert (compared.kind, compared.title) == ("compare", "article/baseline and 1 more")
    assert (compared.done, compared.total, compared.repeats) == (6, 6, 3)
    assert (first.name, first.note, first.headline) == (
        "For Ann", "the σ of Tuesday", "test accuracy 0.75",
    )  # fmt: skip


def test_blocks_tell_how_far_an_unfinished_study_is(
    tmp_path: Path, three: tuple[Record, ...]
) -> None:
    record = three[-1]
    write_block(record.blocks, block(record.order.study, replicates=range(3)))
    assert next(iter(listing(tmp_path)[0])).done == 3


def test_a_study_is_found_by_text_preset_state_and_date(
    tmp_path: Path, three: tuple[Record, ...]
) -> None:
    entries, _ = listing(tmp_path)

    def found(**wanted: object) -> list[int]:
        ids = [record.id for record in three]
        return [ids.index(one.id) for one in matching(entries, **wanted)]  # type: ignore[arg-type]

    assert found() == [2, 1, 0]
    assert found(text="TUESDAY") == [0]
    assert found(text="better") == [1]
    assert found(text=three[2].id) == [2]
    assert found(preset="article/") == [1, 0]
    assert found(preset="article/hidden") == [1]
    assert found(states=("interrupted", "failed")) == [2]
    assert found(since="2026-11-02") == [2, 1]
    assert found(until="2026-11-02") == [1, 0]
    assert found(since="2026-11-02", until="2026-11-02", text="mlp") == []


def test_a_damaged_study_costs_one_line_and_hides_no_other(
    tmp_path: Path, three: tuple[Record, ...]
) -> None:
    for content in ("", "{", "[]", '{"schema": 1}', "\0" * 9, "[" * 100_000):
        (three[0].folder / STUDY).write_text(content)
        entries, (problem,) = listing(tmp_path)
        assert len(entries) == 2
        assert three[0].id in problem.message


def test_every_damaged_byte_of_a_record_ends_in_a_study_or_a_line(tmp_path: Path) -> None:
    record = kept(tmp_path)
    path = record.folder / STUDY
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        entries, problems = listing(tmp_path)
        assert len(entries) + len(problems) == 1


def test_a_later_schema_is_named(tmp_path: Path) -> None:
    record = kept(tmp_path)
    rewrite(record, schema=records.SCHEMA + 1)
    _, (problem,) = listing(tmp_path)
    assert "its schema is 2; this hiss knows 1" in problem.message
    assert "a later one" in problem.hint


def test_damaged_notes_and_outcomes_cost_no_study(tmp_path: Path) -> None:
    record = kept(tmp_path)
    (record.folder / NOTES).write_text("{")
    (record.folder / "outcome.json").write_text('{"state": "finished", "unknown": 1}')
    ((entry,), problems) = listing(tmp_path)
    assert (entry.state, entry.name, problems) == ("interrupted", "", ())


def test_an_empty_store_and_other_folders_are_no_studies(tmp_path: Path) -> None:
    assert listing(tmp_path / "missing") == ((), ())
    kept(tmp_path)
    (tmp_path / "studies" / "notes").mkdir()
    (tmp_path / "studies" / "261126-aaaa").mkdir()
    assert len(listing(tmp_path)[0]) == 1


def test_a_study_is_found_by_the_beginning_or_the_end_of_its_id(tmp_path: Path) -> None:
    record = kept(tmp_path)
    for name in (record.id, record.id[:9], record.id[-4:]):
        assert find(tmp_path, name).folder == record.folder
    kept(tmp_path)
    with pytest.raises(EngineError, match="several studies fit"):
        find(tmp_path, record.id[:4])
    for name in ("nothing", "", "..", "../studies"):
        with pytest.raises(EngineError):
            find(tmp_path, name)


def test_the_latest_is_one_in_the_states_asked_for(
    tmp_path: Path, three: tuple[Record, ...]
) -> None:
    found = latest(tmp_path, ("finished",))
    assert found is not None and found.id == three[1].id
    assert latest(tmp_path, ("failed",)) is None


def test_a_study_is_deleted_unless_it_is_being_trained(tmp_path: Path) -> None:
    import threading

    record = kept(tmp_path)
    refused = pytest.raises(EngineError, match=f"process {os.getpid()}")
    with Ownership(record.folder, threading.Event()), refused:
        delete(record)
    delete(record)
    assert listing(tmp_path) == ((), ())
    with pytest.raises(EngineError, match="cannot be deleted"):
        delete(record)


def test_a_damaged_study_can_be_deleted(tmp_path: Path) -> None:
    record = kept(tmp_path)
    (record.folder / STUDY).write_text("{")
    delete_folder(find_folder(tmp_path, record.id))
    assert listing(tmp_path) == ((), ())


def test_a_name_is_drawn_until_it_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter("aaaaaaaabbbb")
    monkeypatch.setattr(records.secrets, "choice", lambda _: next(drawn))
    first, second = kept(tmp_path), kept(tmp_path)
    assert (first.id[-4:], second.id[-4:]) == ("aaaa", "bbbb")
    assert history.ID.fullmatch(first.id)
    assert aged(first).folder.exists()
