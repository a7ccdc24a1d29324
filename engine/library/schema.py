"""Writes the JSON schema of the preset format, for editors: `python -m engine.schema`."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

from hiss.data.sources import SOURCES, Source
from hiss.data.tables.selection import Prediction
from hiss.experiment.spec import Experiment
from hiss.keras_names.lookup import classes, versions, words

Schema = dict[str, Any]
NEWEST = versions()[-1]
"""The version of Keras that the schema describes, whichever is installed."""
KINDS = (
    *("layers", "optimizers", "schedules", "initializers", "regularizers", "constraints"),
    "noise_schedules",
)
OF_ANNOTATION: Mapping[str, Schema] = {
    "int": {"type": "integer", "minimum": 0},
    "float": {"type": "number", "minimum": 0},
    "str": {"type": "string"},
    "Sequence[str]": {"type": "array", "items": {"type": "string"}},
    "Prediction": {"enum": list(get_args(Prediction))},
    "Sequence[int]": {"type": "array", "items": {"type": "integer", "minimum": 0}},
}


def schema() -> Schema:
    """Return the JSON schema that every preset file fulfils."""
    made = Experiment.model_json_schema()
    definitions: Schema = made.pop("$defs")
    for key in ("name", "model"):
        del made["properties"][key]
    for key in ("Insertion", "UserModel"):
        del definitions[key]
    del made["properties"]["layers"]["default"]
    made["required"] = ["title", "data", "layers", "training"]
    made["properties"]["layers"]["items"] = {"$ref": "#/$defs/layer"}
    _name_classes(definitions["Training"]["properties"])
    definitions["Data"] = _data(definitions["Data"])
    definitions.pop("Keras")
    definitions |= {
        "layer": _one_of(classes("layer", NEWEST).values()),
        "optimizer": _one_of(classes("optimizer", NEWEST).values()),
        "loss": _one_of(classes("loss", NEWEST).values()),
        **{kind: _kind(kind) for kind in (*KINDS, "activations")},
    }
    title = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "A hiss preset"}
    return {**made, **title, "$defs": definitions}


def _name_classes(training: Schema) -> None:
    names = words(NEWEST)["names"]
    text = {"type": "string", "enum": names["optimizers"]}
    training["optimizer"] = {"default": "adam", "anyOf": [text, {"$ref": "#/$defs/optimizer"}]}
    text = {"type": "string", "enum": names["losses"]}
    reference = {"$ref": "#/$defs/loss"}
    training["loss"] = {"default": "binary_crossentropy", "anyOf": [text, reference]}


def _one_of(tables: Iterable[Mapping[str, Any]]) -> Schema:
    return {"type": "object", "required": ["class_name"], "anyOf": list(tables)}


def _kind(kind: str) -> Schema:
    """Describe what stands for an object of Keras inside another's arguments."""
    accepted: list[Schema] = [{"type": "number"}] if kind == "schedules" else []
    if kind in words(NEWEST)["names"]:
        accepted.append({"type": "string", "enum": words(NEWEST)["names"][kind]})
    if kind in words(NEWEST):
        accepted.append(_nested(list(words(NEWEST)[kind])))
    return {"anyOf": accepted}


def _nested(classes: list[str]) -> Schema:
    return {
        "type": "object",
        "properties": {
            "module": {"type": "string"},
            "class_name": {"enum": classes},
            "registered_name": {"type": "string"},
            "config": {"type": "object"},
        },
        "required": ["class_name"],
        "additionalProperties": False,
    }


def _data(common: Schema) -> Schema:
    """Describe each data set with its own arguments beside those that all of them take."""
    return {
        "type": "object",
        "required": common["required"],
        "anyOf": [_source(name, source, common) for name, source in SOURCES.items()],
    }


def _source(name: str, source: Source, common: Schema) -> Schema:
    own = {key: _parameter(each) for key, each in source.parameters.items()}
    state = {"random_state": OF_ANNOTATION["int"]}
    return {
        "title": name,
        "type": "object",
        "description": inspect.getdoc(source.make),
        "properties": {**common["properties"], **state, **own, "name": {"const": name}},
        "required": common["required"],
        "additionalProperties": False,
    }


def _parameter(parameter: inspect.Parameter) -> Schema:
    described = OF_ANNOTATION[parameter.annotation]
    if parameter.default is parameter.empty:
        return dict(described)
    return {**described, "default": parameter.default}


def as_text() -> str:
    """Return the schema as JSON, ready to be written."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def path() -> Path:
    """Return where the schema stands, beside the groups of presets."""
    return Path(str(files("hiss.presets") / "preset.schema.json"))


if __name__ == "__main__":
    path().write_text(as_text(), encoding="utf-8")
