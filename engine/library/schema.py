"""The JSON schema of the preset format, for editors; `python -m hiss.library.schema` writes it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from hiss.experiment.spec import Experiment
from hiss.keras_names.lookup import classes, versions, words

Schema = dict[str, Any]
NEWEST = versions()[-1]
"""The version of Keras that the schema describes, whichever is installed."""
KINDS = (
    *("layers", "optimizers", "schedules", "initializers", "regularizers", "constraints"),
    *("noise_schedules", "activations"),
)
"""Kinds of Keras objects that can be arguments of others."""


def schema() -> Schema:
    """Return the JSON schema that every preset file fulfils."""
    made = Experiment.model_json_schema()
    definitions: Schema = made.pop("$defs")
    del definitions["Keras"]
    made["properties"]["layers"]["items"] = {"$ref": "#/$defs/layer"}
    training = definitions["Training"]["properties"]
    training["optimizer"] = _named("optimizer", training["optimizer"]["default"])
    training["loss"] = _named("loss", training["loss"]["default"])
    definitions |= {
        **{
            kind: _one_of(classes(kind, NEWEST).values()) for kind in ("layer", "optimizer", "loss")
        },
        **{kind: _kind(kind) for kind in KINDS},
    }
    title = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "A hiss preset"}
    return {**made, **title, "$defs": definitions}


def as_text() -> str:
    """Return the schema as the JSON text of its file."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def path() -> Path:
    """Return the schema's file, beside the groups of presets."""
    return Path(str(files("hiss.presets") / "preset.schema.json"))


def _named(kind: str, default: str) -> Schema:
    """Describe a Keras object of a training: a name, or a table with arguments."""
    names = {
        "type": "string",
        "enum": words(NEWEST)["names"]["losses" if kind == "loss" else f"{kind}s"],
    }
    return {"default": default, "anyOf": [names, {"$ref": f"#/$defs/{kind}"}]}


def _one_of(tables: Iterable[Mapping[str, Any]]) -> Schema:
    return {"type": "object", "required": ["class_name"], "anyOf": list(tables)}


def _kind(kind: str) -> Schema:
    """Describe a Keras object among another's arguments: a number, a name or a table."""
    accepted: list[Schema] = [{"type": "number"}] if kind == "schedules" else []
    if kind in words(NEWEST)["names"]:
        accepted.append({"type": "string", "enum": words(NEWEST)["names"][kind]})
    if kind in words(NEWEST):
        accepted.append(_nested(list(words(NEWEST)[kind])))
    return {"anyOf": accepted}


def _nested(class_names: list[str]) -> Schema:
    return {
        "type": "object",
        "properties": {
            "module": {"type": "string"},
            "class_name": {"enum": class_names},
            "registered_name": {"type": "string"},
            "config": {"type": "object"},
        },
        "required": ["class_name"],
        "additionalProperties": False,
    }


if __name__ == "__main__":
    path().write_text(as_text(), encoding="utf-8")
