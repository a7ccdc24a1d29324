"""The record of a study: what was asked for, how it ended, and what is noted about it."""

from __future__ import annotations

import json
import secrets
import shutil
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from hiss.errors import EngineError
from hiss.experiment.spec import Study
from hiss.files import why, write_durably
from hiss.store.owner import living_owner

SCHEMA = 1
"""Version of a study's folder; raised when hiss could no longer read it as it reads this one."""
STUDY, OUTCOME, NOTES, BLOCKS = "study.json", "outcome.json", "notes.json", "blocks"
"""Names in a study's folder."""
IMPORTED = "imported"
"""A file in the folder of a study that came from elsewhere."""
SNAPSHOTS, EXPLAINS = "snapshots", "explains"
"""Options of an order: whether snapshots of the weights are kept, and what of them is explained."""
ON = "on"
"""The option of an order that names the cluster that trains it."""
Kind = Literal["run", "compare", "sweep"]
Ended = Literal["finished", "stopped", "failed", "interrupted"]
State = Literal["finished", "stopped", "failed", "interrupted", "running", "queued"]
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Of the last part of an ID: without what is easily misread."""


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for, as far as it is needed to do it again."""

    kind: Kind
    study: Study
    """All arms; of a sweep, its experiment alone."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """What else the kind takes, in JSON: of a comparison its metric, of a sweep its grid."""

    @property
    def recorded(self) -> bool:
        """Whether snapshots of the weights are kept while it trains."""
        return bool(self.options.get(SNAPSHOTS) or self.options.get(EXPLAINS))

    @property
    def title(self) -> str:
        """What the study is about: `article/baseline and 3 more`."""
        first, *others = (arm.name for arm in self.study.arms)
        if self.kind == "sweep":
            sites = (str(axis.get("site", "")) for axis in self.options.get("axes", ()))
            return f"{first}: {', '.join(sites)}"
        return f"{first} and {len(others)} more" if others else first


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a study ended."""

    state: Ended
    seconds: float = 0.0
    """Wall-clock time that was trained, in all parts of an interrupted study."""
    headline: str = ""
    """The result in a line."""
    error: str = ""
    """Why it failed."""
    ended: str = ""
    """When, in ISO 8601, UTC."""


@dataclass(frozen=True, slots=True)
class Notes:
    """What the user writes about a study."""

    name: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A study's folder, read."""

    folder: Path
    order: Order
    created: str
    """When, in ISO 8601, UTC."""
    host: str
    versions: Mapping[str, str]
    """Of hiss, Python, TensorFlow and Keras, by name."""

    @property
    def id(self) -> str:
        """The name by which the user calls it: `261126-k7qp`."""
        return self.folder.name

    @property
    def blocks(self) -> Path:
        """The folder of its blocks."""
        return self.folder / BLOCKS


def create(studies: Path, order: Order) -> Record:
    """Make the folder of a new study.

    Raises:
        OSError: if it cannot be written.
    """
    studies.mkdir(parents=True, exist_ok=True)
    while True:
        record = plan(studies, order)
        try:
            record.folder.mkdir()
        except FileExistsError:
            continue
        try:
            save(record)
        except OSError:
            shutil.rmtree(record.folder, ignore_errors=True)
            raise
        return read(record.folder)


def plan(studies: Path, order: Order) -> Record:
    """Return the record of a new study whose folder is still to be made."""
    now = datetime.now(UTC)
    end = "".join(secrets.choice(ALPHABET) for _ in range(4))
    folder = studies / f"{now.astimezone():%y%m%d}-{end}"
    created = now.isoformat(timespec="milliseconds")
    return Record(folder, order, created, socket.gethostname(), versions())


def save(record: Record) -> None:
    """Write a record, and its folder where that is missing.

    Raises:
        OSError: if it cannot be written.
    """
    record.blocks.mkdir(parents=True, exist_ok=True)
    document = {
        "schema": SCHEMA,
        "created": record.created,
        "host": record.host,
        "versions": dict(record.versions),
        "kind": record.order.kind,
        "options": dict(record.order.options),
        "study": _as_json(record.order.study),
    }
    _write(record.folder / STUDY, document)


def read(folder: Path) -> Record:
    """Read the record of a study.

    Raises:
        EngineError: if it is damaged, or written by a later hiss.
    """
    document = _read(folder / STUDY)
    schema = document.get("schema")
    if not isinstance(schema, int) or schema > SCHEMA:
        hint = "Open it with the hiss that wrote it, or a later one."
        raise EngineError(f"{folder.name}: its schema is {schema}; this hiss knows {SCHEMA}.", hint)
    try:
        study = Study.model_validate(document["study"])
        order = Order(document["kind"], study, document["options"])
        return Record(folder, order, document["created"], document["host"], document["versions"])
    except (KeyError, ValidationError, EngineError) as error:
        message = f"{folder / STUDY} does not describe a study that this hiss knows."
        raise EngineError(message, str(error).partition("\n")[0]) from error


def with_options(record: Record, **changes: Any) -> Record:
    """Change what a kept study's order asks for, such as a further stage of a sweep.

    Raises:
        OSError: if it cannot be written.
        EngineError: if the record cannot be read any more.
    """
    options = {**record.order.options, **changes}
    if options == record.order.options:
        return record
    _write(record.folder / STUDY, {**_read(record.folder / STUDY), "options": options})
    return replace(record, order=replace(record.order, options=options))


def state_of(folder: Path) -> State:
    """Return how far a study is; without an outcome and a process it was interrupted."""
    if (owner := living_owner(folder)) is not None:
        return owner.phase
    outcome = outcome_of(folder)
    return outcome.state if outcome else "interrupted"


def outcome_of(folder: Path) -> Outcome | None:
    """Return how a study ended; None if it has not, or that cannot be read."""
    try:
        return Outcome(**_read(folder / OUTCOME))
    except (EngineError, TypeError):
        return None


def end(folder: Path, outcome: Outcome) -> None:
    """Write how a study ended.

    Raises:
        OSError: if it cannot be written.
    """
    ended = datetime.now(UTC).isoformat(timespec="milliseconds")
    fields = {name: getattr(outcome, name) for name in Outcome.__slots__}
    _write(folder / OUTCOME, {**fields, "ended": ended})


def begin_again(folder: Path) -> None:
    """Forget how a study ended: it goes on."""
    (folder / OUTCOME).unlink(missing_ok=True)


def notes_of(folder: Path) -> Notes:
    """Return what is noted about a study; nothing where that cannot be read."""
    try:
        found = _read(folder / NOTES)
        return Notes(str(found.get("name", "")), str(found.get("text", "")))
    except EngineError:
        return Notes()


def write_notes(folder: Path, notes: Notes) -> None:
    """Write what is noted about a study.

    Raises:
        OSError: if it cannot be written.
    """
    _write(folder / NOTES, {"name": notes.name, "text": notes.text})


def versions() -> dict[str, str]:
    """Return the versions that numbers depend on, without importing anything heavy."""
    import platform
    from importlib.metadata import version

    packages = ("hiss", "tensorflow", "keras", "numpy", "scikit-learn")
    return {"python": platform.python_version(), **{each: version(each) for each in packages}}


def _as_json(study: Study) -> dict[str, Any]:
    """Return a study in JSON; an experiment on a user's model has no layers, not even none."""
    document = study.model_dump(mode="json")
    for arm in document["arms"]:
        if arm["model"] is not None:
            del arm["layers"]
    return document


def _write(path: Path, document: Mapping[str, Any]) -> None:
    write_durably(path, (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode())


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise EngineError(f"{path} cannot be read: {why(error)}.") from error
    except (ValueError, RecursionError) as error:
        raise EngineError(f"{path} is damaged: {error}.", "The other studies are not.") from error
    if not isinstance(document, dict):
        raise EngineError(f"{path} is damaged: it holds no table.", "The other studies are not.")
    return document
