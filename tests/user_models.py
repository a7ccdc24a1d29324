"""The models of users in `tests/assets`, as experiments on the article's rows."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from hiss.experiment.user_model import UserModel, parse_insertion
from hiss.library.adaptation import with_user_model
from hiss.library.presets import find
from hiss.training.model_summary import Adopted, adopt_model

ASSETS = Path(__file__).parent / "assets"
EPOCHS = 5


def adopted(name: str, *noise: str, **options: Any) -> Adopted:
    """Fit experiments to a model: `nested`, `model_objects.py:model` or a path."""
    (baseline,) = find("article/baseline")
    training = baseline.training.model_copy(update={"epochs": EPOCHS})
    reference = str(ASSETS / (name if "." in name else f"models.py:{name}"))
    model = UserModel(reference=reference, noise=tuple(map(parse_insertion, noise)), **options)
    return adopt_model(with_user_model(baseline.model_copy(update={"training": training}), model))


def save(model: Any, path: Path) -> str:
    """Save a model; numpy 2 warns of how TensorFlow gives its values away."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
        model.save(path)
    return str(path)
