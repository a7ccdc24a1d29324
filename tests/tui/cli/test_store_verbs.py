"""What is trained is kept, and the verbs for what is kept."""

from __future__ import annotations

import json
import os
import signal
import threading
from pathlib import Path

import pytest
from command import Hiss
from kept import kept, study
from scripted import ScriptedEngine, experiment, failed, replicate

from hiss.experiment.user_model import UserModel
from hiss.library.adaptation import with_user_model
from hiss.store import records
from hiss.store.history import Entry, listing
from hiss.store.place import store_folder
from hiss.store.records import IMPORTED, create
from hiss.store.session import Session
from hiss.studies.orders import run_order

RUN = ("run", "article", "--repeats", "2")


@pytest.fixture(autouse=True)
def scores_differ(engine: ScriptedEngine) -> None:
    """The same for a replicate whenever it is trained; enough to be better or worse."""

    def scored(of: object, number: int) -> object:
        lift = 0.05 if "hidden" in of.name else 0  # type: ignore[attr-defined]
        return replicate(number, 0.7 + lift + number % 7 / 100 + lift * number / 100)

    engine.outcome_of = scored  # type: ignore[assignment]


@pytest.fixture(autouse=True)
def same_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scripted engine's blocks are of here."""
    monkeypatch.setattr("hiss.store.agreement.differences", lambda record: ())


def only() -> Entry:
    ((entry,), problems) = listing(store_folder())
    assert problems == ()
    return entry


def interrupt_second_arm(engine: ScriptedEngine, signum: signal.Signals) -> None:
    begun: list[bool] = []

    def interrupt(stop: threading.Event) -> None:
        begun.append(True)
        if len(begun) == 2:
            os.kill(os.getpid(), signum)
            assert stop.wait(10)

    engine.during = interrupt


def as_on_a_terminal(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setattr("hiss.tui.cli.confirm.can_ask", lambda: True)
    monkeypatch.setattr("typer.confirm", lambda question, err: answer == "y")


@pytest.mark.parametrize(
    ("arguments", "kind", "headline"),
    [
        (RUN, "run", "best hidden-before: test accuracy 0.7"),
        (("compare", "article"), "compare", "hidden-before: better by 5."),
        (("sweep", "article/hidden-before"), "sweep", "best σ=0: test accuracy 0."),
    ],
)
def test_what_is_trained_is_kept_with_its_result(
    hiss: Hiss, arguments: tuple[str, ...], kind: str, headline: str
) -> None:
    assert hiss(*arguments).code == 0
    entry = only()
    assert (entry.kind, entry.state) == (kind, "finished")
    assert entry.headline.startswith(headline)
    assert entry.done == entry.total > 0


@pytest.mark.parametrize("output_format", ["table", "json", "csv", "markdown"])
@pytest.mark.parametrize(
    "arguments",
    [RUN, ("compare", "article"), ("sweep", "article/hidden-before", "--values", "0,0.1")],
    ids=lambda each: each[0],
)
def test_open_prints_what_the_verb_that_trained_it_printed(
    hiss: Hiss, arguments: tuple[str, ...], output_format: str
) -> None:
    def without_times(text: str) -> list[str]:
        return [line for line in text.splitlines() if '"seconds": ' not in line]

    trained = hiss(*arguments, "--format", output_format)
    opened = hiss("open", only().id, "--format", output_format)
    assert (opened.code, opened.err) == (0, "")
    assert without_times(opened.out) == without_times(trained.out)


def test_open_has_the_curves_where_they_are_asked_for(hiss: Hiss) -> None:
    hiss(*RUN)
    document = json.loads(hiss("open", only().id, "--format", "json", "--curves").out)
    history = document["arms"][0]["replicates"][0]["history"]
    assert history["val_accuracy"] == [0.5] * 4
    assert "--curves goes with --format json" in hiss("open", only().id, "--curves").err


def test_open_names_damaged_blocks_and_how_far_a_study_is(
    hiss: Hiss, engine: ScriptedEngine
) -> None:
    interrupt_second_arm(engine, signal.SIGINT)
    hiss(*RUN)
    first, second = sorted((store_folder() / "studies" / only().id / "blocks").iterdir())
    content = first.read_bytes()
    first.write_bytes(content[:-1])
    outcome = hiss("open", only().id)
    assert f"{first.name} has changed since it was written; `hiss resume" in outcome.err
    assert "is stopped, " in outcome.err and "of 8 repeats are kept" in outcome.err
    assert second.exists()


def test_open_of_a_study_of_which_nothing_is_there_says_so(hiss: Hiss) -> None:
    record = create(store_folder() / "studies", run_order(study()))
    outcome = hiss("open", record.id)
    assert (outcome.code, outcome.out) == (2, "")
    assert "nothing of this study has been trained yet" in outcome.err


@pytest.mark.parametrize(
    ("signum", "state"), [(signal.SIGINT, "stopped"), (signal.SIGTERM, "interrupted")]
)
@pytest.mark.parametrize(
    "arguments",
    [RUN, ("compare", "article", "--repeats", "6"), ("sweep", "article/hidden-before")],
    ids=lambda each: each[0],
)
def test_resume_prints_what_an_undisturbed_study_prints_and_trains_the_rest_alone(
    hiss: Hiss,
    engine: ScriptedEngine,
    tmp_path: Path,
    arguments: tuple[str, ...],
    signum: signal.Signals,
    state: str,
) -> None:
    whole = hiss(*arguments, "--store", str(tmp_path / "other"))
    everything = list(engine.trained)
    engine.trained.clear()
    interrupt_second_arm(engine, signum)
    cut = hiss(*arguments)
    assert cut.code == 128 + signum
    assert only().state == state
    assert f"`hiss resume {only().id}` goes on" in cut.err
    engine.during = lambda stop: None
    done = list(engine.trained)
    resumed = hiss("resume")
    assert (resumed.code, resumed.out) == (whole.code, whole.out)
    assert engine.trained == everything
    assert len(done) == 2
    assert (only().state, only().done) == ("finished", only().total)


def test_resume_takes_format_output_and_an_id(hiss: Hiss, tmp_path: Path) -> None:
    hiss(*RUN)
    path = tmp_path / "result.json"
    assert hiss("resume", only().id[-4:], "--output", str(path)).code == 0
    assert len(json.loads(path.read_text())["arms"]) == 4
    refused = hiss("resume", only().id, "--output", str(path))
    assert refused.code == 2 and "--force" in refused.err


def test_a_damaged_block_is_trained_again_with_a_word(hiss: Hiss, engine: ScriptedEngine) -> None:
    whole = hiss(*RUN)
    (folder,) = (store_folder() / "studies").iterdir()
    path = next((folder / "blocks").iterdir())
    path.write_bytes(path.read_bytes()[:-1])
    engine.trained.clear()
    outcome = hiss("resume", folder.name)
    assert outcome.out == whole.out
    assert len(engine.trained) == 1
    assert f"{path.name} has changed since it was written; it is trained again" in outcome.err
    assert path.exists() and path.with_name(f"{path.name}-damaged").exists()


def test_resume_without_anything_to_go_on_with(hiss: Hiss) -> None:
    outcome = hiss("resume")
    assert outcome.code == 2
    assert "No study was interrupted or stopped" in outcome.err
    assert "there is no such study" in hiss("resume", "261126-xxxx").err


def test_two_do_not_train_one_study(hiss: Hiss) -> None:
    record = kept(store_folder(), state=None)
    with Session.resume(record):
        outcome = hiss("resume", record.id, "--yes")
    assert (outcome.code, outcome.out) == (2, "")
    assert f"process {os.getpid()}" in outcome.err and "already" in outcome.err


@pytest.mark.parametrize(("answer", "trained"), [("y", True), ("n", False)])
def test_what_was_trained_elsewhere_is_asked_about_on_a_terminal(
    hiss: Hiss,
    engine: ScriptedEngine,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    trained: bool,
) -> None:
    differ = ("Keras 3.1.0 then, 3.2.0 now",)
    monkeypatch.setattr("hiss.store.agreement.differences", lambda record: differ)
    record = kept(store_folder())
    as_on_a_terminal(monkeypatch, answer)
    outcome = hiss("resume", record.id)
    assert outcome.code == 0
    assert "Keras 3.1.0 then, 3.2.0 now" in outcome.err
    assert bool(engine.studies) == trained


def test_what_was_trained_elsewhere_needs_yes_without_a_terminal(
    hiss: Hiss, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    differ = ("Keras 3.1.0 then, 3.2.0 now",)
    monkeypatch.setattr("hiss.store.agreement.differences", lambda record: differ)
    record = kept(store_folder())
    outcome = hiss("resume", record.id)
    assert (outcome.code, engine.studies) == (2, [])
    assert "Keras 3.1.0 then, 3.2.0 now" in outcome.err and "Add --yes" in outcome.err
    assert hiss("resume", record.id, "--yes").code == 0


def test_code_of_a_study_from_elsewhere_runs_only_where_that_is_confirmed(
    hiss: Hiss, engine: ScriptedEngine
) -> None:
    (arm,) = with_user_model(experiment(), UserModel(reference="/x/net.py:build"))[:1]
    record = kept(store_folder(), run_order(study(arm)), state=None)
    (record.folder / IMPORTED).touch()
    outcome = hiss("resume", record.id)
    assert (outcome.code, engine.studies) == (2, [])
    assert "comes from elsewhere and runs /x/net.py:build" in outcome.err


def test_history_lists_the_newest_first_and_fits_80_columns(
    hiss: Hiss, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    hiss("compare", "article")
    hiss("note", only().id, "--name", "For Ann")
    interrupt_second_arm(engine, signal.SIGTERM)
    hiss(*RUN)
    wide = hiss("history").out.splitlines()
    assert wide[0].split() == ["ID", "When", "Kind", "Study", "Result", "State"]
    assert wide[1].endswith("interrupted 4/8")
    assert "For Ann · article/baseline and 3 more  hidden-" in wide[2]
    assert wide[2].endswith("finished")
    monkeypatch.setattr("hiss.tui.cli.output._FILE_WIDTH", 80)
    narrow = hiss("history").out.splitlines()
    assert max(map(len, narrow)) <= 80
    assert narrow[0].split() == ["ID", "When", "Study", "State"]
    assert any("better" in line for line in narrow)


def test_history_filters_and_its_json(hiss: Hiss) -> None:
    hiss(*RUN)
    hiss("compare", "article")

    def found(*arguments: str) -> list[str]:
        document = json.loads(hiss("history", "--json", *arguments).out)
        assert document["schema"] == 1
        return [each["kind"] for each in document["studies"]]

    assert found() == ["compare", "run"]
    assert found("better by") == ["compare"]
    assert found("--preset", "article/hidden") == ["compare", "run"]
    assert found("--state", "running", "--state", "failed") == []
    assert found("--since", "2020-01-01", "--state", "finished") == ["compare", "run"]
    assert found("--until", "2020-01-01") == []


def test_a_long_history_is_cut_and_says_so(hiss: Hiss, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hiss.tui.cli.history.ROWS", 2)
    for _ in range(3):
        kept(store_folder())
    outcome = hiss("history")
    assert len(outcome.out.splitlines()) == 3
    assert "the newest 2 of 3; --limit 3 lists all" in outcome.err
    assert len(hiss("history", "--limit", "3").out.splitlines()) == 4
    assert len(json.loads(hiss("history", "--json").out)["studies"]) == 3
    assert len(json.loads(hiss("history", "--json", "--limit", "1").out)["studies"]) == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--since", "tuesday"), "--since: expected a day as YYYY-MM-DD, received 'tuesday'"),
        (("--state", "finishd"), "Did you mean `finished`?"),
    ],
)
def test_a_mistake_in_a_filter_is_named(
    hiss: Hiss, arguments: tuple[str, ...], expected: str
) -> None:
    outcome = hiss("history", *arguments)
    assert outcome.code == 2 and expected in outcome.err


def test_history_of_nothing_and_of_a_damaged_study(hiss: Hiss) -> None:
    outcome = hiss("history")
    assert (outcome.code, outcome.out) == (0, "")
    assert "no studies in" in outcome.err
    hiss(*RUN)
    assert "no study fits, of 1" in hiss("history", "nothing like it").err
    kept(store_folder()).folder.joinpath("study.json").write_text("{")
    outcome = hiss("history", "--json")
    assert outcome.code == 0
    assert len(json.loads(outcome.out)["studies"]) == 1
    assert outcome.err.count("study.json is damaged") == 1


def test_export_and_import(hiss: Hiss, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    printed = hiss(*RUN).out
    name = only().id
    outcome = hiss("export", name)
    assert outcome.out == "" and f"{name} is in {name}.hiss" in outcome.err
    assert hiss("export", name).code == 2
    assert hiss("export", name, "--force", "-o", "study.hiss").code == 0
    again = hiss("import", "study.hiss")
    assert again.out == f"{name}\n" and "is there already, with the same content" in again.err
    there = ("--store", str(tmp_path / "theirs"))
    assert hiss("import", "study.hiss", *there).out == f"{name}\n"
    assert hiss("open", name, *there).out == printed
    (tmp_path / "bad.hiss").write_bytes(b"no zip")
    assert "is no study that hiss has exported" in hiss("import", "bad.hiss").err


def test_delete_needs_a_yes(hiss: Hiss, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [kept(store_folder()).id for _ in range(3)]
    refused = hiss("delete", *names[:2])
    assert refused.code == 2 and "Add --yes" in refused.err
    assert len(listing(store_folder())[0]) == 3
    assert "there is no such study" in hiss("delete", names[0], "261126-none", "--yes").err
    assert len(listing(store_folder())[0]) == 3
    deleted = hiss("delete", *names[:2], names[0], "--yes")
    assert deleted.code == 0 and deleted.err.count("is deleted") == 2
    as_on_a_terminal(monkeypatch, "n")
    assert "nothing was done" in hiss("delete", names[2]).err
    as_on_a_terminal(monkeypatch, "y")
    assert hiss("delete", names[2]).code == 0
    assert listing(store_folder()) == ((), ())


def test_a_note_is_written_and_printed(hiss: Hiss) -> None:
    name = kept(store_folder()).id
    assert f"nothing is noted about {name}" in hiss("note", name).err
    assert hiss("note", name, "the σ of\nTuesday", "--name", "For Ann").code == 0
    assert hiss("note", name).out == "For Ann\nthe σ of\nTuesday\n"
    hiss("note", name, "")
    assert hiss("note", name).out == "For Ann\n"
    assert name in hiss("history", "ann").out


def test_another_store_is_named_by_an_option_or_the_environment(
    hiss: Hiss, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hiss(*RUN, "--store", str(tmp_path / "lab"))
    assert hiss("history").out == ""
    monkeypatch.setenv("HISS_HOME", str(tmp_path / "lab"))
    assert "finished" in hiss("history").out
    (tmp_path / "file").touch()
    outcome = hiss(*RUN, "--store", str(tmp_path / "file"))
    assert outcome.code == 2 and "is a file" in outcome.err


def test_a_store_that_cannot_be_written_costs_a_note_and_no_result(
    hiss: Hiss, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    for room in ("records", "sealed", "owner"):
        monkeypatch.setattr(f"hiss.store.{room}.write_durably", refuse)
    outcome = hiss(*RUN)
    assert outcome.code == 0 and "article/baseline" in outcome.out
    assert "not kept: " in outcome.err and "No space left on device" in outcome.err
    assert records.SCHEMA == 1


def test_a_failed_training_is_kept_too(hiss: Hiss, engine: ScriptedEngine) -> None:
    engine.outcome_of = lambda of, number: failed(number)
    assert hiss(*RUN).code == 3
    assert hiss("open", only().id).out.count("failed") == 4
    assert hiss("resume", only().id).code == 3
