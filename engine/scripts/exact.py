"""A study of one experiment as a Python script that needs hiss and prints hiss's own numbers."""

from __future__ import annotations

from importlib.metadata import version
from textwrap import fill

from hiss.data.spec import Mode
from hiss.experiment.spec import Experiment, Study
from hiss.scripts.python_text import WIDTH, docstring, literal
from hiss.studies.comparison import check_metric

PACKAGES = ("hiss", "keras", "tensorflow")
"""Whose versions the numbers depend on."""


def exact_script(
    experiment: Experiment,
    *,
    seed: int,
    repeats: int = 1,
    mode: Mode = "article",
    metric: str | None = None,
) -> str:
    """Return a script that repeats a study of one experiment with hiss, and prints its table.

    Where `script` draws its own start weights, orders and noise, this has those of the study: on
    one machine with one set of versions its numbers are the study's, bit for bit.

    Args:
        experiment: on any data, of any layers or of the user's model.
        seed: of the study.
        repeats: of the study.
        mode: of the study.
        metric: the score to print, as `--metric` takes it; None for the usual ones.

    Raises:
        EngineError: if there is no such score.
    """
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    needs = f"This needs hiss. It was written for {versions}; others may round otherwise."
    title = f"{experiment.title.rstrip('.')}: the very numbers of hiss."
    paragraphs = (title, fill(experiment.description, WIDTH), fill(needs, WIDTH))
    table = experiment.model_dump_json(exclude_defaults=True, indent=2)
    table = table.replace("'''", r"\u0027\u0027\u0027")  # which would end the text below
    study = f"arms=(experiment,), repeats={repeats}, seed={seed}, mode={literal(mode)}"
    score = check_metric(Study(arms=(experiment,)), metric)
    shown = f", {literal(score)}" if score else ""
    return f"""\
{docstring(paragraphs)}

import threading

import hiss

EXPERIMENT = r'''
{table}
'''

experiment = hiss.Experiment.model_validate_json(EXPERIMENT)
study = hiss.Study({study})
result = hiss.run_study(study, lambda event: None, threading.Event())
print(hiss.to_markdown(result{shown}))
"""
