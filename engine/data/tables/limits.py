"""How large a table may be, and that its columns have different names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from hiss.errors import DataError

MOST_BYTES = 100_000_000
"""Of a file, unpacked."""
MOST_VALUES = 10_000_000
"""At float32, thirty replicates of this many values take 1.2 GB."""
PIECE = 2**20
"""Bytes that are read at once."""
SAMPLE = "Noise shows on small training sets: take a sample of the rows."


def check_size(path: Path, size: int) -> None:
    """Refuse a file that takes too many bytes once it is unpacked.

    Raises:
        DataError: with the limit.
    """
    if size > MOST_BYTES:
        limit = f"expected at most {MOST_BYTES // 10**6} MB"
        raise DataError(f"{path}: {limit}, received {size // 10**6:,} MB.", SAMPLE)


def read_limited(path: Path, file: IO[bytes]) -> bytes:
    """Return the rest of a file, read in pieces: a packed one may hold any number of bytes.

    Raises:
        DataError: with the limit.
    """
    content = bytearray()
    while piece := file.read(PIECE):
        content += piece
        if len(content) > MOST_BYTES:
            limit = f"expected at most {MOST_BYTES // 10**6} MB, unpacked"
            raise DataError(f"{path}: {limit}, received more.", SAMPLE)
    return bytes(content)


def check_distinct(path: Path, names: Sequence[str]) -> None:
    """Refuse a table in which two columns have the same name.

    Raises:
        DataError: with the first such name.
    """
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise DataError(f"{path}: two columns are called `{twice[0]}`.", "Rename one of them.")


def too_many(path: Path, most: int, rows: str, columns: int) -> DataError:
    """Return the error for a table with more values than may be read."""
    return DataError(
        f"{path}: expected at most {most:,} values, received {rows} rows of {columns:,}.", SAMPLE
    )
