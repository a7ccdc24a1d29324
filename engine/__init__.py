"""Noise regularization in Keras: experiments, repeated trainings and their comparison.

Train the article's four networks five times each, and compare those with noise with the baseline::

    import threading, hiss

    arms = [hiss.override(arm, ["training.epochs=50"]) for arm in hiss.find("article")]
    study = hiss.Study(arms=arms, repeats=5, seed=1)
    result = hiss.run_study(study, lambda event: None, threading.Event())
    print(hiss.to_markdown(result))
    for comparison in hiss.compare(result):
        print(comparison.sentence)

The names below are imported when they are first used: `import hiss` alone loads neither
TensorFlow nor numpy.
"""

from __future__ import annotations

from importlib import import_module as _import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hiss.errors import EngineError
    from hiss.experiment.notation import dump, override, parse
    from hiss.experiment.spec import Experiment, Study
    from hiss.library.presets import find, load_presets
    from hiss.reports.export import to_csv, to_json, to_markdown
    from hiss.results.outcomes import Arm, Replicate, Result
    from hiss.scripts.script import script
    from hiss.studies.comparison import compare_all as compare
    from hiss.studies.runner import run_study
    from hiss.studies.verdicts import Comparison

    __version__: str

__all__ = [
    "Arm",
    "Comparison",
    "EngineError",
    "Experiment",
    "Replicate",
    "Result",
    "Study",
    "__version__",
    "compare",
    "dump",
    "find",
    "load_presets",
    "override",
    "parse",
    "run_study",
    "script",
    "to_csv",
    "to_json",
    "to_markdown",
]

_SOURCES = {
    "Arm": "results.outcomes.Arm",
    "Comparison": "studies.verdicts.Comparison",
    "EngineError": "errors.EngineError",
    "Experiment": "experiment.spec.Experiment",
    "Replicate": "results.outcomes.Replicate",
    "Result": "results.outcomes.Result",
    "Study": "experiment.spec.Study",
    "compare": "studies.comparison.compare_all",
    "dump": "experiment.notation.dump",
    "find": "library.presets.find",
    "load_presets": "library.presets.load_presets",
    "override": "experiment.notation.override",
    "parse": "experiment.notation.parse",
    "run_study": "studies.runner.run_study",
    "script": "scripts.script.script",
    "to_csv": "reports.export.to_csv",
    "to_json": "reports.export.to_json",
    "to_markdown": "reports.export.to_markdown",
}
"""Where each public name is defined, below `hiss`."""
_IMPORTS_KERAS = ("studies.runner",)
"""The modules among them that import Keras, whose environment has to be set before."""


if not TYPE_CHECKING:  # with it, type checkers would accept any name

    def __getattr__(name: str) -> object:
        """Import a public name when it is first used (PEP 562)."""
        if name == "__version__":
            from importlib.metadata import version

            return version("hiss")
        if name not in _SOURCES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module, _, attribute = _SOURCES[name].rpartition(".")
        if module in _IMPORTS_KERAS:
            _import_module(f"{__name__}.training.backend").import_tensorflow()
        value = getattr(_import_module(f"{__name__}.{module}"), attribute)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
