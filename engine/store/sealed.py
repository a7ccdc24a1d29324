"""Files that are whole or not there, and that notice when a byte of them has changed."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hiss.files import write_durably

MARK = b"hiss sealed 1\n"
"""How such a file begins; the SHA-256 of the rest follows."""
_META = "meta"


class DamagedError(Exception):
    """A file is not what was written."""


def write_sealed(path: Path, content: bytes) -> None:
    """Write a file that `read_sealed` can check, durably.

    Raises:
        OSError: if it cannot be written; a file that was there before is still whole.
    """
    write_durably(path, sealed(content))


def sealed(content: bytes) -> bytes:
    """Return the bytes of a file that `read_sealed` can check."""
    return MARK + hashlib.sha256(content).digest() + content


def read_sealed(path: Path) -> bytes:
    """Return the content of a file, checked.

    Raises:
        DamagedError: if it is not what was written.
        OSError: if it cannot be read.
    """
    content = path.read_bytes()
    begin = len(MARK) + hashlib.sha256().digest_size
    if not content.startswith(MARK) or len(content) < begin:
        raise DamagedError(f"{path.name} is no file of hiss, or is cut off")
    if hashlib.sha256(content[begin:]).digest() != content[len(MARK) : begin]:
        raise DamagedError(f"{path.name} has changed since it was written")
    return content[begin:]


def pack(meta: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return values and arrays as bytes.

    Args:
        meta: what JSON can hold, NaN included.
        arrays: of any dtype of numpy or ml_dtypes, such as bfloat16.
    """
    dtypes = {name: str(array.dtype) for name, array in arrays.items() if array.dtype.kind == "V"}
    plain: dict[str, Any] = {
        name: array.view(f"u{array.itemsize}") if name in dtypes else array
        for name, array in arrays.items()
    }
    text = json.dumps({**meta, "dtypes": dtypes}, ensure_ascii=False).encode()
    file = io.BytesIO()
    np.savez(file, **(plain | {_META: np.frombuffer(text, np.uint8)}))
    return file.getvalue()


def unpack(content: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the values and arrays that `pack` has packed.

    Raises:
        DamagedError: if the bytes are not of `pack`.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        meta: dict[str, Any] = json.loads(arrays.pop(_META).tobytes())
        for name, dtype in meta.pop("dtypes").items():
            arrays[name] = arrays[name].view(_dtype(dtype))
    except (ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise DamagedError(f"not arrays of hiss: {error}") from error
    return meta, arrays


def read_meta(path: Path) -> dict[str, Any]:
    """Return the values of a sealed file alone, without checking its other bytes.

    Raises:
        DamagedError: if they cannot be found.
        OSError: if the file cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive, archive.open(f"{_META}.npy") as member:
            text = np.lib.format.read_array(member, allow_pickle=False).tobytes()
        meta: dict[str, Any] = json.loads(text)
    except (ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise DamagedError(f"{path.name}: not arrays of hiss: {error}") from error
    return meta


def _dtype(name: str) -> np.dtype[Any]:
    """Return a dtype by name, one of those that ml_dtypes adds to numpy among them."""
    import ml_dtypes

    dtype: np.dtype[Any] = np.dtype(getattr(ml_dtypes, name))
    return dtype
