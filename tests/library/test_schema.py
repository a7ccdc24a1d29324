from __future__ import annotations

import json
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from hiss.library import schema

FILES = sorted(Path(str(files("hiss.presets"))).rglob("*.toml"))
VALIDATOR = Draft7Validator(json.loads(schema.path().read_text(encoding="utf-8")))


def table() -> dict[str, Any]:
    file = schema.path().parent / "article" / "hidden-before.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def test_the_schema_is_up_to_date() -> None:
    written = schema.path().read_text(encoding="utf-8")
    assert written == schema.as_text(), "run python -m hiss.library.schema"


def test_the_schema_is_one() -> None:
    Draft7Validator.check_schema(schema.schema())


@pytest.mark.parametrize("file", FILES, ids=lambda each: f"{each.parent.name}/{each.stem}")
def test_every_preset_fulfils_the_schema_that_it_names(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.startswith("#:schema ../preset.schema.json\n")
    assert list(VALIDATOR.iter_errors(tomllib.loads(text))) == []


@pytest.mark.parametrize(
    ("where", "key", "value"),
    [
        ("layers", "stddev", 2),
        ("layers", "stdev", 0.1),
        ("layers", "class_name", "Lambda"),
        ("data", "nois", 0.1),
        ("data", "name", "make_circle"),
        ("training", "epochs", 0),
        ("training", "loss", "binary_crosentropy"),
    ],
)
def test_an_editor_marks_what_hiss_would_refuse(where: str, key: str, value: object) -> None:
    wrong = table()
    place = wrong["layers"][1] if where == "layers" else wrong[where]
    place[key] = value
    assert not VALIDATOR.is_valid(wrong)
