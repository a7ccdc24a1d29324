"""The weights of classes and of rows in a stand-alone script."""

from __future__ import annotations

from hiss.data.splits import load
from hiss.data.weights import class_weights
from hiss.experiment.spec import Experiment


def has_row_weights(experiment: Experiment) -> bool:
    """Return whether a column of the table weighs the rows."""
    return bool(experiment.data.arguments.get("weight"))


def is_balanced(experiment: Experiment) -> bool:
    """Return whether the script has to compute the weights of the classes."""
    return experiment.training.class_weight == "balanced"


def class_weight_lines(experiment: Experiment) -> list[str]:
    """Return the lines that weigh each class by how rare it is among the training rows."""
    if not is_balanced(experiment):
        return []
    one_hot = experiment.training.loss_name.lower().startswith("categorical")
    counts = "y_train.sum(axis=0)" if one_hot else "np.bincount(y_train)"
    weight = "len(y_train) / (len(counts) * each)"
    return [
        f"counts = {counts}",
        f"class_weight = {{number: {weight} for number, each in enumerate(counts)}}",
    ]


def fit_arguments(experiment: Experiment) -> list[str]:
    """Return the arguments of `fit` that weigh classes or rows."""
    if has_row_weights(experiment):
        return ["sample_weight=w_train"]
    chosen = experiment.training.class_weight
    if chosen is None:
        return []
    if chosen == "balanced":
        return ["class_weight=class_weight"]
    weights = dict(enumerate(class_weights(load(experiment.data), chosen)))
    return [f"class_weight={weights}"]
