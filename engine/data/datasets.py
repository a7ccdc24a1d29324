"""Data sets that are drawn: scikit-learn's generators and our own.

Arguments are scikit-learn's; a `random_state` that is not given is 0. Nothing heavy is imported
before rows are drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hiss.data.arrays import Rows
from hiss.data.tables.selection import Prediction

if TYPE_CHECKING:
    from numpy.typing import NDArray


def make_circles(
    n_samples: int = 100,
    noise: float = 0.0,
    factor: float = 0.8,
    random_state: int = 0,
) -> Rows:
    """Draw two noisy concentric circles; class 1 is the inner one."""
    x, y = _sklearn("make_circles", **locals())
    return Rows(x, y, _named(2), ("outer", "inner"))


def make_moons(n_samples: int = 100, noise: float = 0.0, random_state: int = 0) -> Rows:
    """Draw two noisy half circles that reach into each other."""
    x, y = _sklearn("make_moons", **locals())
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

    if len(set(frequencies)) != 2 or not all(0 < each < n_steps / 2 for each in frequencies):
        raise ValueError(
            f"frequencies: expected two different ones above 0 and below {n_steps / 2:g}, "
            f"received {list(frequencies)}"
        )
    generator = np.random.default_rng(random_state)
    y = generator.integers(0, 2, n_samples)
    phase = generator.uniform(0, 2 * np.pi, (n_samples, 1))
    turns = np.arange(n_steps) / n_steps * np.asarray(frequencies)[y][:, None]
    x = amplitude * np.sin(2 * np.pi * turns + phase)
    x += generator.normal(0, noise, x.shape)
    names = tuple(f"{frequency} cycles" for frequency in frequencies)
    return Rows(x[:, :, None], y, _named(1), names)


def _sklearn(function: str, **arguments: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    from sklearn import datasets

    x, y = getattr(datasets, function)(**arguments)
    return x, y


def _named(count: int) -> tuple[str, ...]:
    return tuple(f"x{number}" for number in range(1, count + 1))


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(str(number) for number in range(count))


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


def table(
    path: str,
    target: str,
    features: Sequence[str] = (),
    predict: Prediction = "guess",
    drop: Sequence[str] = (),
    one_hot: Sequence[str] = (),
) -> Rows:
    """Read your own rows from a CSV, NPZ or Parquet file with named columns."""
    from hiss.data.tables.rows import read_table

    return read_table(path, target, features, predict, drop, one_hot)


def _bundle(function: str) -> Rows:
    from sklearn import datasets

    bunch = getattr(datasets, function)()
    features = tuple(str(name) for name in bunch.feature_names)
    classes = tuple(str(name) for name in getattr(bunch, "target_names", ()))
    return Rows(bunch.data, bunch.target, features, classes)
