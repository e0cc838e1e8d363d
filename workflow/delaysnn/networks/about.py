"""The JSON that says of a network what its tool's file does not, such as time constants; no other key is taken."""

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from delaysnn.core.errors import InputError
from delaysnn.core.user_json import read_user_json


class Described(BaseModel):
    """What a reader asks for: the keys of its JSON, with the values that they take."""

    model_config = ConfigDict(extra="forbid", strict=True)


_Described = TypeVar("_Described", bound=Described)


def read_about(path: str, kind: type[_Described]) -> _Described:
    """Read a JSON and check it.

    Raises:
        InputError: it is missing or no JSON, or a key is missing, unknown or has another value than it takes.
    """
    found = read_user_json(path, f"it needs {_keys(kind)}")
    try:
        return kind.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the top level"
        if first["type"] == "extra_forbidden":
            raise InputError(f"{path}: has {where}, which is not read; the keys are {_keys(kind)}.") from None
        if first["type"] == "missing":
            raise InputError(f"{path}: has no {where}; the keys are {_keys(kind)}.") from None
        raise InputError(f"{path}: {where} is {first['input']!r}: {_lower(first['msg'])}.") from None


def _keys(kind: type[Described]) -> str:
    return ", ".join(kind.model_fields)


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
