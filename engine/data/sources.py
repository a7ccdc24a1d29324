"""The registry of data sets: each by its name, with the arguments that it takes.

Importing this module imports neither numpy nor scikit-learn, so that a preset can be checked
before anything heavy is loaded.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, prod
from typing import Any, Literal, NamedTuple, get_args

from hiss.data import datasets
from hiss.data.arrays import Dataset
from hiss.data.tables.selection import DuplicateRows, MissingValues, PredictionTask
from hiss.errors import MISSING, Problem, did_you_mean, expected, unknown_key

MOST_VALUES = 10_000_000
"""Of a data set that is drawn: rows × features."""
FEWEST_DRAWN = 30_000
"""Rows that `hiss.data.splits` draws in task mode."""
Kind = Literal["sample", "population", "table"]


@dataclass(frozen=True, slots=True)
class Source:
    """A named function that returns a data set."""

    make: Callable[..., Dataset]
    kind: Kind
    """`sample`: any seed draws from the same distribution. `population`: the seed fixes the
    distribution too. `table`: a fixed set of rows."""
    axes: tuple[int | str, ...]
    """Shape of one row's features; a name is the argument that holds the length of an axis.
    Empty where the shape depends on the file."""

    @property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """The parameters of the function, by name."""
        return inspect.signature(self.make).parameters

    def argument(self, name: str, given: Mapping[str, Any]) -> Any:
        """Return the value of an argument: the given one, or else its default."""
        return given.get(name, self.parameters[name].default)

    def shape(self, given: Mapping[str, Any]) -> tuple[int, ...]:
        """Return the shape of one row's features; () where it depends on the file."""
        return tuple(
            self.argument(axis, given) if isinstance(axis, str) else axis for axis in self.axes
        )

    def json_schemas(self) -> dict[str, dict[str, Any]]:
        """Return a JSON schema for each argument, by name."""
        state = {"random_state": TYPES["int"].json_schema}
        return state | {
            name: TYPES[each.annotation].json_schema
            | ({} if each.default is each.empty else {"default": each.default})
            for name, each in self.parameters.items()
        }


SOURCES: Mapping[str, Source] = {
    "make_circles": Source(datasets.make_circles, "sample", (2,)),
    "make_moons": Source(datasets.make_moons, "sample", (2,)),
    "make_classification": Source(datasets.make_classification, "population", ("n_features",)),
    "make_friedman1": Source(datasets.make_friedman1, "sample", ("n_features",)),
    "noisy_sine": Source(datasets.noisy_sine, "sample", (1,)),
    "two_frequencies": Source(datasets.two_frequencies, "sample", ("n_steps", 1)),
    "load_iris": Source(datasets.load_iris, "table", (4,)),
    "load_wine": Source(datasets.load_wine, "table", (13,)),
    "load_breast_cancer": Source(datasets.load_breast_cancer, "table", (30,)),
    "load_digits": Source(datasets.load_digits, "table", (64,)),
    "load_diabetes": Source(datasets.load_diabetes, "table", (10,)),
    "table": Source(datasets.table, "table", ()),
}


class ArgumentType(NamedTuple):
    """What an argument of a data set may hold."""

    accepts: Callable[[Any], bool]
    description: str
    """What is expected, in words."""
    json_schema: dict[str, Any]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < inf


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and _is_number(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _one_of(choices: Sequence[str]) -> ArgumentType:
    wanted = f"one of {', '.join(choices)}"
    return ArgumentType(lambda value: value in choices, wanted, {"enum": list(choices)})


def _is_list_of(accepts: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list | tuple) and all(map(accepts, value))


_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_TEXT: dict[str, Any] = {"type": "string"}
TYPES: Mapping[str, ArgumentType] = {
    "int": ArgumentType(_is_count, "a whole number of at least 0", _COUNT),
    "float": ArgumentType(_is_number, "a number of at least 0", {"type": "number", "minimum": 0}),
    "Sequence[int]": ArgumentType(
        _is_list_of(_is_count), "a list of whole numbers", {"type": "array", "items": _COUNT}
    ),
    "bool | None": ArgumentType(
        lambda value: value is None or isinstance(value, bool),
        "true or false",
        {"type": "boolean"},
    ),
    "str": ArgumentType(_is_text, "text", _TEXT),
    "Sequence[str]": ArgumentType(
        _is_list_of(_is_text), "a list of texts", {"type": "array", "items": _TEXT}
    ),
    "PredictionTask": _one_of(get_args(PredictionTask)),
    "MissingValues": _one_of(get_args(MissingValues)),
    "DuplicateRows": _one_of(get_args(DuplicateRows)),
}
"""The types that parameters of the data sets are annotated with."""


def check_source(
    name: str, arguments: Mapping[str, Any], others: Sequence[str] = ()
) -> list[Problem]:
    """Return what is wrong with a data set's name and arguments.

    Args:
        name: of the data set.
        arguments: of its function.
        others: further keys that a preset's `[data]` knows, to suggest the nearest one.
    """
    if name not in SOURCES:
        return [Problem("name", f": {name} is not a data set.{did_you_mean(name, SOURCES)}")]
    parameters = SOURCES[name].parameters
    problems = [
        _argument_problem(key, value, parameters, others) for key, value in arguments.items()
    ]
    missing = [
        Problem(key, MISSING)
        for key, parameter in parameters.items()
        if parameter.default is parameter.empty and key not in arguments
    ]
    if name == "table" and not (
        arguments.get("target") or arguments.get("predict") == "reconstruct"
    ):
        missing.append(Problem("target", MISSING))
    return [*filter(None, problems), *missing] or _too_many_values(SOURCES[name], arguments)


def _too_many_values(source: Source, arguments: Mapping[str, Any]) -> list[Problem]:
    """Refuse what cannot be drawn; task mode draws thousands of rows in any case."""
    if "n_samples" not in source.parameters:
        return []
    rows, width = source.argument("n_samples", arguments), prod(source.shape(arguments))
    if max(rows, FEWEST_DRAWN) * width <= MOST_VALUES:
        return []
    wanted = f"at most {MOST_VALUES:,} values"
    return [Problem("n_samples", f": expected {wanted}, received {rows:,} rows of {width:,}.")]


def _argument_problem(
    key: str, value: Any, parameters: Mapping[str, inspect.Parameter], others: Sequence[str]
) -> Problem | None:
    if key not in parameters and key != "random_state":
        return unknown_key(key, (*parameters, *others, "random_state"))
    wanted = TYPES[parameters[key].annotation if key in parameters else "int"]
    return None if wanted.accepts(value) else expected(key, wanted.description, value)
