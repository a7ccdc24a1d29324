"""What the console remembers as JSON, which may have been written by anyone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from hiss.tui.state.choices import Choice
from hiss.tui.state.memory import MOST_OPENED, Memory
from hiss.tui.state.models import WEIGHTS, ModelChoice
from hiss.tui.state.settings import LARGEST_SEED, MOST_REPEATS
from hiss.tui.state.view import View

if TYPE_CHECKING:
    from hiss.data.spec import Mode
    from hiss.data.tables.selection import PredictionTask
    from hiss.experiment.user_model import Weights
    from hiss.tui.state.view import BandKind, Quantity

SCHEMA = 1
"""The format; a change that earlier versions would misread raises it."""


class NewerMemory(ValueError):
    """A later version of hiss has written the JSON."""


def dumps(memory: Memory) -> str:
    """Return what is remembered as JSON."""
    view = memory.view
    table = {
        "schema": SCHEMA,
        "theme": memory.theme,
        "screen": memory.screen,
        "seed": memory.seed,
        "repeats": memory.repeats,
        "declared": memory.declared,
        "mode": memory.mode,
        "recording": memory.recording,
        "quantity": view.quantity,
        "band": view.band,
        "smooth": view.smooth,
        "training": view.training,
        "every": view.every,
        "strips": view.strips,
        "highlighted": memory.highlighted,
        "marked": memory.marked,
        "compared": memory.compared,
        "swept": memory.swept,
        "opened": [_file_table(choice) for choice in memory.opened],
        "models": [_model_table(choice) for choice in memory.models],
    }
    return f"{json.dumps(table, indent=1)}\n"


def loads(text: str) -> Memory:
    """Return what JSON remembers; keys that are missing have their usual values.

    Raises:
        NewerMemory: A later version of hiss has written it.
        ValueError: It is no such JSON; the message says why.
    """
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"expected JSON: {error}") from error
    table = _Table(values)
    if (schema := table.number("schema", 1, 2**31, usual=0)) > SCHEMA:
        raise NewerMemory(f"its schema is {schema}, and this version of hiss knows {SCHEMA}")
    return Memory(
        theme=table.text("theme"),
        screen=table.text("screen", usual="lab"),
        seed=table.number("seed", 0, LARGEST_SEED, usual=1),
        repeats=table.number("repeats", 0, MOST_REPEATS, usual=0),
        declared=table.number("declared", 1, MOST_REPEATS, usual=30),
        mode=cast("Mode | None", table.one_of("mode", None, "article", "task")),
        recording=cast("bool", table.one_of("recording", False, True)),
        view=_view(table),
        highlighted=table.text("highlighted"),
        marked=table.texts("marked"),
        compared=table.texts("compared"),
        swept=table.text("swept"),
        opened=tuple(map(_choice, table.items("opened")[-MOST_OPENED:])),
        models=tuple(map(_model_choice, table.items("models")[-MOST_OPENED:])),
    )


def _view(table: _Table) -> View:
    return View(
        quantity=cast("Quantity", table.one_of("quantity", "accuracy", "loss")),
        band=cast("BandKind", table.one_of("band", "sd", "ci95")),
        smooth=cast("bool", table.one_of("smooth", False, True)),
        training=cast("bool | None", table.one_of("training", None, False, True)),
        every=cast("bool", table.one_of("every", False, True)),
        strips=cast("bool", table.one_of("strips", False, True)),
    )


def _choice(value: object) -> Choice:
    table = _Table(value)
    predict = table.one_of("predict", "guess", "classification", "regression", "reconstruct")
    return Choice(
        path=Path(table.text("path")),
        target=table.text("target") or None,
        drop=frozenset(table.texts("drop")),
        one_hot=frozenset(table.texts("one_hot")),
        predict=cast("PredictionTask", predict),
        options=tuple(sorted(table.scalars("options").items())),
    )


def _file_table(choice: Choice) -> dict[str, Any]:
    return {
        "path": str(choice.path),
        "target": choice.target or "",
        "drop": sorted(choice.drop),
        "one_hot": sorted(choice.one_hot),
        "predict": choice.predict,
        "options": dict(choice.options),
    }


def _model_choice(value: object) -> ModelChoice:
    table = _Table(value)
    return ModelChoice(
        reference=table.text("reference"),
        data=table.text("data"),
        noise=table.texts("noise"),
        weights=cast("Weights | None", table.one_of("weights", *WEIGHTS)),
    )


def _model_table(choice: ModelChoice) -> dict[str, Any]:
    return {
        "reference": choice.reference,
        "data": choice.data,
        "noise": list(choice.noise),
        "weights": choice.weights,
    }


class _Table:
    """A JSON object whose values are checked when they are taken out."""

    def __init__(self, values: object) -> None:
        if not isinstance(values, dict):
            raise ValueError(f"expected an object, received {_short(values)}")
        self.values: dict[str, object] = values

    def number(self, key: str, least: int, most: int, *, usual: int) -> int:
        """Return a whole number within bounds."""
        value = self.values.get(key, usual)
        if type(value) is int and least <= value <= most:
            return value
        raise ValueError(f"`{key}`: expected {least} to {most}, received {_short(value)}")

    def one_of(self, key: str, *allowed: object) -> object:
        """Return one of some values, of which the first is the usual one."""
        value = self.values.get(key, allowed[0])
        if any(type(value) is type(each) and value == each for each in allowed):
            return value
        raise ValueError(f"`{key}`: expected one of {allowed}, received {_short(value)}")

    def text(self, key: str, *, usual: str = "") -> str:
        """Return a text."""
        return _text(key, self.values.get(key, usual))

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts."""
        return tuple(_text(key, each) for each in self.items(key))

    def scalars(self, key: str) -> dict[str, object]:
        """Return an object of plain values and lists of texts, which become tuples."""
        values = self.values.get(key, {})
        if not isinstance(values, dict):
            raise ValueError(f"`{key}`: expected an object, received {_short(values)}")
        return {name: _plain(f"{key}.{name}", value) for name, value in values.items()}

    def items(self, key: str) -> list[object]:
        """Return a list."""
        value = self.values.get(key, [])
        if isinstance(value, list):
            return value
        raise ValueError(f"`{key}`: expected a list, received {_short(value)}")


def _text(key: str, value: object) -> str:
    if isinstance(value, str):
        return value
    raise ValueError(f"`{key}`: expected a text, received {_short(value)}")


def _plain(key: str, value: object) -> object:
    if isinstance(value, list):
        return tuple(_plain(key, each) for each in value)
    if isinstance(value, str | bool | int | float):
        return value
    raise ValueError(f"`{key}`: expected a plain value, received {_short(value)}")


def _short(value: object) -> str:
    try:
        return f"{value!r:.40}"
    except (ValueError, RecursionError):  # a number of very many digits, very many brackets
        return "something else"
