"""The TOML notation of an experiment: reading, writing, and setting single keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isinf
from typing import Any

from pydantic import BaseModel, ValidationError

from hiss.data.spec import Data
from hiss.data.split_spec import Splitter
from hiss.errors import PresetError, did_you_mean, escaped, is_plain, shown
from hiss.experiment.spec import Experiment, Plan, Published, Sweep
from hiss.experiment.toml_text import TomlError, parse_toml, unusable
from hiss.experiment.training import EarlyStopping, Training
from hiss.validation import describe

TABLES: Mapping[str, type[BaseModel]] = {
    "": Experiment,
    "published": Published,
    "study": Plan,
    "study.sweep": Sweep,
    "data": Data,
    "data.split": Splitter,
    "training": Training,
    "training.early_stopping": EarlyStopping,
}
FIELDS = {
    table: tuple(name for name in model.model_fields if (table, name) != ("", "name"))
    for table, model in TABLES.items()
}
"""The known keys of each table; layers, optimizers and data sets have further ones."""
MOST_DIGITS = 9
"""Of the number of a layer: Python refuses to read thousands of them."""
_EXAMPLE = "`hiss show article/baseline` prints a preset to start from."


def parse(text: str, source: str, name: str) -> Experiment:
    """Return the experiment that a preset's text describes.

    Args:
        text: TOML.
        source: name of the text in messages: its file.
        name: of the experiment.

    Raises:
        PresetError: with every problem of the text, a line each.
    """
    try:
        table = parse_toml(text)
    except TomlError as error:
        hint = "Text is in quotes; tables look like [data] and [[layers]]."
        raise PresetError(f"{source}: this is not TOML: {error}.", hint) from error
    if "model" in table:
        hint = "Name your model on the command line: --model FILE.py:NAME."
        raise PresetError(f"{source}: model is not a key: a preset runs no code.", hint)
    return _validate(table, source, name)


def dump(experiment: Experiment) -> str:
    """Return an experiment as TOML, which `parse` reads back as the same experiment."""
    import tomlkit

    document = tomlkit.document()
    for key, value in _without_defaults(experiment).items():
        document[key] = _layer_tables(value) if key == "layers" else value
    if "split" in document["data"]:
        document["data"]["split"] = _inline(experiment.model_dump()["data"]["split"])
    training = document["training"]
    for key in ("optimizer", "loss"):
        training[key] = _inline(experiment.training.model_dump()[key])
    return document.as_string()


def override(experiment: Experiment, assignments: Sequence[str]) -> Experiment:
    """Return the experiment with some keys set otherwise.

    Args:
        experiment: what to start from.
        assignments: each `training.epochs=10`, `layers.1.stddev=0.2`: a dotted key, layers by
            number from 0, and a TOML value; text may go without its quotes.

    Raises:
        PresetError: if a key is not known or its value will not do.
    """
    values = [(f"--set {one}", *_parsed(one)) for one in assignments]
    return _changed(experiment, values, f"--set {' '.join(assignments)}")


def with_values(experiment: Experiment, values: Mapping[str, Any]) -> Experiment:
    """Return the experiment with some keys set to other values, validated once.

    Args:
        experiment: what to start from.
        values: by dotted key, layers by number from 0: `{"layers.1.stddev": 0.2}`.

    Raises:
        PresetError: if a key is not known or its value is refused.
    """
    named = [(experiment.name, key, value) for key, value in values.items()]
    return _changed(experiment, named, experiment.name)


def parse_value(text: str) -> Any:
    """Return the value that a text has in TOML; a text without quotes is itself."""
    try:
        return parse_toml(f"value = {text}")["value"]
    except TomlError:
        return _number(text)


def _layer_tables(layers: Sequence[Mapping[str, Any]]) -> Any:
    import tomlkit

    tables = tomlkit.aot()
    for layer in layers:
        tables.append(tomlkit.item({key: _inline(value) for key, value in layer.items()}))
    return tables


def _inline(value: Any) -> Any:
    """Return a table on one line: `{class_name = "L2", config = {l2 = 0.01}}`."""
    import tomlkit

    if not isinstance(value, Mapping):
        return value
    table = tomlkit.inline_table()
    table.update({key: _inline(inner) for key, inner in value.items()})
    return table


def _without_defaults(experiment: Experiment) -> dict[str, Any]:
    table = experiment.model_dump(mode="json", exclude={"name"}, exclude_defaults=True)
    training = experiment.training.model_dump(mode="json", exclude_none=True)
    return {**table, "training": training}


def _changed(
    experiment: Experiment, values: Sequence[tuple[str, str, Any]], source: str
) -> Experiment:
    """Set keys to values, each with the start of its messages; `source` starts all others."""
    if not values:
        return experiment
    network = {"model"} if experiment.model is None else {"layers"}
    table = experiment.model_dump(mode="json", exclude={"name", *network})
    for name, key, value in values:
        _assign(table, key, value, name)
    return _validate(table, source, experiment.name)


def _parsed(assignment: str) -> tuple[str, Any]:
    key, equals, text = assignment.partition("=")
    if not is_plain(assignment):
        raise PresetError(f"--set {escaped(assignment)}: expected text without control characters.")
    if not (equals and key.strip()):
        raise PresetError(
            f"--set {assignment}: expected KEY=VALUE, received {shown(assignment)}.",
            "For example --set training.epochs=10 or --set layers.1.stddev=0.2.",
        )
    return key.strip(), parse_value(text.strip())


def _assign(table: dict[str, Any], key: str, value: Any, name: str) -> None:
    *path, last = key.split(".")
    place: Any = table
    for part in path:
        place = _child(place, part, name)
    if isinstance(place, list):
        place[_position(place, last, name)] = value
    elif isinstance(place, dict):
        place[last] = value
    else:
        raise PresetError(f"{name}: {'.'.join(path)} is a value, not a table.")


def _child(place: Any, part: str, name: str) -> Any:
    if isinstance(place, list):
        return place[_position(place, part, name)]
    if not isinstance(place, dict) or part not in place:
        known = place if isinstance(place, dict) else ()
        raise PresetError(f"{name}: {part} is not a key.{did_you_mean(part, known)}")
    if place[part] is None:
        place[part] = {}
    return place[part]


def _position(entries: Sequence[Any], part: str, name: str) -> int:
    if not (part.isdecimal() and len(part) < MOST_DIGITS and int(part) < len(entries)):
        raise PresetError(
            f"{name}: expected a number from 0 to {len(entries) - 1}, received {shown(part)}.",
            "Layers are counted from 0.",
        )
    return int(part)


def _number(text: str) -> Any:
    """Read `.1`, which is not a number in TOML; any other text stays text, too many digits too."""
    try:
        number = float(text)
    except ValueError:
        return text
    return text if isinf(number) and any(map(str.isdecimal, text)) else number


def _validate(table: Mapping[str, Any], source: str, name: str) -> Experiment:
    if "name" in table:
        hint = "A preset is named by its file; give it a `title`."
        raise PresetError(f"{source}: name is not a key.", hint)
    if found := unusable(table):
        raise PresetError("\n".join(f"{source}: {key}{text}" for key, text in found))
    try:
        return Experiment.model_validate({**table, "name": name})
    except ValidationError as error:
        lines = [f"{source}: {line}" for line in describe(error, FIELDS)]
        raise PresetError("\n".join(lines), _EXAMPLE) from error
