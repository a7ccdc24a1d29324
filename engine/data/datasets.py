"""The data sets: drawn by scikit-learn's generators and our own, bundled, or read from a table.

The arguments of a generator are scikit-learn's own, with its defaults but for `random_state`, which
is 0. The heavy libraries are imported when a data set is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hiss.data.arrays import Dataset
from hiss.data.tables.reading import Reading
from hiss.data.tables.selection import (
    DuplicateRows,
    MissingValues,
    PredictionTask,
    TableSelection,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray


def make_circles(
    n_samples: int = 100,
    noise: float = 0.0,
    factor: float = 0.8,
    random_state: int = 0,
) -> Dataset:
    """Draw two noisy concentric circles; class 1 is the inner one."""
    x, y = _draw(
        "make_circles",
        n_samples=n_samples,
        noise=noise,
        factor=factor,
        random_state=random_state,
    )
    return Dataset(x, y, _feature_names(2), ("outer", "inner"))


def make_moons(n_samples: int = 100, noise: float = 0.0, random_state: int = 0) -> Dataset:
    """Draw two noisy half circles that reach into each other."""
    x, y = _draw("make_moons", n_samples=n_samples, noise=noise, random_state=random_state)
    return Dataset(x, y, _feature_names(2), ("upper", "lower"))


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
) -> Dataset:
    """Draw normal clusters about the corners of a hypercube."""
    x, y = _draw(
        "make_classification",
        n_samples=n_samples,
        n_features=n_features,
        n_informative=n_informative,
        n_redundant=n_redundant,
        n_repeated=n_repeated,
        n_classes=n_classes,
        n_clusters_per_class=n_clusters_per_class,
        flip_y=flip_y,
        class_sep=class_sep,
        random_state=random_state,
    )
    return Dataset(x, y, _feature_names(n_features), tuple(map(str, range(n_classes))))


def make_friedman1(
    n_samples: int = 100,
    n_features: int = 10,
    noise: float = 0.0,
    random_state: int = 0,
) -> Dataset:
    """Draw Friedman's regression problem: 5 of the uniform features matter."""
    x, y = _draw(
        "make_friedman1",
        n_samples=n_samples,
        n_features=n_features,
        noise=noise,
        random_state=random_state,
    )
    return Dataset(x, y, _feature_names(n_features))


def noisy_sine(
    n_samples: int = 100,
    noise: float = 0.0,
    cycles: float = 2.0,
    random_state: int = 0,
) -> Dataset:
    """Draw y = sin(π · cycles · x) plus normal noise at uniform x in [-1, 1]."""
    import numpy as np

    generator = np.random.default_rng(random_state)
    x = generator.uniform(-1, 1, (n_samples, 1))
    y = np.sin(np.pi * cycles * x[:, 0]) + generator.normal(0, noise, n_samples)
    return Dataset(x, y, ("x",))


def two_frequencies(
    n_samples: int = 100,
    n_steps: int = 32,
    frequencies: Sequence[int] = (3, 5),
    amplitude: float = 1.0,
    noise: float = 0.0,
    random_state: int = 0,
) -> Dataset:
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
    return Dataset(x[:, :, None], y, _feature_names(1), names)


def load_iris() -> Dataset:
    """Read Fisher's irises: 150 flowers of 3 species, 4 lengths each."""
    return _load_bundled("load_iris")


def load_wine() -> Dataset:
    """Read 178 wines of 3 growers, 13 chemical measurements each."""
    return _load_bundled("load_wine")


def load_breast_cancer() -> Dataset:
    """Read 569 biopsies, malignant or benign, 30 measurements each."""
    return _load_bundled("load_breast_cancer")


def load_digits() -> Dataset:
    """Read 1,797 handwritten digits of 8×8 pixels, from 0 to 16."""
    return _load_bundled("load_digits")


def load_diabetes() -> Dataset:
    """Read 442 patients: 10 measurements and the progression of their diabetes in a year."""
    return _load_bundled("load_diabetes")


def table(
    path: str,
    target: str = "",
    features: Sequence[str] = (),
    predict: PredictionTask = "guess",
    drop: Sequence[str] = (),
    one_hot: Sequence[str] = (),
    ordinal: Sequence[str] = (),
    missing: MissingValues = "refuse",
    duplicates: DuplicateRows = "keep",
    group: str = "",
    test_path: str = "",
    delimiter: str = "",
    decimal: str = "",
    thousands: str = "",
    encoding: str = "",
    header: bool | None = None,
    comment: str = "",
    na_values: Sequence[str] = (),
    sheet: str = "",
    weight: str = "",
) -> Dataset:
    """Read your own rows from a text, NPZ, Parquet or Excel file."""
    from hiss.data.tables.rows import read_table

    return read_table(
        TableSelection(
            path=Path(path),
            target=target or None,
            features=tuple(features),
            drop=tuple(drop),
            one_hot=tuple(one_hot),
            ordinal=tuple(ordinal),
            predict=predict,
            missing=missing,
            duplicates=duplicates,
            group=group or None,
            test_path=Path(test_path) if test_path else None,
            reading=Reading(
                delimiter=delimiter,
                decimal=decimal,
                thousands=thousands,
                encoding=encoding,
                header=header,
                comment=comment,
                na_values=tuple(na_values),
                sheet=sheet,
            ),
            weight=weight or None,
        )
    )


def _draw(function: str, **arguments: int | float) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return features and targets drawn by one of scikit-learn's generators."""
    from sklearn import datasets

    x, y = getattr(datasets, function)(**arguments)
    return x, y


def _load_bundled(function: str) -> Dataset:
    """Read one of the data sets that scikit-learn brings along."""
    from sklearn import datasets

    bunch = getattr(datasets, function)()
    features = tuple(str(name) for name in bunch.feature_names)
    classes = tuple(str(name) for name in getattr(bunch, "target_names", ()))
    return Dataset(bunch.data, bunch.target, features, classes)


def _feature_names(count: int) -> tuple[str, ...]:
    return tuple(f"x{number}" for number in range(1, count + 1))
