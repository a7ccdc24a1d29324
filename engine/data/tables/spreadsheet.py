"""The rows of an Excel file, as pandas and openpyxl read them."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

from hiss.data.tables.limits import check_size
from hiss.data.tables.reading import Reading
from hiss.errors import DataError, did_you_mean, escaped, first_line


def read_sheet(path: Path, reading: Reading) -> tuple[str, str]:
    """Return a sheet as CSV, and its name; no name where the file has a single sheet.

    Raises:
        DataError: if the file is no workbook, is too large, or has no such sheet.
    """
    import pandas as pd

    try:
        with zipfile.ZipFile(path) as packed:
            check_size(path, sum(member.file_size for member in packed.infolist()))
        with pd.ExcelFile(path, engine="openpyxl") as book:
            names = [str(name) for name in book.sheet_names]
            sheet = _chosen(path, names, reading.sheet)
            frame = pd.read_excel(
                book, sheet_name=sheet, header=None, dtype=object, na_filter=False
            )
    except DataError:
        raise
    except ImportError as error:
        hint = 'pip install "hiss[tables]", or save the table as CSV.'
        raise DataError(f"{path}: reading Excel needs openpyxl.", hint) from error
    except Exception as error:  # zipfile, openpyxl and its XML parser have a dozen for bad files
        reason = escaped(first_line(error)).rstrip(".")
        raise DataError(f"{path}: this is not an Excel file: {reason}.") from error
    text = io.StringIO()
    rows = ([_written(value) for value in row] for row in frame.itertuples(index=False))
    csv.writer(text).writerows(row for row in rows if any(row))
    return text.getvalue(), sheet if len(names) > 1 else ""


def _chosen(path: Path, names: list[str], stated: str) -> str:
    """Return the name of the sheet that is stated by its name or its number from 1.

    Raises:
        DataError: if there is no such sheet.
    """
    if not stated or stated in names:
        return stated or names[0]
    if stated.isdecimal() and 0 < int(stated) <= len(names):
        return names[int(stated) - 1]
    raise DataError(f"{path}: there is no sheet `{escaped(stated)}`.{did_you_mean(stated, names)}")


def _written(value: Any) -> str:
    """Return a cell as text: a whole number without `.0`."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return "" if value is None or value != value else str(value)
