"""The training rows of a stand-alone script, their groups, and the weights of rows and classes."""

from __future__ import annotations

from hiss.data.splits import load
from hiss.data.weights import class_weights
from hiss.experiment.spec import Experiment


def has_row_weights(experiment: Experiment) -> bool:
    """Return whether a column of the table weighs the rows."""
    return bool(experiment.data.arguments.get("weight"))


def holds_out_groups(experiment: Experiment) -> bool:
    """Return whether whole groups of rows are held out for early stopping."""
    data, stops = experiment.data, experiment.training.early_stopping is not None
    return stops and data.has_groups and not data.keeps_order


def training_rows(experiment: Experiment) -> str:
    """Return the names of the arrays of the training rows, as a script unpacks them."""
    weights = ", w_train" if has_row_weights(experiment) else ""
    return f"x_train, y_train{weights}{', g_train' if holds_out_groups(experiment) else ''}"


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
