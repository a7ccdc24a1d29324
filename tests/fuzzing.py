"""What the fuzzers draw, and what they try with it; run by `tests/bench/fuzz.py` and a test."""

from __future__ import annotations

import copy
import gzip
import io
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st
from pyarrow import parquet

from hiss.data.spec import Data
from hiss.data.splits import load
from hiss.data.tables.files import read_file
from hiss.data.tables.proposal import propose
from hiss.data.tables.reading import Reading
from hiss.data.tables.selection import TableSelection
from hiss.errors import EngineError
from hiss.experiment.advice import advice
from hiss.experiment.diagram import diagram
from hiss.experiment.notation import dump, override, parse
from hiss.experiment.sites import find_site, sites
from hiss.experiment.size import parameters
from hiss.experiment.spec import Experiment
from hiss.keras_names.lookup import words
from hiss.library.drafting import check_text
from hiss.library.fields import fields_of
from hiss.library.presets import find, load_presets
from hiss.tui.cli.output import check_writable, write_result

FOLDER = Path(tempfile.mkdtemp(prefix="hiss-fuzz-"))
BASELINE = find("article/hidden-before")[0]
TEXT = dump(BASELINE)
Json = st.recursive(
    st.booleans()
    | st.dates()
    | st.integers()
    | st.floats()
    | st.sampled_from([10**30, -(10**400), 2**63, 0, -1, 1e308, "relu", "same", "\x1b[31m", "~x"])
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
"""Values of a preset, most of them wrong."""


@dataclass(frozen=True)
class Fuzzer:
    """Random inputs, and what is tried with one."""

    inputs: st.SearchStrategy[Any]
    trial: Callable[[Any], None]

    def attempt(self, value: object) -> str:
        """Return `taken` or `refused`."""
        try:
            self.trial(value)
        except EngineError as error:
            assert error.message
            return "refused"
        return "taken"


def keras_tables(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Tables with the name of a class and some of its arguments."""

    def table(name: str) -> st.SearchStrategy[dict[str, Any]]:
        arguments = sorted(words()[kind][name]["arguments"])
        values = nested() | Json | st.integers(1, 4)
        given = st.dictionaries(
            st.sampled_from(arguments) | st.text(max_size=5), values, max_size=4
        )
        return given.map(lambda each: {"class_name": name, **each})

    return st.sampled_from(sorted(words()[kind])).flatmap(table)


def nested() -> st.SearchStrategy[dict[str, Any]]:
    """Objects in Keras' notation among another's arguments."""
    names = ["L2", "Zeros", "Lambda", "Dense", "StringLookup", "ExponentialDecay", "WarmUp", "relu"]
    return st.fixed_dictionaries(
        {},
        optional={
            "class_name": st.sampled_from(names) | Json,
            "config": st.dictionaries(st.sampled_from(["l2", "units", "vocabulary"]), Json) | Json,
            "module": st.sampled_from(["keras.layers", "keras", "kerasevil"]) | Json,
        },
    )


def experiments() -> st.SearchStrategy[dict[str, Any]]:
    """Tables of presets, close to valid ones."""
    whole = {key: value for key, value in BASELINE.model_dump(mode="json").items() if key != "name"}
    data = st.dictionaries(
        st.sampled_from(
            [*Data.model_fields, "n_samples", "noise", "path", "target", "random_state"]
        ),
        Json
        | st.sampled_from(["make_moons", "table", "make_classification", "load_iris", 0.5, 40]),
    )
    layer = keras_tables("layers") | Json
    training = st.dictionaries(
        st.sampled_from(["optimizer", "loss", "epochs", "batch_size", "early_stopping"]),
        keras_tables("optimizers") | keras_tables("losses") | Json | st.integers(1, 9),
    )
    changes = {
        "data": data.map(lambda each: {**whole["data"], **each}) | Json,
        "layers": st.lists(layer, max_size=4) | Json,
        "training": training.map(lambda each: {**whole["training"], **each}) | Json,
        "study": st.dictionaries(st.sampled_from(["repeats", "mode", "partner", "sweep"]), Json)
        | Json,
        "title": Json,
    }
    return st.fixed_dictionaries({}, optional=changes).map(lambda each: {**whole, **each})


def use(experiment: Experiment) -> None:
    """Do with an experiment all that is done before it trains."""
    text = dump(experiment)
    assert parse(text, "again", experiment.name) == experiment or "nan" in text
    diagram(experiment)
    advice(experiment)
    parameters(experiment)
    for site in sites(experiment):
        find_site(experiment, site.name)
    load(experiment.data)


def changed_presets() -> st.SearchStrategy[dict[str, Any]]:
    """Built-in presets with a few values replaced, wherever they stand."""

    def change(each: tuple[dict[str, Any], list[tuple[int, Any]]]) -> dict[str, Any]:
        table = copy.deepcopy(each[0])
        for number, value in each[1]:
            places = list(leaves(table))
            holder, key = places[number % len(places)]
            holder[key] = value
        return table

    tables = [{k: v for k, v in one.model_dump(mode="json").items() if k not in ("name", "model")}
              for one in load_presets().experiments]  # fmt: skip
    value = Json | st.integers(0, 5) | st.floats(0, 1) | nested() | keras_tables("layers")
    changes = st.lists(st.tuples(st.integers(0, 99), value), max_size=2)
    return st.tuples(st.sampled_from(tables), changes).map(change)


def leaves(table: Any) -> Iterator[tuple[Any, Any]]:
    """Every container in a table with each of its keys."""
    for key in list(table) if isinstance(table, dict) else range(len(table)):
        yield table, key
        if isinstance(table[key], dict | list) and table[key]:
            yield from leaves(table[key])


def try_structure(table: Mapping[str, Any]) -> None:
    """A preset as a table."""
    from hiss.experiment import notation

    use(notation._validate(table, "fuzz", "mine/fuzz"))


def try_text(text: str) -> None:
    """A preset as text, in the editor and in a file."""
    checked = check_text(text, "mine/fuzz")
    if checked.table is not None:
        for place in ("about", "data", "training"):
            fields_of(checked.table, place)
    use(parse(text, "fuzz", "mine/fuzz"))


def texts() -> st.SearchStrategy[str]:
    """TOML with a few lines changed, cut and glued, and any text."""
    lines = TEXT.splitlines()
    odd = ["[" * 500, "x = 1", "[[layers]]", "a = {b = {c = 1}}", "n = " + "9" * 5000, "epochs = 9"]
    line = st.sampled_from([*lines, *odd]) | st.text(max_size=20)
    changes = st.dictionaries(st.integers(0, len(lines) - 1), line, max_size=2)
    changed = changes.map(lambda each: [each.get(n, line) for n, line in enumerate(lines)])
    cut = st.tuples(st.integers(0, len(TEXT)), st.integers(0, 6), st.text(max_size=5))
    glued = cut.map(lambda each: TEXT[: each[0]] + each[2] + TEXT[each[0] + each[1] :])
    return changed.map("\n".join) | glued | st.lists(line, max_size=30).map("\n".join) | st.text()


def try_assignments(assignments: list[str]) -> None:
    """The values of `--set`."""
    use(override(BASELINE, assignments))


def assignments() -> st.SearchStrategy[list[str]]:
    """Keys and values, known and not."""
    good = ["layers.0.units", "layers.1.stddev", "training.epochs", "data.noise", "title"]
    odd = ["layers.-1", "study.sweep.stddev", "training.optimizer.a.b", "", "data", "layers.9"]
    values = [
        "nan",
        "inf",
        "1e400",
        "9" * 5000,
        "[" * 900,
        "{a = 1}",
        "0x10",
        "1979-05-27",
        "\udcff",
    ]
    value = st.sampled_from(values) | st.text() | Json.map(repr)
    number = st.integers(1, 9).map(str) | st.floats(0, 1).map(str)
    known = st.tuples(st.sampled_from(good), number).map("=".join)
    any_key = st.sampled_from([*good, *odd]) | st.text()
    unknown = st.tuples(any_key, value).map("=".join) | st.text()
    return st.lists(known, max_size=3) | st.lists(known | unknown, max_size=3)


def try_table(suffix: str) -> Callable[[bytes], None]:
    """A table's file: a first look at it, and its columns as data."""

    def trial(content: bytes) -> None:
        path = FOLDER / f"table.{suffix}"
        path.unlink(missing_ok=True)  # tables are read again when the time of writing differs
        path.write_bytes(content)
        os.utime(path, ns=(next(TIMES), next(TIMES)))
        looks = propose(TableSelection(path=path))
        load(
            Data.model_validate(
                {"name": "table", "path": str(path), "target": looks.target, "train_size": 0.5}
            )
        )

    return trial


TIMES = iter(range(1, 2**60))


def csv_files() -> st.SearchStrategy[bytes]:
    """Lines of cells, of one width or not, and any bytes."""
    cell = st.sampled_from(
        ["1", "2.5", "nan", "1e999", "a", "", '"', "x,y", "\0", "é", "1,5", "-", "1,234", "1.234,5",
         "$1,204.50", "7 %", "1 234", "1'234", "−5", "?", "yes", "No", "-999", "#", "# a", "sep=;"]
    )  # fmt: skip
    row = st.lists(cell | st.text(max_size=4), min_size=1, max_size=4)
    rows = st.lists(row, max_size=14)
    square = st.integers(1, 4).flatmap(
        lambda width: st.lists(
            st.lists(cell, min_size=width, max_size=width), min_size=10, max_size=30
        )
    )
    delimited = st.tuples(
        rows | square,
        st.sampled_from([*",;\t| ", ", "]),
        st.sampled_from(["\n", "\r\n", "\r", ",\n", "\n#\n"]),
    )
    text = delimited.map(lambda each: each[2].join(each[1].join(one) for one in each[0]))
    encodings = st.sampled_from(["utf-8", "utf-8-sig", "latin-1", "utf-16", "utf-16-le", "cp1251"])
    number = st.floats(-9, 9)
    numbers = st.lists(st.tuples(number, number | st.floats(), st.integers(0, 1)), min_size=8)
    valid = numbers.map(lambda each: "a,b,y\n" + "\n".join(f"{a},{b},{y}" for a, b, y in each))
    text = text | valid
    encoded = st.tuples(text, encodings).map(lambda each: each[0].encode(each[1], "replace"))
    return encoded | st.binary(max_size=200)


def try_stated(each: tuple[bytes, dict[str, Any]]) -> None:
    """A text table with what is stated of it."""
    path = FOLDER / "stated.csv"
    path.write_bytes(each[0])
    reading = Reading.from_arguments(each[1])
    selection = TableSelection(path=path, reading=reading)
    assert TableSelection.from_arguments({"target": None, **selection.to_arguments()}) == selection
    assert read_file(path, reading).columns


def stated() -> st.SearchStrategy[tuple[bytes, dict[str, Any]]]:
    """Text tables, and values of the keys that say how they are read."""
    character = st.sampled_from([*",;.' \t#|", "", "tab", "space"]) | st.text(max_size=2)
    given = st.fixed_dictionaries(
        {},
        optional={
            **{key: character for key in ("delimiter", "decimal", "thousands", "comment")},
            "encoding": st.sampled_from(["utf-8", "latin-1", "utf-16", "cp037", "hex", "x"]),
            "header": st.booleans(),
            "na_values": st.lists(st.sampled_from(["-999", "-", "a", "nan", "1"]), max_size=2),
        },
    )
    return st.tuples(csv_files(), given)


def packed_files() -> st.SearchStrategy[bytes]:
    """Compressed text tables, whole and damaged."""

    def pack(content: bytes) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr(zipfile.ZipInfo("a.csv"), content)
        return buffer.getvalue()

    whole = csv_files().map(pack)
    return whole | whole.flatmap(damaged) | st.binary(max_size=100)


def arrays() -> st.SearchStrategy[Any]:
    """Arrays of many kinds of 0 to 30 values."""
    kinds = ["f8", "f4", "f2", "i8", "u1", "bool", "U3", "S3", "M8[D]", "m8[s]", "c16", "O", "g"]
    shapes = st.sampled_from([(), (0,), (12,), (12, 2), (12, 0), (30,), (3, 2, 2), (12, 1)])

    def make(each: tuple[str, tuple[int, ...], int]) -> Any:
        kind, shape, seed = each
        return np.random.default_rng(seed).integers(0, 3, shape).astype(kind)

    return st.tuples(st.sampled_from(kinds), shapes, st.integers(0, 9)).map(make)


def damaged(content: bytes) -> st.SearchStrategy[bytes]:
    """A file with some bytes changed or cut off."""
    places = st.lists(st.tuples(st.integers(0, 9999), st.integers(0, 255)), max_size=6)

    def damage(each: tuple[list[tuple[int, int]], int]) -> bytes:
        changed = bytearray(content)
        for place, byte in each[0]:
            if changed:
                changed[place % len(changed)] = byte
        return bytes(changed[: max(0, len(content) - each[1])])

    return st.tuples(places, st.sampled_from([0, 0, 0, 1, 50])).map(damage)


def npz_files() -> st.SearchStrategy[bytes]:
    """Archives of arrays, whole and damaged, and members that are none."""
    names = st.sampled_from(
        ["x.npy", "y.npy", "target.npy", "../a.npy", "notes.txt", "\x1b.npy", ".npy"]
    )

    def pack(each: tuple[dict[str, Any], int]) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", each[1]) as file:
            for name, array in each[0].items():
                inner = io.BytesIO()
                np.save(inner, array, allow_pickle=True)
                file.writestr(zipfile.ZipInfo(name), inner.getvalue(), each[1])  # without the time
        return buffer.getvalue()

    methods = st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
    whole = st.tuples(st.dictionaries(names, arrays(), max_size=3), methods).map(pack)
    return whole | whole.flatmap(damaged) | st.binary(max_size=100)


def parquet_files() -> st.SearchStrategy[bytes]:
    """Tables of many types, whole and damaged."""
    types = {
        "float": [1.5, None, float("nan")], "int": [1, 2**62, None], "text": ["a", "", None, "é"],
        "number": [n / 7 for n in range(12)], "class": ["a", "b"], "count": [0, 3, 1],
        "bytes": [b"a", b"\xff"], "list": [[1], []], "struct": [{"a": 1}], "bool": [True, None],
    }  # fmt: skip

    def table(each: list[tuple[str, str]]) -> bytes:
        columns = [pa.array((types[kind] * 12)[:12]) for _, kind in each]
        buffer = io.BytesIO()
        made = pa.Table.from_arrays(columns, names=[name for name, _ in each])
        parquet.write_table(made, buffer)
        return buffer.getvalue()

    names = st.sampled_from(["x", "y", "target", "", "a\x1b[31m", "x"])
    columns = st.lists(st.tuples(names, st.sampled_from(sorted(types))), max_size=4)
    numbers = st.lists(st.sampled_from(["number", "count", "float", "int", "bool"]), max_size=4)
    usable = numbers.map(
        lambda kinds: [("target", "class"), *((f"x{n}", kind) for n, kind in enumerate(kinds))]
    )
    whole = (usable | columns).map(table)
    return whole | whole.flatmap(damaged) | st.binary(max_size=100)


def try_output(name: str) -> None:
    """The file of `--output`, checked and written."""
    path = FOLDER / "output" / name if not name.startswith("/") else Path(name)
    (FOLDER / "output").mkdir(exist_ok=True)
    check_writable(path, force=True)
    write_result("a result\udcff", path, force=True)


def outputs() -> st.SearchStrategy[str]:
    """Names of files, few of them possible."""
    odd = [
        "x" * 5000,
        "~nouser/x",
        "a/b",
        ".",
        "..",
        "",
        "/dev/null",
        "a\0b",
        "loop",
        "\udcff",
        "ä.json",
    ]
    name = st.text(st.characters(exclude_characters="/"), max_size=20)
    return st.sampled_from(odd) | name


FUZZERS = {
    "structure": Fuzzer(experiments() | changed_presets(), try_structure),
    "toml": Fuzzer(texts(), try_text),
    "set": Fuzzer(assignments(), try_assignments),
    "csv": Fuzzer(csv_files(), try_table("csv")),
    "stated": Fuzzer(stated(), try_stated),
    "packed": Fuzzer(packed_files(), try_table("csv.zip")),
    "gz": Fuzzer(csv_files().map(gzip.compress).flatmap(damaged), try_table("csv.gz")),
    "npz": Fuzzer(npz_files(), try_table("npz")),
    "parquet": Fuzzer(parquet_files(), try_table("parquet")),
    "output": Fuzzer(outputs(), try_output),
}
