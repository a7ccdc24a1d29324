"""How a preset says which rows train and which test: a kind of split, a splitter, or folds.

Importing this module does not import scikit-learn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from hiss.errors import Problem, did_you_mean, expected, shown, unknown_key
from hiss.validation import refuse

SplitKind = Literal["random", "stratified", "ordered", "group"]
"""`random` and `stratified` as in `train_test_split`; `ordered` trains on the first rows; `group`
divides no group."""
SPLITTERS = (
    *("GroupKFold", "GroupShuffleSplit", "KFold", "LeaveOneGroupOut", "LeaveOneOut"),
    *("LeavePGroupsOut", "LeavePOut", "PredefinedSplit", "RepeatedKFold", "ShuffleSplit"),
    *("RepeatedStratifiedKFold", "StratifiedGroupKFold", "StratifiedKFold"),
    *("StratifiedShuffleSplit", "TimeSeriesSplit"),
)
"""The splitters of `sklearn.model_selection`."""
_FOLDS = r"([1-9]\d{0,3})x([1-9]\d{0,3})"


class Splitter(BaseModel):
    """A splitter of `sklearn.model_selection`, in the notation of a Keras object."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    class_name: str
    config: dict[str, Any] = {}
    """Arguments of its constructor."""

    @property
    def takes_groups(self) -> bool:
        """Whether it keeps groups together."""
        return "Group" in self.class_name


class Folds(NamedTuple):
    """Repeated k-fold cross-validation: every row tests once in each of its repeats."""

    repeats: int
    folds: int

    @property
    def total(self) -> int:
        """How many networks it trains."""
        return self.repeats * self.folds


def _check_split(value: object) -> object:
    if isinstance(value, str) and value in SPLITTERS:
        return {"class_name": value}
    if value is None or isinstance(value, Splitter) or value in get_args(SplitKind):
        return value
    if not isinstance(value, Mapping):
        kinds = ", ".join(get_args(SplitKind))
        refuse([expected("", f"one of {kinds}, or a splitter of sklearn.model_selection", value)])
    refuse(list(_splitter_problems(dict(value))))  # type: ignore[call-overload]
    return value


def _splitter_problems(table: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with the table of a splitter."""
    for key in table:
        if key not in Splitter.model_fields:
            yield unknown_key(str(key), Splitter.model_fields)
    name, config = table.get("class_name"), table.get("config", {})
    if name not in SPLITTERS:
        nearest = did_you_mean(str(name), SPLITTERS)
        text = f": {shown(name)} is not a splitter of sklearn.model_selection.{nearest}"
        yield Problem("class_name", text)
    if not isinstance(config, Mapping):
        yield expected("config", "a table of arguments", config)


def _check_folds(value: object) -> object:
    match = re.fullmatch(_FOLDS, value) if isinstance(value, str) else None
    if value is not None and (match is None or int(match[2]) < 2):
        refuse([expected("", 'REPEATSxFOLDS, such as "5x2" for 5 times 2-fold', value)])
    return value


_NULL = {"type": "null"}
_TABLE = {
    "type": "object",
    "properties": {"class_name": {"enum": list(SPLITTERS)}, "config": {"type": "object"}},
    "required": ["class_name"],
    "additionalProperties": False,
}
_NAMES = {"type": "string", "enum": [*get_args(SplitKind), *SPLITTERS]}
SplitBy = Annotated[
    SplitKind | Splitter | None,
    BeforeValidator(_check_split),
    WithJsonSchema({"anyOf": [_NAMES, _TABLE, _NULL]}),
]
CrossValidation = Annotated[
    str | None,
    BeforeValidator(_check_folds),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": f"^{_FOLDS}$"}, _NULL]}),
]


def folds(cv: str | None) -> Folds | None:
    """Return the repeats and folds of a checked text such as `5x2`."""
    return None if cv is None else Folds(*map(int, cv.split("x")))


def contradictions(
    *, split: SplitKind | Splitter | None, cv: str | None, shuffle: bool, group: bool, given: bool
) -> Iterator[Problem]:
    """Yield what cannot be asked for together.

    Args:
        split: the kind of split.
        cv: the folds.
        shuffle: whether rows are to be shuffled.
        group: whether there are groups.
        given: whether a file of its own holds the test rows.
    """
    ordered = split == "ordered" or isinstance(split, Splitter)
    name = split.class_name if isinstance(split, Splitter) else split
    if given and (split or cv or group or shuffle):
        yield Problem("test_path", ": test_path says which rows test; leave split, cv, group and "
                      "shuffle out.")  # fmt: skip
    if shuffle and ordered:
        yield Problem("shuffle", f": shuffle = true contradicts split = {name}; leave it out.")
    if cv and ordered:
        yield Problem("cv", f": cv divides the rows itself; leave split = {name} out.")
    grouped = split.takes_groups if isinstance(split, Splitter) else split in (None, "group")
    if group and not grouped:
        yield Problem("split", f": split = {name} would divide the groups; leave group out, or set "
                      'split = "group".')  # fmt: skip
    if not group and (split == "group" or (isinstance(split, Splitter) and split.takes_groups)):
        yield Problem("group", f" is missing: split = {name} needs the column that names groups, "
                      'or duplicates = "group" for groups of equal rows.')  # fmt: skip
