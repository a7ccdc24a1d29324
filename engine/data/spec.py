"""A data set as a preset names it: where its rows come from and how they are split."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, field_validator, model_validator

from hiss.data.sources import check_source
from hiss.errors import expected
from hiss.validation import refuse

Mode = Literal["article", "task"]
Count = Annotated[int, Strict(), Field(ge=1)]


class Frozen(BaseModel):
    """A value with named fields, immutable, that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Call(BaseModel):
    """A named thing of a library together with the arguments it is made with."""

    model_config = ConfigDict(frozen=True, extra="allow")

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments, by the library's own names."""
        return dict(self.__pydantic_extra__ or {})


class Data(Call):
    """A data set by the name of the function that makes or loads it, and how it is split.

    The other fields are that function's own arguments: `n_samples`, `noise`, `random_state` …
    """

    name: str
    train_size: int | float
    """Training rows: a count, or a fraction in (0, 1), as in `train_test_split`."""
    test_size: int | float | None = None
    """Test rows, likewise; None tests on all rows that do not train."""
    shuffle: bool = False
    """Whether rows are shuffled before they are split, by `random_state` and with the classes in
    proportion; unshuffled, the first rows train."""
    standardize: bool = False
    """Whether features are scaled to mean 0 and SD 1 of the training rows."""
    shape: tuple[Count, ...] | None = None
    """Shape that a row's features are given: `[8, 8, 1]` makes images of the digits."""
    label_noise: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Share of the training rows that are given another class, drawn anew for each replicate."""

    @field_validator("train_size", "test_size", mode="before")
    @classmethod
    def _size_is_count_or_fraction(cls, size: object) -> object:
        return checked_size(size)

    @model_validator(mode="after")
    def _source_takes_arguments(self) -> Data:
        refuse(check_source(self.name, self.arguments, tuple(Data.model_fields)))
        return self

    def has_rows_of(self, other: Data) -> bool:
        """Whether the rows come from where those of another data set do: a function, or a file."""
        return (self.name, self.arguments.get("path")) == (other.name, other.arguments.get("path"))


def checked_size(size: object) -> object:
    if size is not None and not _is_size(size):
        refuse([expected("", "a count of at least 1 or a fraction between 0 and 1", size)])
    return size


def _is_size(size: object) -> bool:
    match size:
        case bool():
            return False
        case int():
            return size >= 1
        case float():
            return 0 < size < 1
        case _:
            return False
