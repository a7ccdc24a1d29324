"""A study as one file, to be sent to a colleague: a zip of its folder with a list of digests.

Nothing in it is compressed: what is unpacked is never larger than the file.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
import struct
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hiss.errors import EngineError
from hiss.files import PART, expanded, rename_to_new, why, write_durably
from hiss.store.history import ID
from hiss.store.place import studies_in
from hiss.store.records import ALPHABET, BLOCKS, IMPORTED, NOTES, OUTCOME, STUDY, Record, read

SCHEMA = 1
"""Version of the file; raised when hiss could no longer read it as it reads this one."""
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 16 * 2**20
"""Bytes; of 100,000 blocks it has 10 MB."""
MEMBER = re.compile(
    rf"({re.escape(STUDY)}|{re.escape(OUTCOME)}|{re.escape(NOTES)}"
    rf"|{BLOCKS}/[0-9a-f]{{20}}\.(block|checkpoint))"
)
"""What a study's folder holds beside the traces of processes."""
DATE = (1980, 1, 1, 0, 0, 0)
"""Of every member, so that the same study is the same file."""
UNREADABLE = (
    zipfile.BadZipFile, ValueError, EOFError, OverflowError, struct.error, RuntimeError
)  # fmt: skip
"""What reading a damaged zip or its JSON raises."""
ENCRYPTED = 1
"""Flag of a zip's member."""


def export_study(record: Record, path: Path, replace: bool) -> None:
    """Write a study to a file.

    Args:
        record: the study; one that still trains is written as far as it is.
        path: of the file.
        replace: whether a file that exists is replaced.

    Raises:
        EngineError: if it exists and must not be replaced, or cannot be written.
    """
    target = expanded(path)
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}{PART}")
    try:
        if target.exists() and not replace:
            raise FileExistsError
        with zipfile.ZipFile(part, "x") as archive:
            _pack(record, archive)
        if replace:
            part.replace(target)
        else:
            rename_to_new(part, target)
    except FileExistsError as error:
        raise EngineError(f"{path} exists already.", "Add --force to replace it.") from error
    except (OSError, ValueError) as error:
        raise EngineError(f"{path} cannot be written: {why(error)}.") from error
    finally:
        with suppress(OSError, ValueError):
            part.unlink(missing_ok=True)


def import_study(path: Path, store: Path) -> tuple[Record, bool]:
    """Take a study from a file into a store.

    Args:
        path: of the file.
        store: where it is kept from now on.

    Returns:
        The study, and whether it is new: one that is there already is left alone. It has
        another ID than before where another study has its own.

    Raises:
        EngineError: if the file is not one that `export_study` has written, or the store cannot
            be written.
    """
    try:
        with zipfile.ZipFile(expanded(path)) as archive:
            manifest = _manifest(archive, path)
            _check_members(archive, path, manifest["members"])
            return _unpack(archive, path, manifest, store)
    except OSError as error:
        raise EngineError(f"{error.filename or path}: {why(error)}.") from error
    except UNREADABLE as error:
        raise _refused(path, str(error)) from error


def _pack(record: Record, archive: zipfile.ZipFile) -> None:
    members = {}
    for file in sorted(record.folder.rglob("*")):
        name = file.relative_to(record.folder).as_posix()
        if not MEMBER.fullmatch(name):
            continue
        with suppress(FileNotFoundError):  # the checkpoint of a block that has just been finished
            content = file.read_bytes()
            members[name] = _describe(content)
            archive.writestr(zipfile.ZipInfo(name, DATE), content)
    manifest = {
        "schema": SCHEMA,
        "hiss": version("hiss"),
        "id": record.id,
        "members": members,
    }
    archive.writestr(zipfile.ZipInfo(MANIFEST, DATE), json.dumps(manifest, indent=1) + "\n")


def _describe(content: bytes) -> dict[str, Any]:
    return {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def _manifest(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    try:
        info = archive.getinfo(MANIFEST)
    except KeyError:
        raise _refused(path, f"it has no {MANIFEST}") from None
    if info.file_size > LARGEST_MANIFEST or info.compress_type != zipfile.ZIP_STORED:
        raise _refused(path, f"its {MANIFEST} is too large, or compressed")
    manifest = json.loads(archive.read(info))
    schema = manifest.get("schema") if isinstance(manifest, dict) else None
    if isinstance(schema, int) and schema > SCHEMA:
        hint = "Import it with the hiss that wrote it, or a later one."
        raise EngineError(f"{path}: its schema is {schema}; this hiss knows {SCHEMA}.", hint)
    if not (
        schema == SCHEMA
        and ID.fullmatch(str(manifest.get("id")))
        and isinstance(manifest.get("members"), dict)
    ):
        raise _refused(path, f"its {MANIFEST} is none of hiss")
    return dict(manifest)


def _check_members(archive: zipfile.ZipFile, path: Path, members: Mapping[str, Any]) -> None:
    """Check what is in the file before anything of it is unpacked."""
    infos = [info for info in archive.infolist() if info.filename != MANIFEST]
    for info in infos:
        if not MEMBER.fullmatch(info.filename):
            raise _refused(path, f"{info.filename!r} does not belong to a study")
        if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & ENCRYPTED:
            raise _refused(path, f"{info.filename} is compressed or encrypted")
    names = sorted(info.filename for info in infos)
    if names != sorted(members) or STUDY not in names:
        raise _refused(path, f"what is in it is not what its {MANIFEST} lists")
    if sum(info.file_size for info in infos) > expanded(path).stat().st_size:
        raise _refused(path, "what is in it is larger than the file")


def _unpack(
    archive: zipfile.ZipFile, path: Path, manifest: Mapping[str, Any], store: Path
) -> tuple[Record, bool]:
    """Unpack the members beside the studies, check them, and give them their place."""
    members: Mapping[str, Any] = manifest["members"]
    present = studies_in(store) / str(manifest["id"])
    studies_in(store).mkdir(parents=True, exist_ok=True)
    folder = store / f".import-{secrets.token_hex(4)}"
    folder.mkdir()
    try:
        (folder / BLOCKS).mkdir()
        for name, described in members.items():
            with archive.open(name) as member:
                content = member.read()
            if _describe(content) != described:
                raise _refused(path, f"{name} has changed since it was written")
            write_durably(folder / name, content)
        _check_record(folder, path)
        if _members(present) == members:
            return read(present), False
        (folder / IMPORTED).touch()
        return read(_placed(folder, present)), True
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check_record(folder: Path, path: Path) -> None:
    try:
        read(folder)
    except EngineError as error:
        message = error.message.replace(str(folder), str(path)).replace(folder.name, str(path))
        raise EngineError(message, error.hint) from error


def _members(folder: Path) -> dict[str, Any]:
    """Return what a study's folder holds, as a manifest lists it; nothing if there is none."""
    files = ((file.relative_to(folder).as_posix(), file) for file in folder.rglob("*"))
    return {name: _describe(file.read_bytes()) for name, file in files if MEMBER.fullmatch(name)}


def _placed(folder: Path, wanted: Path) -> Path:
    """Rename a folder to the ID it had, or to one of the same day where that is taken."""
    target = wanted
    while target.exists():
        end = "".join(secrets.choice(ALPHABET) for _ in range(4))
        target = wanted.with_name(f"{wanted.name[:7]}{end}")
    return folder.rename(target)


def _refused(path: Path, reason: str) -> EngineError:
    return EngineError(f"{path} is no study that hiss has exported: {reason}.")
