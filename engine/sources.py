"""Where rows come from: data sets by name, scikit-learn's and our own.

Importing this module imports neither numpy nor scikit-learn, so that a preset can be checked
against these names and arguments before anything heavy is loaded.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from engine.problems import Problem, did_you_mean, expected, unknown_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

Task = Literal["binary", "multiclass", "regression"]
Kind = Literal["sample", "population", "table"]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a data set, in the order in which its source gives them."""

    x: NDArray[Any]
    """Features, shape (rows, features) or (rows, steps, features)."""
    y: NDArray[Any]
    """Class numbers from 0, or the target."""
    features: tuple[str, ...]
    classes: tuple[str, ...] = ()
    """Names of the classes in the order of their numbers; empty for regression."""

    @property
    def task(self) -> Task:
        """What there is to predict."""
        match len(self.classes):
            case 0:
                return "regression"
            case 2:
                return "binary"
            case _:
                return "multiclass"


@dataclass(frozen=True, slots=True)
class Source:
    """A named function that returns rows."""

    make: Callable[..., Rows]
    kind: Kind
    """`sample`: any seed draws from the same distribution. `population`: the seed fixes the
    distribution too. `table`: a fixed set of rows."""
    axes: tuple[int | str, ...]
    """Shape of one row's features; a name stands for the argument that gives that length."""

    @property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """The arguments that the function takes, by name."""
        return inspect.signature(self.make).parameters

    def argument(self, name: str, given: Mapping[str, Any]) -> Any:
        """The value of an argument: the given one, or else its default."""
        return given.get(name, self.parameters[name].default)

    def shape(self, given: Mapping[str, Any]) -> tuple[int, ...]:
        """Shape of one row's features under the given arguments."""
        return tuple(
            self.argument(axis, given) if isinstance(axis, str) else axis for axis in self.axes
        )


def _sklearn(function: str, **arguments: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    from sklearn import datasets

    x, y = getattr(datasets, function)(**arguments)
    return x, y


def _bundle(function: str) -> Rows:
    from sklearn import datasets

    bunch = getattr(datasets, function)()
    features = tuple(str(name) for name in bunch.feature_names)
    classes = tuple(str(name) for name in getattr(bunch, "target_names", ()))
    return Rows(bunch.data, bunch.target, features, classes)


def _named(count: int) -> tuple[str, ...]:
    return tuple(f"x{number}" for number in range(1, count + 1))


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(str(number) for number in range(count))


def make_circles(
    n_samples: int = 100,
    noise: float = 0.0,
    factor: float = 0.8,
    random_state: int = 0,
) -> Rows:
    """Draw two noisy concentric circles; class 1 is the inner one."""
    x, y = _sklearn(
        "make_circles",
        n_samples=n_samples,
        noise=noise,
        factor=factor,
        random_state=random_state,
    )
    return Rows(x, y, _named(2), ("outer", "inner"))


def make_moons(n_samples: int = 100, noise: float = 0.0, random_state: int = 0) -> Rows:
    """Draw two noisy half circles that reach into each other."""
    x, y = _sklearn("make_moons", n_samples=n_samples, noise=noise, random_state=random_state)
    return Rows(x, y, _named(2), ("upper", "lower"))


def make_classification(
    n_samples: int = 100,
    n_features: int = 20,
    n_informative: int = 2,
    n_redundant: int = 2,
    n_repeated: int = 0,
    n_classes: int = 2,
    n_clusters_per_class: int = 2,
    flip_y: float = 0.01,
    class_sep: float = 1.0,
    random_state: int = 0,
) -> Rows:
    """Draw normal clusters about the corners of a hypercube."""
    x, y = _sklearn("make_classification", **locals())
    return Rows(x, y, _named(n_features), _numbered(n_classes))


def make_friedman1(
    n_samples: int = 100,
    n_features: int = 10,
    noise: float = 0.0,
    random_state: int = 0,
) -> Rows:
    """Draw Friedman's regression problem: 5 of the uniform features matter."""
    x, y = _sklearn("make_friedman1", **locals())
    return Rows(x, y, _named(n_features))


def noisy_sine(
    n_samples: int = 100,
    noise: float = 0.0,
    cycles: float = 2.0,
    random_state: int = 0,
) -> Rows:
    """Draw y = sin(π · cycles · x) plus normal noise at uniform x in [-1, 1]."""
    import numpy as np

    generator = np.random.default_rng(random_state)
    x = generator.uniform(-1, 1, (n_samples, 1))
    y = np.sin(np.pi * cycles * x[:, 0]) + generator.normal(0, noise, n_samples)
    return Rows(x, y, ("x",))


def two_frequencies(
    n_samples: int = 100,
    n_steps: int = 32,
    frequencies: Sequence[int] = (3, 5),
    amplitude: float = 1.0,
    noise: float = 0.0,
    random_state: int = 0,
) -> Rows:
    """Draw sines of unknown phase in white noise; the class is which frequency they have.

    Frequencies are whole cycles per sequence, so that the two are orthogonal whatever the phase.
    """
    import numpy as np

    generator = np.random.default_rng(random_state)
    y = generator.integers(0, 2, n_samples)
    phase = generator.uniform(0, 2 * np.pi, (n_samples, 1))
    turns = np.arange(n_steps) / n_steps * np.asarray(frequencies)[y][:, None]
    x = amplitude * np.sin(2 * np.pi * turns + phase)
    x += generator.normal(0, noise, x.shape)
    names = tuple(f"{frequency} cycles" for frequency in frequencies)
    return Rows(x[:, :, None], y, _named(1), names)


def load_iris() -> Rows:
    """Read Fisher's irises: 150 flowers of 3 species, 4 lengths each."""
    return _bundle("load_iris")


def load_wine() -> Rows:
    """Read 178 wines of 3 growers, 13 chemical measurements each."""
    return _bundle("load_wine")


def load_breast_cancer() -> Rows:
    """Read 569 biopsies, malignant or benign, 30 measurements each."""
    return _bundle("load_breast_cancer")


def load_digits() -> Rows:
    """Read 1,797 handwritten digits of 8×8 pixels, from 0 to 16."""
    return _bundle("load_digits")


def load_diabetes() -> Rows:
    """Read 442 patients: 10 measurements and the progression of their diabetes in a year."""
    return _bundle("load_diabetes")


SOURCES: Mapping[str, Source] = {
    "make_circles": Source(make_circles, "sample", (2,)),
    "make_moons": Source(make_moons, "sample", (2,)),
    "make_classification": Source(make_classification, "population", ("n_features",)),
    "make_friedman1": Source(make_friedman1, "sample", ("n_features",)),
    "noisy_sine": Source(noisy_sine, "sample", (1,)),
    "two_frequencies": Source(two_frequencies, "sample", ("n_steps", 1)),
    "load_iris": Source(load_iris, "table", (4,)),
    "load_wine": Source(load_wine, "table", (13,)),
    "load_breast_cancer": Source(load_breast_cancer, "table", (30,)),
    "load_digits": Source(load_digits, "table", (64,)),
    "load_diabetes": Source(load_diabetes, "table", (10,)),
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
    return [problem for problem in problems if problem]


def _argument_problem(
    key: str, value: Any, parameters: Mapping[str, inspect.Parameter], others: Sequence[str]
) -> Problem | None:
    if key not in parameters and key != "random_state":
        return unknown_key(key, (*parameters, *others, "random_state"))
    wanted = parameters[key].annotation if key in parameters else "int"
    fits, what = _FITS[wanted]
    return None if fits(value) else expected(key, what, value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and _is_number(value)


_FITS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "int": (_is_count, "a whole number of at least 0"),
    "float": (_is_number, "a number of at least 0"),
    "Sequence[int]": (
        lambda value: isinstance(value, list | tuple) and all(_is_count(each) for each in value),
        "a list of whole numbers",
    ),
}
