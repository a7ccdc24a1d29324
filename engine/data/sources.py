"""The data sets that there are, by name, with the arguments that each takes.

Importing this module imports neither numpy nor scikit-learn, so that a preset can be checked
before anything heavy is loaded.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Literal, get_args

from hiss.data import datasets as generators
from hiss.data import datasets as loaders
from hiss.data.arrays import Rows
from hiss.data.arrays import Task as Task
from hiss.data.tables.selection import Prediction
from hiss.errors import MISSING, Problem, did_you_mean, expected, unknown_key

Kind = Literal["sample", "population", "table"]


@dataclass(frozen=True, slots=True)
class Source:
    """A named function that returns rows."""

    make: Callable[..., Rows]
    kind: Kind
    """`sample`: any seed draws from the same distribution. `population`: the seed fixes the
    distribution too. `table`: a fixed set of rows."""
    axes: tuple[int | str, ...]
    """Shape of one row's features; a name stands for the argument that gives that length.
    Empty where only the rows tell."""

    @property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """The arguments that the function takes, by name."""
        return inspect.signature(self.make).parameters

    def argument(self, name: str, given: Mapping[str, Any]) -> Any:
        """The value of an argument: the given one, or else its default."""
        return given.get(name, self.parameters[name].default)

    def shape(self, given: Mapping[str, Any]) -> tuple[int, ...]:
        """Shape of one row's features under the given arguments; () where only the rows tell."""
        return tuple(
            self.argument(axis, given) if isinstance(axis, str) else axis for axis in self.axes
        )


SOURCES: Mapping[str, Source] = {
    "make_circles": Source(generators.make_circles, "sample", (2,)),
    "make_moons": Source(generators.make_moons, "sample", (2,)),
    "make_classification": Source(generators.make_classification, "population", ("n_features",)),
    "make_friedman1": Source(generators.make_friedman1, "sample", ("n_features",)),
    "noisy_sine": Source(generators.noisy_sine, "sample", (1,)),
    "two_frequencies": Source(generators.two_frequencies, "sample", ("n_steps", 1)),
    "load_iris": Source(loaders.load_iris, "table", (4,)),
    "load_wine": Source(loaders.load_wine, "table", (13,)),
    "load_breast_cancer": Source(loaders.load_breast_cancer, "table", (30,)),
    "load_digits": Source(loaders.load_digits, "table", (64,)),
    "load_diabetes": Source(loaders.load_diabetes, "table", (10,)),
    "table": Source(loaders.table, "table", ()),
}


def check_source(
    name: str, arguments: Mapping[str, Any], others: Sequence[str] = ()
) -> list[Problem]:
    """Return what is wrong with a data set's name and arguments.

    Args:
        name: of the data set.
        arguments: what its function is to be called with.
        others: keys that are known besides, to name the nearest one.
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
    return [*filter(None, problems), *missing]


def _argument_problem(
    key: str, value: Any, parameters: Mapping[str, inspect.Parameter], others: Sequence[str]
) -> Problem | None:
    if key not in parameters and key != "random_state":
        return unknown_key(key, (*parameters, *others, "random_state"))
    wanted = parameters[key].annotation if key in parameters else "int"
    fits, what = _FITS[wanted]
    return None if fits(value) else expected(key, what, value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < inf


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and _is_number(value)


_FITS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "int": (_is_count, "a whole number of at least 0"),
    "float": (_is_number, "a number of at least 0"),
    "Sequence[int]": (
        lambda value: isinstance(value, list | tuple) and all(_is_count(each) for each in value),
        "a list of whole numbers",
    ),
    "str": (lambda value: isinstance(value, str), "text"),
    "Sequence[str]": (
        lambda value: isinstance(value, list | tuple) and all(isinstance(i, str) for i in value),
        "a list of texts",
    ),
    "Prediction": (
        lambda value: value in get_args(Prediction),
        f"one of {', '.join(get_args(Prediction))}",
    ),
}
