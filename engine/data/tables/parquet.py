"""The columns of a Parquet file; importing this module imports pyarrow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow.parquet import ParquetFile

from hiss.data.tables.limits import MOST_VALUES, check_distinct, check_size, too_many
from hiss.errors import DataError, escaped, first_line


def read_parquet(path: Path) -> dict[str, NDArray[Any]]:
    """Return numbers as floats, NaN where one is missing; anything else as text.

    A text that stands in many rows is kept once: a dictionary may hold a megabyte for each byte of
    the file.

    Raises:
        DataError: if it is not a Parquet file, or too large once it is unpacked.
    """
    try:
        with ParquetFile(path) as file:
            rows, width = file.metadata.num_rows, file.metadata.num_columns
            if rows * width > MOST_VALUES:
                raise too_many(path, MOST_VALUES, f"{rows:,}", width)
            groups = range(file.metadata.num_row_groups)
            check_size(path, sum(file.metadata.row_group(each).total_byte_size for each in groups))
            texts = [each.name for each in file.schema_arrow if _is_text(each.type)]
            check_distinct(path, file.schema_arrow.names)
        with ParquetFile(path, read_dictionary=texts) as file:
            table = file.read()
        return {str(name): _column(table[name]) for name in table.column_names}
    except DataError:
        raise
    except Exception as error:  # pyarrow has several, among them OSError and KeyError
        reason = escaped(first_line(error))
        raise DataError(f"{path}: this is not a Parquet file: {reason}") from error


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _column(column: Any) -> NDArray[Any]:
    if not pa.types.is_dictionary(column.type):
        return _plain(column.to_pylist())
    whole = column.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks)
    places = whole.indices.fill_null(len(whole.dictionary)).to_numpy(zero_copy_only=False)
    words = [*(("" if each is None else str(each)) for each in whole.dictionary.to_pylist()), ""]
    chosen: NDArray[Any] = np.array(words, dtype=object)[places.astype(int)]
    return chosen


def _plain(values: list[Any]) -> NDArray[Any]:
    if all(value is None or isinstance(value, int | float) for value in values):
        return np.array([np.nan if value is None else value for value in values], dtype=float)
    return np.array(["" if value is None else str(value) for value in values], dtype=object)
