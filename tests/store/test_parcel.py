"""A study as one file: what is written, and what a hostile one may not do."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from kept import kept, study
from scripted import experiment

from hiss.errors import EngineError
from hiss.experiment.user_model import UserModel
from hiss.library.adaptation import with_user_model
from hiss.store.agreement import differences, foreign_code
from hiss.store.history import listing
from hiss.store.parcel import MANIFEST, export_study, import_study
from hiss.store.place import studies_in
from hiss.store.records import IMPORTED, Notes, Record, write_notes
from hiss.studies.orders import run_order
from hiss.studies.reopen import result_of

Members = dict[str, bytes]


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return kept(tmp_path / "mine")


@pytest.fixture
def parcel(tmp_path: Path, record: Record) -> Path:
    path = tmp_path / "study.hiss"
    export_study(record, path, replace=False)
    return path


def unpacked(path: Path) -> Members:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, members: Mapping[str, bytes], /, **manifest: Any) -> Path:
    """Write a zip whose manifest lists its members, with some of its keys changed."""
    old = json.loads(members[MANIFEST])
    listed = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for name, content in members.items()
        if name != MANIFEST
    }
    text = json.dumps({**old, "members": listed, **manifest})
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**members, MANIFEST: text.encode()}.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return path


def refused(path: Path, store: Path) -> str:
    with pytest.raises(EngineError) as error:
        import_study(path, store)
    assert not store.exists() or list(studies_in(store).glob("*")) == []
    assert not store.exists() or list(store.glob(".import*")) == []
    return error.value.message


def test_a_study_is_the_same_elsewhere(tmp_path: Path, record: Record, parcel: Path) -> None:
    write_notes(record.folder, Notes("A name", "a note"))
    export_study(record, parcel, replace=True)
    found, new = import_study(parcel, tmp_path / "theirs")
    assert (new, found.id, found.order) == (True, record.id, record.order)
    assert repr(result_of(found).arms[0].replicates) == repr(result_of(record).arms[0].replicates)
    ((mine,), _), ((theirs,), _) = listing(tmp_path / "mine"), listing(tmp_path / "theirs")
    assert mine == theirs


def test_traces_of_processes_and_damaged_files_stay_at_home(tmp_path: Path, record: Record) -> None:
    for name in ("lock", "stop", "owner.json", ".study.json.12.part", "blocks/x.block-damaged"):
        (record.folder / name).write_text("{}")
    export_study(record, tmp_path / "a.hiss", replace=False)
    names = set(unpacked(tmp_path / "a.hiss"))
    (block,) = (name for name in names if name.endswith(".block"))
    assert names == {"study.json", "outcome.json", MANIFEST, block}


def test_the_same_study_is_the_same_file(tmp_path: Path, record: Record, parcel: Path) -> None:
    export_study(record, tmp_path / "again.hiss", replace=False)
    assert (tmp_path / "again.hiss").read_bytes() == parcel.read_bytes()


def test_a_file_is_replaced_only_where_that_is_asked_for(record: Record, parcel: Path) -> None:
    with pytest.raises(EngineError, match="exists already"):
        export_study(record, parcel, replace=False)
    export_study(record, parcel, replace=True)
    assert [each.name for each in parcel.parent.iterdir() if each.is_file()] == [parcel.name]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, record: Record) -> None:
    with pytest.raises(EngineError, match=r"cannot be written: No such file"):
        export_study(record, tmp_path / "none" / "a.hiss", replace=False)


def test_a_study_that_is_there_is_left_alone(tmp_path: Path, record: Record, parcel: Path) -> None:
    found, new = import_study(parcel, tmp_path / "mine")
    assert (found.id, new) == (record.id, False)
    assert len(list((tmp_path / "mine" / "studies").iterdir())) == 1


def test_another_study_of_the_same_name_gets_a_new_one(
    tmp_path: Path, record: Record, parcel: Path
) -> None:
    write_notes(record.folder, Notes("Changed since", ""))
    found, new = import_study(parcel, tmp_path / "mine")
    assert new and found.id != record.id and found.id[:7] == record.id[:7]
    assert len(listing(tmp_path / "mine")[0]) == 2


@pytest.mark.parametrize(
    "name",
    [
        "../escaped", "/tmp/escaped", "blocks/../../escaped", "blocks\\x.block", "C:\\x", "lock",
        "imported", "blocks/x.block", "blocks/0123456789abcdef0123.block/x", "blocks/", ".a.part",
        "owner.json", "stop", "blocks/0123456789abcdef0123.py",
    ],
)  # fmt: skip
def test_what_does_not_belong_to_a_study_is_refused(
    tmp_path: Path, parcel: Path, name: str
) -> None:
    packed(parcel, {**unpacked(parcel), name: b"x"})
    assert "does not belong to a study" in refused(parcel, tmp_path / "theirs")
    assert not (tmp_path / "escaped").exists()


def test_a_changed_byte_is_found(tmp_path: Path, parcel: Path) -> None:
    members = unpacked(parcel)
    name = next(name for name in members if name.endswith(".block"))
    changed = members[name][:-1] + bytes([members[name][-1] ^ 1])
    with zipfile.ZipFile(parcel, "w") as archive:
        for each, content in {**members, name: changed}.items():
            archive.writestr(zipfile.ZipInfo(each), content)
    assert "has changed since it was written" in refused(parcel, tmp_path / "theirs")


def test_every_byte_of_the_file_may_be_damaged(tmp_path: Path, parcel: Path) -> None:
    whole = parcel.read_bytes()
    for place in range(0, len(whole), 37):
        parcel.write_bytes(whole[:place] + bytes([whole[place] ^ 0x20]) + whole[place + 1 :])
        store = tmp_path / f"store-{place}"
        try:
            found, _ = import_study(parcel, store)
        except EngineError:
            continue
        assert result_of(found).arms


@pytest.mark.parametrize("length", [0, 1, 22, 100, 1000])
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, parcel: Path, length: int) -> None:
    parcel.write_bytes(parcel.read_bytes()[:length])
    assert "is no study that hiss has exported" in refused(parcel, tmp_path / "theirs")


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, parcel: Path) -> None:
    members = unpacked(parcel)
    bomb = {"blocks/0123456789abcdef0123.block": bytes(50_000_000)}
    listed = packed(tmp_path / "listed.hiss", {**members, **bomb})
    manifest = unpacked(listed)[MANIFEST]
    with zipfile.ZipFile(parcel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**members, **bomb, MANIFEST: manifest}.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED if name in bomb else zipfile.ZIP_STORED
            archive.writestr(info, content)
    assert parcel.stat().st_size < 200_000
    assert "is compressed" in refused(parcel, tmp_path / "theirs")


def test_a_size_that_lies_is_refused(
    tmp_path: Path, parcel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    infolist = zipfile.ZipFile.infolist

    def lying(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
        infos = infolist(archive)
        for info in infos:
            info.file_size = 2**40
        return infos

    monkeypatch.setattr(zipfile.ZipFile, "infolist", lying)
    assert "larger than the file" in refused(parcel, tmp_path / "theirs")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"schema": 2}, "its schema is 2; this hiss knows 1"),
        ({"schema": "1"}, "is none of hiss"),
        ({"id": "../x"}, "is none of hiss"),
        ({"id": 7}, "is none of hiss"),
        ({"members": []}, "is none of hiss"),
        ({"members": {}}, "is not what its manifest.json lists"),
    ],
)
def test_a_manifest_that_lies_is_refused(
    tmp_path: Path, parcel: Path, changes: dict[str, Any], expected: str
) -> None:
    packed(parcel, unpacked(parcel), **changes)
    assert expected in refused(parcel, tmp_path / "theirs")


def test_a_study_of_a_later_schema_is_refused(tmp_path: Path, parcel: Path) -> None:
    members = unpacked(parcel)
    document = {**json.loads(members["study.json"]), "schema": 2}
    packed(parcel, {**members, "study.json": json.dumps(document).encode()})
    assert "its schema is 2" in refused(parcel, tmp_path / "theirs")


def test_a_member_that_is_there_twice_is_refused(tmp_path: Path, parcel: Path) -> None:
    with pytest.warns(UserWarning), zipfile.ZipFile(parcel, "a") as archive:
        archive.writestr("study.json", b"{}")
    assert "is not what its" in refused(parcel, tmp_path / "theirs")


@pytest.mark.parametrize("missing", [MANIFEST, "study.json"])
def test_what_is_missing_is_named(tmp_path: Path, parcel: Path, missing: str) -> None:
    members = unpacked(parcel)
    with zipfile.ZipFile(parcel, "w") as archive:
        for name, content in members.items():
            if name != missing:
                archive.writestr(zipfile.ZipInfo(name), content)
    refused(parcel, tmp_path / "theirs")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "no.hiss: No such file" in refused(tmp_path / "no.hiss", tmp_path / "theirs")


def test_code_that_a_study_from_elsewhere_would_run_is_named(tmp_path: Path) -> None:
    model = UserModel(reference="/x/net.py:build")
    (arm,) = with_user_model(experiment(), model)[:1]
    mine = kept(tmp_path / "mine", run_order(study(arm)))
    assert foreign_code(mine) == ()
    export_study(mine, tmp_path / "a.hiss", replace=False)
    theirs, _ = import_study(tmp_path / "a.hiss", tmp_path / "theirs")
    assert (theirs.folder / IMPORTED).exists()
    assert foreign_code(theirs) == ("/x/net.py:build",)


def test_differences_of_versions_and_machine_are_phrases(record: Record) -> None:
    found = differences(record)
    assert any(each.startswith("Python 3.12.0 then, 3.") for each in found)
    assert any(each.startswith("processor a CPU × 2 then, ") for each in found)
    for path in record.blocks.iterdir():
        path.unlink()
    assert differences(record) == ()
