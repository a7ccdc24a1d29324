"""What can be named in a preset, by the JSON schema: Keras' classes and data sets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

Schema = Mapping[str, Any]

NOISE = ("GaussianNoise", "Dropout", "GaussianDropout", "AlphaDropout", "SpatialDropout1D",
         "SpatialDropout2D", "WeightNoise")  # fmt: skip
"""Layers that add noise while a network trains, the most usual first."""
STARTS: Mapping[str, Any] = {
    "stddev": 0.1,
    "rate": 0.2,
    "units": 100,
    "filters": 32,
    "kernel_size": 3,
    "activation": "relu",
    "scale": 1.0,
    "n": 2,
    "layer": {"class_name": "Dense", "config": {"units": 100}},
}
"""Values that a new layer's required arguments begin with."""


@cache
def definitions() -> Schema:
    """Return the schema's parts by name, the file's own keys under an empty one."""
    from engine.schema import path

    whole: dict[str, Any] = json.loads(path().read_text(encoding="utf-8"))
    return {**whole["$defs"], "": whole}


def classes(kind: str) -> Mapping[str, Schema]:
    """Return the schemas of Keras' classes by name: of `layer`, `optimizer` or `loss`."""
    return {each["title"]: each for each in definitions()[kind]["anyOf"]}


def class_of(kind: str, name: str) -> str:
    """Return the class that a name stands for: `BinaryCrossentropy`; empty if there is none."""
    plain = name.replace("_", "").lower()
    return next((each for each in classes(kind) if each.lower() == plain), "")


def new_layer(class_name: str) -> dict[str, Any]:
    """Return a layer's table with values to start from for the arguments that it needs."""
    schema = classes("layer").get(class_name, {})
    needed = [name for name in schema.get("required", ()) if name in STARTS]
    return {"class_name": class_name, **{name: STARTS[name] for name in needed}}


def takes(kind: str, class_name: str, argument: str) -> bool:
    """Whether a class has an argument; of a class that is not known, anything is believed."""
    schema = classes(kind).get(class_name)
    return schema is None or argument in schema["properties"]


def sources() -> Mapping[str, Schema]:
    """Return the schemas of data sets by name."""
    return {each["title"]: each for each in definitions()["Data"]["anyOf"]}
