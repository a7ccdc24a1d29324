from __future__ import annotations

import io
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from hiss.data.tables.files import read_columns
from hiss.data.tables.proposal import propose
from hiss.data.tables.selection import TableSelection
from hiss.errors import DataError

ROWS = np.arange(12.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "table.npz"


def complaint(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_columns(path)
    return caught.value.message


def raw(shape: str, descr: str = "<f8", values: bytes = bytes(96)) -> bytes:
    """An array's file whose header promises what it likes."""
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}"
    text = header.ljust(117).encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + values


def packed(path: Path, **members: bytes) -> None:
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(f"{name}.npy", content)


def array(values: object) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.asarray(values))
    return buffer.getvalue()


def test_a_wrong_checksum_is_noticed(path: Path) -> None:
    packed(path, x=array(ROWS))
    content = path.read_bytes()
    place = content.find(array(ROWS)) + 140
    path.write_bytes(content[:place] + b"\xff" + content[place + 1 :])
    assert "this is not an NPZ file of plain arrays: Bad CRC-32" in complaint(path)


def test_an_encrypted_array_is_named(path: Path) -> None:
    packed(path, x=array(ROWS))
    content = bytearray(path.read_bytes())
    content[content.find(b"PK\x03\x04") + 6] |= 1
    content[content.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert "x.npy is encrypted" in complaint(path)


@pytest.mark.parametrize(
    ("shape", "descr"),
    [("(1000000000000,)", "<f8"), ("(12,)", "|S1000000000"), ("(9" + "9" * 30 + ",)", "<f8")],
)
def test_a_header_that_promises_too_much_is_not_believed(
    path: Path, shape: str, descr: str
) -> None:
    packed(path, x=raw(shape, descr))
    assert "which the file does not hold" in complaint(path)


@pytest.mark.parametrize("shape", ["(-5,)", "('a',)", "12", "(12.5,)"])
def test_a_header_without_a_shape_is_refused(path: Path, shape: str) -> None:
    packed(path, x=raw(shape))
    assert "x.npy" in complaint(path) or "not an NPZ file of plain arrays" in complaint(path)


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (ROWS.astype("datetime64[D]"), "datetime64"),
        (ROWS + 1j, "complex128"),
        (np.zeros(12, [("a", "f4")]), "'a'"),
        (ROWS.astype("timedelta64[s]"), "timedelta64"),
    ],
)
def test_a_column_that_is_neither_number_nor_text_is_refused(
    path: Path, column: NDArray[np.generic], kind: str
) -> None:
    np.savez(path, x=column, y=ROWS)
    assert "x: expected numbers or text, received" in complaint(path)
    assert kind in complaint(path)


def test_bytes_are_read_as_text(path: Path) -> None:
    np.savez(path, x=ROWS, y=np.array([b"yes", "nö".encode()] * 6))
    assert read_columns(path)["y"].tolist() == ["yes", "nö"] * 6
    np.savez(path, x=ROWS, y=np.array([b"yes", b"\xff"] * 6))
    assert "not an NPZ file of plain arrays" in complaint(path)


def test_what_is_no_array_is_named(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("notes.txt", "hello")
    assert "expected arrays alone, received notes.txt" in complaint(path)


def test_an_array_without_a_name_is_refused(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("x.npy", array(ROWS))
        file.writestr(".npy", array(ROWS))
    assert "column 2 has no name" in complaint(path)


def test_half_precision_is_read_as_single(path: Path) -> None:
    np.savez(path, x=ROWS.astype(np.float16), y=ROWS)
    assert read_columns(path)["x"].dtype == np.float32
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert propose(TableSelection(path=path)).traps is not None
