"""Studies looked at piece by piece: from kept snapshots, or from those made for it."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from hiss.experiment.notation import override
from hiss.experiment.spec import Study
from hiss.library.presets import find
from hiss.reports.explanation_report import to_json
from hiss.store.album import SNAPSHOTS, Album
from hiss.store.blocks import BlockKey
from hiss.store.records import Record
from hiss.store.session import Session
from hiss.studies.orders import recorded_order, run_order
from hiss.studies.reopen import recorded_of
from hiss.studies.runner import run_study
from hiss.views.explanation import Explanation
from hiss.views.frames import Frame, Lacking, LiveArm, Looking
from hiss.views.subject import Question, Subject, coarse_to_fine

ARMS = tuple(
    override(arm, ("training.epochs=12",))
    for arm in find("article/baseline") + find("article/hidden-before")
)
STUDY = Study(arms=ARMS, repeats=2, device="cpu")


def kept(
    store: Path, study: Study = STUDY, *, snapshots: bool, trained: Study | None = None
) -> Record:
    """A study that has been trained and kept, or only some arms of it."""
    order = run_order(study)
    with Session.begin(recorded_order(order) if snapshots else order, store) as session:
        run_study(trained or study, print, session.stop, session.keeper, session.album)
        session.end("finished" if trained is None else "interrupted")
    assert session.record is not None
    return session.record


def look(subject: Subject, *, make: bool = False, chosen: tuple[str, ...] = ()) -> list[object]:
    found: list[object] = []
    subject.look(chosen, make, lambda event: None, threading.Event(), found.append)
    return found


def no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise AssertionError("nothing is to be trained")

    monkeypatch.setattr("hiss.views.subject.run_study", refuse)


def test_kept_snapshots_are_shown_without_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = kept(tmp_path, snapshots=True)
    no_training(monkeypatch)
    found = look(Subject(Question(STUDY), record))
    assert found[:2] == [Looking(0, 2), Looking(1, 2)]
    explanation = found[2]
    assert isinstance(explanation, Explanation)
    assert [arm.name for arm in explanation.arms] == [arm.name for arm in ARMS]
    frames = [each for each in found if isinstance(each, Frame)]
    assert sorted(frame.share for frame in frames) == [n / 12 for n in range(12)]
    assert recorded_of(record) is not None


@pytest.mark.slow
def test_a_study_without_snapshots_says_so_and_makes_them_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = kept(tmp_path, snapshots=False)
    assert recorded_of(record) is None
    blocks = {path.name: path.read_bytes() for path in record.blocks.iterdir()}
    (lacking,) = look(Subject(Question(STUDY), record))
    assert isinstance(lacking, Lacking)
    assert lacking.names == tuple(arm.name for arm in ARMS)
    assert lacking.seconds is not None and lacking.seconds > 0
    made = look(Subject(Question(STUDY), record), make=True)
    assert not any(isinstance(each, Lacking) for each in made)
    assert len(list(record.blocks.glob(f"*{SNAPSHOTS}"))) == 2
    assert all((record.blocks / name).read_bytes() == text for name, text in blocks.items())
    no_training(monkeypatch)
    again = look(Subject(Question(STUDY), record))
    first, second = (
        next(each for each in one if isinstance(each, Explanation)) for one in (made, again)
    )
    assert to_json(first) == to_json(second)


def test_it_says_before_training_that_a_study_comes_from_elsewhere(tmp_path: Path) -> None:
    record = kept(tmp_path, snapshots=False)
    other = replace(record, versions={**record.versions, "numpy": "1.0"})
    (lacking,) = look(Subject(Question(STUDY), other))
    assert isinstance(lacking, Lacking)
    (caution,) = lacking.cautions
    assert caution.startswith(f"{record.id} was trained elsewhere: NumPy 1.0 then, ")


def test_of_a_study_that_was_cut_short_the_trained_arms_are_explained(tmp_path: Path) -> None:
    record = kept(tmp_path, snapshots=True, trained=STUDY.model_copy(update={"arms": ARMS[:1]}))
    found = look(Subject(Question(STUDY), record))
    assert found[0] == Lacking((ARMS[1].name,))
    explanation = next(each for each in found if isinstance(each, Explanation))
    assert [arm.name for arm in explanation.arms] == [ARMS[0].name]
    assert recorded_of(record) is None


@pytest.mark.slow
def test_damaged_snapshots_are_made_again(tmp_path: Path) -> None:
    record = kept(tmp_path, snapshots=True)
    stem = BlockKey.of(STUDY, ARMS[0], range(2)).stem
    path = record.blocks / f"{stem}{SNAPSHOTS}"
    path.write_bytes(path.read_bytes()[:-1])
    album = Album(record.blocks)
    assert album.holds(STUDY, ARMS[0])
    assert album.of(STUDY, ARMS[0]) is None
    assert not path.exists() and not album.holds(STUDY, ARMS[0])
    lacking = look(Subject(Question(STUDY), record))[0]
    assert isinstance(lacking, Lacking) and lacking.names == (ARMS[0].name,)
    look(Subject(Question(STUDY), record), make=True)
    assert path.exists()


@pytest.mark.slow
def test_a_study_that_is_not_kept_remembers_its_snapshots(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = Subject(Question(STUDY))
    assert look(subject) == [Lacking(tuple(arm.name for arm in ARMS))]
    assert any(isinstance(each, Explanation) for each in look(subject, make=True))
    no_training(monkeypatch)
    assert isinstance(look(subject)[0], Explanation)


@pytest.mark.slow
def test_other_arms_are_seen_without_looking_at_them_again(tmp_path: Path) -> None:
    record = kept(tmp_path, snapshots=True)
    subject = Subject(Question(STUDY), record)
    look(subject)
    found = look(subject, chosen=(ARMS[1].name,))
    assert not any(isinstance(each, Looking) for each in found)
    frames = [each for each in found if isinstance(each, Frame)]
    assert frames and all(set(each.arms) == {arm.name for arm in ARMS} for each in frames)


def test_a_stop_ends_between_two_pieces(tmp_path: Path) -> None:
    record = kept(tmp_path, snapshots=True)
    stop, found = threading.Event(), list[object]()

    def show(each: object) -> None:
        found.append(each)
        stop.set()

    Subject(Question(STUDY), record).look((), False, print, stop, show)
    assert found == [Looking(0, 2)]


@pytest.mark.slow
def test_arms_are_shown_while_they_train_for_snapshots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hiss.training.recorder.PERIOD", 0.0)
    found = look(Subject(Question(STUDY)), make=True)
    live = [each for each in found if isinstance(each, LiveArm)]
    assert {each.number for each in live} == {0, 1}


def test_moments_come_from_coarse_to_fine() -> None:
    assert coarse_to_fine(8) == [0, 4, 2, 6, 1, 3, 5, 7]
    assert sorted(coarse_to_fine(51)) == list(range(51))
    assert coarse_to_fine(0) == []
