"""The part of a stand-alone script that scores the network by a function of scikit-learn."""

from __future__ import annotations

from hiss.data.arrays import Task
from hiss.errors import EngineError, did_you_mean
from hiss.results.metrics import score_named

PROBABILITIES = {"roc_auc": "roc_auc_score", "pr_auc": "average_precision_score",
                 "log_loss": "log_loss", "brier": "brier_score_loss"}  # fmt: skip
"""Metric → function of the targets and the probabilities."""
CALLS = {"balanced_accuracy": "balanced_accuracy_score", "f1": "f1_score",
         "mcc": "matthews_corrcoef"}  # fmt: skip
"""Metric → function of the targets and the classes that are called."""
ERRORS = {"rmse": "root_mean_squared_error", "mse": "mean_squared_error",
          "mae": "mean_absolute_error", "mape": "mean_absolute_percentage_error",
          "r2": "r2_score"}  # fmt: skip
"""Metric → function of the targets and the predicted quantities."""
OF_SEVERAL_CLASSES = {"f1": ', average="macro"', "roc_auc": ', multi_class="ovr"'}


def scoring(metric: str | None, task: Task) -> tuple[set[str], list[str]]:
    """Return the import lines and the last lines of a script that print one more test score.

    Nothing is printed for what the script prints anyway: accuracy, and RMSE.

    Args:
        metric: as `--metric` takes it; None for none.
        task: what is predicted.

    Raises:
        EngineError: if scikit-learn has no such function for the task.
    """
    name = "" if metric is None else score_named(metric).removeprefix("test_")
    quantity = task in ("regression", "reconstruction")
    if name in ("", "rmse" if quantity else "accuracy"):
        return set(), []
    known = ERRORS if quantity else PROBABILITIES | CALLS
    if name not in known or (task == "multiclass" and name == "brier"):
        raise EngineError(
            f"--metric: a script cannot print {metric} of a {task}.{did_you_mean(name, known)}",
            f"It can print {', '.join(known)}.",
        )
    function = known[name]
    lines = ["predicted = model.predict(x_test, verbose=0)"]
    targets, given = "y_test", "predicted"
    if name in CALLS:
        calls = "predicted.argmax(axis=1)" if task == "multiclass" else "predicted[:, 0] > 0.5"
        lines, given = [*lines, f"called = {calls}"], "called"
    elif task == "binary":
        given = "predicted[:, 0]"
    elif name == "pr_auc":
        targets = "keras.utils.to_categorical(y_test, predicted.shape[1])"
    elif task == "regression":
        given = "predicted[:, 0]"
    more = OF_SEVERAL_CLASSES.get(name, "") if task == "multiclass" else ""
    lines += [
        f"score = {function}({targets}, {given}{more})",
        f'print("Test {name}: %.3f" % score)',
    ]
    return {f"from sklearn.metrics import {function}"}, lines
