"""The columns of an NPZ file: its arrays, each checked by its header before it is read."""

from __future__ import annotations

import zipfile
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from hiss.data.tables.limits import check_distinct, check_size
from hiss.errors import DataError, escaped

SAVE = "numpy.savez(path, x=x, target=y) writes one."
ENCRYPTED = 1
"""The bit of a ZIP member's flags that says so."""
READABLE = "biufUS"
"""Kinds of numpy's dtypes that are read: bool, whole numbers, real numbers, text and bytes."""
CONVERT = "Convert it to numbers or text, for example: x.astype(float) or x.astype(str)."


def read_npz(path: Path) -> dict[str, NDArray[Any]]:
    """Return arrays of one length; a matrix `x` becomes the columns `x1`, `x2` and so on.

    Raises:
        DataError: if it is not a ZIP of plain arrays of numbers or text.
    """
    columns: dict[str, NDArray[Any]] = {}
    for name, array in _arrays(path).items():
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
        version = npy.read_magic(file)
        read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, _, dtype = read_header(file)
        if dtype.kind not in READABLE:
            text = f"expected numbers or text, received {dtype}"
            raise DataError(f"{path}: {name.removesuffix('.npy')}: {text}.", CONVERT)
        if min(shape, default=0) < 0 or prod(shape) * dtype.itemsize > member.file_size:
            text = f"the header promises {' × '.join(map(str, shape))} values of {dtype}"
            raise DataError(f"{path}: {name}: {text}, which the file does not hold.", SAVE)
    with packed.open(member) as file:
        return _plain(npy.read_array(file, allow_pickle=False))


def _plain(array: NDArray[Any]) -> NDArray[Any]:
    """Return numbers as they are and text as an object array of strings."""
    if array.dtype.kind == "S":
        array = np.char.decode(array, "utf-8")
    return array.astype(object) if array.dtype.kind == "U" else array
