"""What the configuration's sections are made of: strict types that know their range, their unit and their words."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    ValidationInfo,
    field_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema


def refuse_alike(choices: Any, value: Any) -> Any:
    """Refuse what equals one of several choices and is none of them: 1 for true, 2.0 for 2; return all else."""
    if get_origin(choices) is Literal and type(value) not in map(type, get_args(choices)):
        raise PydanticCustomError("choice", "is none of the choices")
    return value


class Section(BaseModel):
    """Keys that belong together. The text below a key is its explanation in config/README.md."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True
    )

    @field_validator("*", mode="before")
    @classmethod
    def _same_type(cls, value: Any, info: ValidationInfo) -> Any:
        return refuse_alike(cls.model_fields[info.field_name or ""].annotation, value)


@dataclass(frozen=True)
class Unit:
    """What a number is counted in."""

    name: str


@dataclass(frozen=True)
class Words:
    """What a text has to be, where a pattern says so to machines alone."""

    text: str


@dataclass(frozen=True)
class OneOf:
    """Names to choose from, known only when the program runs: those of ``what``."""

    names: tuple[str, ...]
    what: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def check(value: str) -> str:
            if value not in self.names:
                raise PydanticCustomError("choice", "is none of the choices")
            return value

        return core_schema.no_info_after_validator_function(check, handler(source))


Item = TypeVar("Item", bound=Hashable)


def _distinct(values: list[Item]) -> list[Item]:
    for value in values:
        if values.count(value) > 1:
            raise PydanticCustomError("said", "{value} is there twice, so take one out", {"value": value})
    return values


def _ascending(pair: list[float]) -> list[float]:
    if pair[0] > pair[1]:
        raise PydanticCustomError("said", "write the lower bound first")
    return pair


def _increasing(values: list[float]) -> list[float]:
    if sorted(set(values)) != values:
        raise PydanticCustomError("said", "write each value once, the smallest first")
    return values


Distinct = AfterValidator(_distinct)
Ascending = AfterValidator(_ascending)
Increasing = AfterValidator(_increasing)

Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, lt=1)]
ShareRange = Annotated[list[Share], Field(min_length=2, max_length=2), Ascending]
DecayRange = Annotated[list[Annotated[float, Field(gt=0, lt=1)]], Field(min_length=2, max_length=2), Ascending]
Seconds = Annotated[float, Field(gt=0), Unit("s")]
Percent = Annotated[float, Field(ge=0), Unit("%")]
Count = Annotated[int, Field(ge=1)]
Steps = Annotated[int, Field(ge=1), Unit("time steps")]
Bits = Annotated[int, Field(ge=2, le=8), Unit("bits")]
Seed = Annotated[int, Field(ge=0, le=2**32 - 1)]
Seeds = Annotated[list[Seed], Field(min_length=1), Distinct]
Speaker = Annotated[int, Field(ge=0)]
Text = Annotated[str, Field(min_length=1)]
# Names are parts of paths, and braces in paths would be wildcards.
Name = Annotated[
    str,
    Field(pattern="^[A-Za-z0-9][A-Za-z0-9_-]*$"),
    Words("a name of letters, digits, _ and -, the first a letter or digit"),
]
PlainName = Annotated[str, Field(pattern="^[A-Za-z0-9]+$"), Words("a name of letters and digits alone")]
PathText = Annotated[str, Field(pattern="^[^{}]+$"), Words("a path without braces")]
