"""The script of a study prints the numbers of the study."""

from __future__ import annotations

import contextlib
import io
import threading

import pytest
from user_models import adopted

import hiss
from hiss.experiment.spec import Experiment, Study
from hiss.scripts.exact import exact_script
from hiss.studies.runner import run_study


def printed(script: str) -> str:
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        exec(compile(script, "exact", "exec"), {})
    return text.getvalue()


def without_time(table: str) -> list[str]:
    """The cells of the last row but the time, the last but one."""
    cells = table.strip().splitlines()[-1].split(" | ")
    return [*cells[:-2], cells[-1]]


@pytest.mark.parametrize(
    ("name", "mode", "metric"),
    [
        ("article/hidden-before", "article", None),
        ("article/baseline", "task", "roc_auc"),
        ("noise/weights", "article", None),
    ],
)
def test_a_script_of_a_preset_prints_what_hiss_does(name, mode, metric):
    (experiment,) = hiss.find(name)
    check(experiment, mode, metric)


def test_so_does_one_of_a_users_model_on_a_table():
    check(adopted("seeded", "dense:after:0.1").arms[-1], "task", "mcc")


def check(experiment: Experiment, mode, metric):
    experiment = hiss.override(experiment, ["training.epochs=8"])
    study = Study(arms=(experiment,), repeats=3, seed=5, mode=mode)
    result = run_study(study, lambda _: None, threading.Event())
    script = exact_script(experiment, seed=5, repeats=3, mode=mode, metric=metric)
    expected = hiss.to_markdown(result, metric and f"test_{metric}")
    assert without_time(printed(script)) == without_time(expected)


def test_no_description_ends_the_text_of_the_script():
    (baseline,) = hiss.find("article/baseline")
    text = "\"\"\" and ''' and \\n and {braces} and ü'"
    experiment = baseline.model_copy(update={"description": text, "title": text})
    scope: dict[str, str] = {}
    exec(exact_script(experiment, seed=1).partition("study =")[0], scope)
    assert scope["experiment"] == experiment


def test_a_score_that_there_will_not_be_is_refused():
    (baseline,) = hiss.find("article/baseline")
    with pytest.raises(hiss.EngineError, match="rmsee"):
        exact_script(baseline, seed=1, metric="rmsee")
