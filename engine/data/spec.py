"""A data set as a preset names it, with how it is split; the bases of all frozen values."""

from __future__ import annotations

import inspect
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
from hiss.errors import Problem, expected
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
    train_size: Size
    """Training rows."""
    test_size: Annotated[int | float | None, _SizeCheck] = None
    """Test rows; None tests on all rows that are not trained on."""
    shuffle: bool = False
    """Whether rows are shuffled before they are split, by `random_state` and with the classes in
    proportion; unshuffled, the first rows are the training rows."""
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
        schema.clear()
        schema["type"], schema["required"] = "object", required
        schema["anyOf"] = [
            {
                "title": name,
                "type": "object",
                "description": inspect.getdoc(source.make),
                "properties": {**properties, **source.json_schemas(), "name": {"const": name}},
                "required": required,
                "additionalProperties": False,
            }
            for name, source in SOURCES.items()
        ]
        return reference

    @property
    def row_shape(self) -> tuple[int, ...]:
        """Shape of one row's features; () where it depends on the file."""
        return self.shape or SOURCES[self.name].shape(self.arguments)

    def is_same_source(self, other: Data) -> bool:
        """Return whether another data set is made by the same function, or read from the same file.

        Their arguments and splits may differ.
        """
        return (self.name, self.arguments.get("path")) == (other.name, other.arguments.get("path"))
