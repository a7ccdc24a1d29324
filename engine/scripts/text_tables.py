"""The lines of a stand-alone script that read a text or Excel table by pandas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from hiss.data.tables.checks import SelectedColumns
from hiss.data.tables.content import encoding_in_words
from hiss.data.tables.reading import SPACES
from hiss.data.tables.text import TextTable
from hiss.data.tables.values import PLAIN, TRUE, Notation
from hiss.scripts.python_text import INDENT, call, enclosed, literal, names_list

KNOWN_MISSING = frozenset((
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
))  # fmt: skip
"""What pandas takes for a missing value unasked."""


def reading_lines(path: Path, sheet: str, table: TextTable, selected: SelectedColumns) -> list[str]:
    """Return the body of a function that returns the columns of a table by name.

    Args:
        path: of the file.
        sheet: of an Excel file.
        table: as hiss has read it.
        selected: the columns that are used.
    """
    usual = _usual_notation(table)
    chosen = selected.selection
    target = None if selected.task == "reconstruct" else selected.target
    names = [*selected.features, *filter(None, (target, chosen.group, chosen.weight))]
    used = {name: table.columns[name].notation for name in names}
    texts = [name for name, notation in used.items() if notation is None]
    zero_one = [name for name in texts if _is_zero_one(name, selected)]
    others = {
        name: each
        for name, each in used.items()
        if each and not _is_read(each, usual, table.columns[name].is_marked)
    }
    arguments = ["TABLE", *_arguments(path, sheet, table), *_notation(usual)]
    as_text = [*others, *(texts if usual.thousands else zero_one)]
    if as_text:
        items = [f"{literal(name)}: str" for name in as_text]
        arguments.append(f"dtype={enclosed('{', items, '}')}")
    reader = "read_excel" if path.suffix.lower() == ".xlsx" else "read_csv"
    return [
        f"table = {call(f'pd.{reader}', arguments, 12)}",
        *_converted(others),
        *_zero_one(table, zero_one),
        *_cleaned(table, [name for name in texts if name not in zero_one]),
        "return {name: table[name].to_numpy() for name in table}",
    ]


def _arguments(path: Path, sheet: str, table: TextTable) -> Iterator[str]:
    """Yield the arguments that say where names and values are."""
    dialect = table.dialect
    if path.suffix.lower() == ".xlsx":
        if sheet:
            yield f"sheet_name={literal(sheet)}"
    elif dialect.delimiter == SPACES:
        yield 'sep=r"\\s+"'
    elif dialect.delimiter != ",":
        yield f"sep={literal(dialect.delimiter)}"
    if encoding_in_words(dialect.encoding):
        yield f"encoding={literal(dialect.encoding)}"
    if dialect.skip:
        yield f"skiprows={dialect.skip}"
    if dialect.comment:
        yield f"comment={literal(dialect.comment)}"
    is_named = {*table.names} - {""} <= {*dialect.first} and len(dialect.first) == dialect.width
    if not (dialect.header and is_named and not dialect.padded):
        yield "header=0" if dialect.header else "header=None"
        names = [name or f"unused {place}" for place, name in enumerate(table.names, 1)]
        names += ["unused"] * (dialect.width - len(names))
        yield f"names={names_list(names)}"
    if dialect.padded and path.suffix.lower() != ".xlsx":
        yield "skipinitialspace=True"
    found = {each for column in table.columns.values() for each in column.missing}
    if markers := sorted(found - KNOWN_MISSING):
        yield f"na_values={names_list(markers)}"


def _notation(usual: Notation) -> Iterator[str]:
    if usual.decimal != ".":
        yield f"decimal={literal(usual.decimal)}"
    if usual.thousands:
        yield f"thousands={literal(usual.thousands)}"


def _usual_notation(table: TextTable) -> Notation:
    """Return the most frequent notation that pandas reads itself, if it is not Python's."""
    notations = [column.notation for column in table.columns.values()]
    found = [
        each
        for each in notations
        if each and each != PLAIN and not each.sign and len(each.thousands) < 2
    ]
    if not found:
        return PLAIN
    decimal = Counter(each.decimal for each in found).most_common(1)[0][0]
    return max((each for each in found if each.decimal == decimal), key=lambda each: each.thousands)


def _is_read(notation: Notation, usual: Notation, marked: bool) -> bool:
    """Return whether pandas reads the numbers of one notation while it expects another."""
    if notation == PLAIN:
        return usual.decimal == "." or not marked
    fits = notation.decimal == usual.decimal and notation.thousands in ("", usual.thousands)
    return fits and not notation.sign


def _is_zero_one(name: str, selected: SelectedColumns) -> bool:
    return name in selected.features and selected.features[name].dtype.kind == "f"


def _converted(columns: dict[str, Notation]) -> Iterator[str]:
    """Yield the lines that make numbers of columns which pandas reads as text."""
    by_notation: dict[Notation, list[str]] = {}
    for name, notation in columns.items():
        by_notation.setdefault(notation, []).append(name)
    for notation, names in by_notation.items():
        yield f"for name in {names_list(names)}:"
        if marks := f"{notation.sign}{notation.thousands}":
            pattern = literal(f"[{marks}]")
            yield f'{INDENT}table[name] = table[name].str.replace({pattern}, "", regex=True)'
        if notation.decimal != ".":
            yield f'{INDENT}table[name] = table[name].str.replace({literal(notation.decimal)}, ".")'
        yield f"{INDENT}table[name] = table[name].astype(float)"


def _zero_one(table: TextTable, names: Sequence[str]) -> Iterator[str]:
    """Yield the lines that make 1 and 0 of yes and no."""
    found = dict.fromkeys(word for name in names for word in table.columns[name].words)
    if names:
        words = [f"{literal(word)}: {int(word.lower() in TRUE)}" for word in found]
        strip = ".str.strip()" if table.dialect.padded else ""
        yield f"zero_one = {enclosed('{', words, '}')}"
        yield f"for name in {names_list(names)}:"
        yield f"{INDENT}table[name] = table[name]{strip}.map(zero_one)"


def _cleaned(table: TextTable, names: Sequence[str]) -> Iterator[str]:
    """Yield the lines that fill and strip texts."""
    if padded := names if table.dialect.padded else ():
        yield f"for name in {names_list(padded)}:"
        yield f"{INDENT}table[name] = table[name].str.strip()"
    if missing := [name for name in names if table.columns[name].missing]:
        items = [f'{literal(name)}: ""' for name in missing]
        yield f"table = table.fillna({enclosed('{', items, '}')})"
