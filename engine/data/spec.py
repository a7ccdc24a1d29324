"""A data set as a preset names it, with how it is split; the bases of all frozen values."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    Strict,
    model_validator,
)
from pydantic_core import CoreSchema

from hiss.data.sources import SOURCES, check_source
from hiss.data.split_spec import (
    CrossValidation,
    Folds,
    SplitBy,
    SplitKind,
    Splitter,
    contradictions,
    folds,
)
from hiss.errors import MISSING, Problem, expected
from hiss.validation import refuse

Mode = Literal["article", "task"]
"""What differs between replicates. `article`: weights and noise, on the same rows. `task`: the
training rows too."""
Count = Annotated[int, Strict(), Field(ge=1)]


class Frozen(BaseModel):
    """An immutable value with named fields that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Call(BaseModel):
    """A function or class of a library, by its name, with the arguments of its call."""

    model_config = ConfigDict(frozen=True, extra="allow")

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments, by the library's own names."""
        return dict(self.__pydantic_extra__ or {})


def _check_size(size: object) -> object:
    match size:
        case int() if size >= 1 and not isinstance(size, bool):
            return size
        case float() if 0 < size < 1:
            return size
        case None:
            return size
    refuse([expected("", "a count of at least 1 or a fraction between 0 and 1", size)])
    return size


_SizeCheck = BeforeValidator(_check_size)
Size = Annotated[int | float, _SizeCheck]
"""A number of rows: a count, or a fraction in (0, 1), as in `train_test_split`."""


class Data(Call):
    """A data set by the name of the function that makes or loads it, and how it is split.

    The other fields are that function's own arguments: `n_samples`, `noise`, `random_state` …
    """

    name: str
    train_size: Annotated[int | float | None, _SizeCheck] = None
    """Training rows; not needed, and not used, with `cv`, with a splitter and where a file says
    which rows test."""
    test_size: Annotated[int | float | None, _SizeCheck] = None
    """Test rows; None tests on all rows that are not trained on."""
    shuffle: bool = False
    """Whether rows are shuffled before they are split, by `random_state` and with the classes in
    proportion; unshuffled, the first rows are the training rows."""
    split: SplitBy = None
    """How rows are split: `random`, `stratified` by class, `ordered`, `group`, or a splitter of
    scikit-learn; None is `group` where a column names groups, and else as `shuffle` says."""
    cv: CrossValidation = None
    """Cross-validation of a table in task mode: `"5x2"` repeats 2-fold cross-validation 5 times."""
    standardize: bool = False
    """Whether features are scaled to mean 0 and SD 1 of the training rows."""
    shape: tuple[Count, ...] | None = None
    """Shape of a row's features: `[8, 8, 1]` makes images of the digits."""
    reconstruct: bool = False
    """Whether the features themselves are to be predicted, as by an autoencoder: each row's
    prepared features, flattened. Of a table: `predict = "reconstruct"`."""
    label_noise: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Fraction of the training labels changed to another class, drawn for each replicate."""

    @model_validator(mode="after")
    def _source_takes_arguments(self) -> Data:
        refuse(check_source(self.name, self.arguments, tuple(Data.model_fields)))
        return self

    @model_validator(mode="after")
    def _split_is_possible(self) -> Data:
        refuse(list(self._split_problems()))
        return self

    def _split_problems(self) -> Iterator[Problem]:
        yield from contradictions(
            split=self.split,
            cv=self.cv,
            shuffle=self.shuffle,
            group=self.has_groups,
            given=bool(self.arguments.get("test_path")),
        )
        if self.draws_folds and SOURCES[self.name].kind != "table":
            key, what = ("cv", "cross-validation") if self.cv else ("split", "a splitter")
            yield Problem(key, f": {self.name} draws other rows for each repeat; {what} is for "
                          "tables.")  # fmt: skip
        if self.train_size is None and not (self.draws_folds or self._may_name_test_rows):
            yield Problem("train_size", MISSING)

    @property
    def has_groups(self) -> bool:
        """Whether a column names groups, or equal rows are groups."""
        return bool(self.arguments.get("group")) or self.arguments.get("duplicates") == "group"

    @property
    def _may_name_test_rows(self) -> bool:
        """Whether a file may say which rows test."""
        path = str(self.arguments.get("path", ""))
        return bool(self.arguments.get("test_path")) or path.lower().endswith(".npz")

    @model_validator(mode="after")
    def _table_says_what_it_predicts(self) -> Data:
        if self.reconstruct and self.name == "table":
            refuse([Problem("reconstruct", ': of a table, write predict = "reconstruct".')])
        return self

    @property
    def reconstructs(self) -> bool:
        """Whether the features themselves are to be predicted."""
        return self.reconstruct or self.arguments.get("predict") == "reconstruct"

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe each data set by its own arguments beside those that all of them take."""
        reference = handler(core_schema)
        schema = handler.resolve_ref_schema(reference)
        properties, required = schema["properties"], schema["required"]
        drawn = {key: each for key, each in properties.items() if key != "cv"}
        schema.clear()
        schema["type"], schema["required"] = "object", required
        schema["anyOf"] = [
            {
                "title": name,
                "type": "object",
                "description": inspect.getdoc(source.make),
                "properties": {
                    **(properties if source.kind == "table" else drawn),
                    **source.json_schemas(),
                    "name": {"const": name},
                },
                "required": required if source.kind == "table" else [*required, "train_size"],
                "additionalProperties": False,
            }
            for name, source in SOURCES.items()
        ]
        return reference

    @property
    def split_by(self) -> SplitKind | Splitter | Literal["shuffled"]:
        """How rows are split; `shuffled` is `stratified` where there are classes."""
        if self.split is not None:
            return self.split
        if self.has_groups:
            return "group"
        return "shuffled" if self.shuffle else "ordered"

    @property
    def folds(self) -> Folds | None:
        """The folds of its cross-validation, if there is one."""
        return folds(self.cv)

    @property
    def draws_folds(self) -> bool:
        """Whether one seed fixes several splits: those of cross-validation or of a splitter."""
        return self.cv is not None or isinstance(self.split, Splitter)

    @property
    def keeps_order(self) -> bool:
        """Whether its rows are stated to be in order, as those of a time series."""
        in_time = isinstance(self.split, Splitter) and self.split.class_name == "TimeSeriesSplit"
        return in_time or self.split == "ordered"

    def split_number(self, replicate: int) -> tuple[int, int]:
        """Return which seed splits the rows of a replicate, and which of its splits is meant.

        Replicates of a plain split have a seed each. Those of cross-validation share one with the
        other folds of their repeat; those of a splitter share one.
        """
        if not self.draws_folds:
            return replicate, 0
        return divmod(replicate, self.folds.folds) if self.folds else (0, replicate)

    @property
    def row_shape(self) -> tuple[int, ...]:
        """Shape of one row's features; () where it depends on the file."""
        return self.shape or SOURCES[self.name].shape(self.arguments)

    def is_same_source(self, other: Data) -> bool:
        """Return whether another data set is made by the same function, or read from the same file.

        Their arguments and splits may differ.
        """
        return (self.name, self.arguments.get("path")) == (other.name, other.arguments.get("path"))
