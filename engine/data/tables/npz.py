"""The columns of an NPZ file: its arrays, each checked by its header before it is read."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from hiss.data.tables.limits import check_distinct, check_size
from hiss.errors import DataError, escaped

TRAIN, TEST = "_train", "_test"
"""How the names of arrays end that hold the training rows and the test rows: x_train, x_test."""
SAVE = "numpy.savez(path, x=x, target=y) writes one."
ENCRYPTED = 1
"""The bit of a ZIP member's flags that says so."""
READABLE = "biufUS"
"""Kinds of numpy's dtypes that are read: bool, whole numbers, real numbers, text and bytes."""
CONVERT = "Convert it to numbers or text, for example: x.astype(float) or x.astype(str)."


def read_npz(path: Path) -> dict[str, NDArray[Any]]:
    """Return arrays of one length; a matrix `x` becomes the columns `x1`, `x2` and so on.

    Where all arrays come in pairs such as `x_train` and `x_test`, the rows of `x_test` stand behind
    those of `x_train` in the columns `x1`, `x2` and so on.

    Raises:
        DataError: if it is not a ZIP of plain arrays of numbers or text.
    """
    columns: dict[str, NDArray[Any]] = {}
    arrays = _arrays(path)
    if stems := _split_stems(list(arrays)):
        arrays = {stem: _joined(path, stem, arrays) for stem in stems}
    for name, array in arrays.items():
        match array.ndim:
            case 1:
                check_distinct(path, [*columns, name])
                columns[name] = array
            case 2:
                matrix = {f"{name}{place}": each for place, each in enumerate(array.T, 1)}
                check_distinct(path, [*columns, *matrix])
                columns |= matrix
            case _:
                raise DataError(f"{path}: {name}: expected 1 or 2 axes, received {array.ndim}.")
    return columns


def test_rows_of(path: Path) -> int | None:
    """Return how many of the last rows are the test rows; None where the file does not say so."""
    if path.suffix.lower() != ".npz" or not (stems := split_stems(path)):
        return None
    with zipfile.ZipFile(path) as packed, packed.open(f"{stems[0]}{TEST}.npy") as file:
        return int(_header(file)[0][0])


def split_stems(path: Path) -> list[str]:
    """Return the names of the arrays that an NPZ file divides into training and test rows."""
    with zipfile.ZipFile(path) as packed:
        return _split_stems([name.removesuffix(".npy") for name in packed.namelist()])


def _split_stems(names: Sequence[str]) -> list[str]:
    """Return `x` for `x_train` and `x_test`; nothing unless all names come in such pairs."""
    stems = [name.removesuffix(TRAIN) for name in names if name.endswith(TRAIN)]
    pairs = {f"{stem}{end}" for stem in stems for end in (TRAIN, TEST)}
    return stems if pairs == set(names) else []


def _joined(path: Path, stem: str, arrays: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    """Return the training rows of an array with its test rows behind them."""
    train, test = arrays[f"{stem}{TRAIN}"], arrays[f"{stem}{TEST}"]
    if train.shape[1:] != test.shape[1:] or 0 in (train.ndim, test.ndim):
        raise DataError(
            f"{path}: expected the rows of {stem}{TEST} to have the shape of those of "
            f"{stem}{TRAIN}, received {list(test.shape[1:])} and {list(train.shape[1:])}."
        )
    if (train.dtype == object) != (test.dtype == object):
        train, test = train.astype(str).astype(object), test.astype(str).astype(object)
    return np.concatenate([train, test])


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Return shape, order and dtype of an array, and leave the file where its values begin."""
    version = npy.read_magic(file)
    read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    return read_header(file)


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    if not zipfile.is_zipfile(path):
        raise DataError(f"{path}: this is not an NPZ file.", SAVE)
    try:
        with zipfile.ZipFile(path) as packed:
            members = packed.infolist()
            check_size(path, sum(member.file_size for member in members))
            return {
                member.filename.removesuffix(".npy"): _array(path, packed, member)
                for member in members
            }
    except DataError:
        raise
    except Exception as error:  # zipfile, zlib, lzma and numpy have a dozen of them for bad files
        reason = escaped(str(error) or type(error).__name__).rstrip(".")
        raise DataError(f"{path}: this is not an NPZ file of plain arrays: {reason}.") from error


def _array(path: Path, packed: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[Any]:
    """Read one array, once its header fits the size of its member."""
    name = escaped(member.filename)
    if member.flag_bits & ENCRYPTED:
        raise DataError(f"{path}: {name} is encrypted.", "Save it without a password.")
    if not member.filename.endswith(".npy"):
        raise DataError(f"{path}: expected arrays alone, received {name}.", SAVE)
    with packed.open(member) as file:
        shape, _, dtype = _header(file)
        if dtype.kind not in READABLE:
            text = f"expected numbers or text, received {dtype}"
            raise DataError(f"{path}: {name.removesuffix('.npy')}: {text}.", CONVERT)
        if min(shape, default=0) < 0 or prod(shape) * dtype.itemsize > member.file_size:
            text = f"the header promises {' × '.join(map(str, shape))} values of {dtype}"
            raise DataError(f"{path}: {name}: {text}, which the file does not hold.", SAVE)
    with packed.open(member) as file:
        return _plain(npy.read_array(file, allow_pickle=False))


def _plain(array: NDArray[Any]) -> NDArray[Any]:
    """Return numbers as they are, but none in half precision, and text as an array of objects."""
    if array.dtype == np.float16:  # in which -9999 and its like cannot be told apart
        return array.astype(np.float32)
    if array.dtype.kind == "S":
        array = np.char.decode(array, "utf-8")
    return array.astype(object) if array.dtype.kind == "U" else array
