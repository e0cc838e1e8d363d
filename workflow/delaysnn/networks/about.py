"""The JSON with settings that a tool's file lacks, such as time constants. Unknown keys are refused."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from delaysnn.core.errors import InputError
from delaysnn.core.user_json import read_user_json
from delaysnn.settings.section import Section
from delaysnn.settings.words import show

_Given = TypeVar("_Given", bound=Section)


def read_about(path: str, model: type[_Given], needs: str) -> _Given:
    """Read a JSON and check it.

    Args:
        path: of the JSON.
        model: its keys and the values that they may have.
        needs: what the JSON is for, for a message where it is missing.

    Raises:
        InputError: it is missing or not JSON, or a key is missing, unknown or has a value that it may not have.
    """
    return checked(model, read_user_json(path, needs), path)


def checked(model: type[_Given], value: Any, where: str, others: Collection[str] = ()) -> _Given:
    """Return what a JSON, or a part of it, holds.

    Args:
        model: its keys, with the values that they take.
        value: what was found.
        where: the file, and the part of it, for errors.
        others: further keys that are read elsewhere, for errors.

    Raises:
        InputError: naming the key and its value.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        above = _path(value, first["loc"][:-1])
        place = ".".join([*above, *map(str, first["loc"][-1:])])
        if first["type"] == "extra_forbidden":
            known = "" if above else f"; the keys are {', '.join([*model.model_fields, *others])}"
            raise InputError(f"{where} has {place!r}, which is not read here{known}.") from None
        if first["type"] == "missing":
            raise InputError(f"{where} has no {place}; add it.") from None
        key = ".".join(_path(value, first["loc"]))
        what = f"{key} is {show(first['input'])}" if key else f"holds {show(first['input'])}"
        raise InputError(f"{where}: {what}; {first['msg'][0].lower()}{first['msg'][1:]}.") from None


def _path(value: Any, loc: Sequence[int | str]) -> list[str]:
    """Return a place as its author knows it: pydantic names the kinds of a union, too."""
    found = []
    for step in loc:
        among = value if isinstance(value, Mapping) else dict(enumerate(value)) if isinstance(value, list) else {}
        if step in among:
            value = among[step]
            found.append(str(step))
    return found
