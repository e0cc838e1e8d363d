"""What a key's type means in words: for the table of config/README.md, and for whoever wrote something else."""

import types
from collections.abc import Iterable
from functools import partial
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from delaysnn.settings.section import OneOf, Unit, Words

_BOUNDS = ("gt", "ge", "lt", "le", "min_length", "max_length")
_PLAIN = {bool: "true or false", str: "text", type(None): "null"}


def unpack(annotation: Any, said: Iterable[Any] = ()) -> tuple[Any, list[Any]]:
    """Return a bare type, and all that its annotations say of it."""
    said = list(said)
    while get_origin(annotation) is Annotated:
        annotation, *more = get_args(annotation)
        said += [part for each in more for part in (each.metadata if isinstance(each, FieldInfo) else [each])]
    return annotation, said


def options(annotation: Any) -> list[Any]:
    """Return the types that a union is of, or the one type."""
    return list(get_args(annotation)) if get_origin(annotation) in (Union, types.UnionType) else [annotation]


def bounds(said: Iterable[Any]) -> dict[str, Any]:
    """Return the bounds of a number, or of a list's length, by pydantic's names for them."""
    return {name: getattr(part, name) for part in said for name in _BOUNDS if hasattr(part, name)}


def describe(annotation: Any, said: Iterable[Any] = (), listed: bool = True) -> str:
    """Return what a key takes, such as "a whole number from 2 to 8, in bits".

    Args:
        annotation: its type.
        said: what else is known of it.
        listed: whether names known only now are listed, or called by what they name.
    """
    annotation, said = unpack(annotation, said)
    inside = partial(describe, listed=listed)
    for part in said:
        if isinstance(part, Words):
            return part.text
        if isinstance(part, OneOf):
            return _choice(part.names) if listed else part.what
    if len(several := options(annotation)) > 1:
        return ", or ".join(map(inside, several))
    if get_origin(annotation) is Literal:
        return _choice(get_args(annotation))
    if get_origin(annotation) is dict:
        return "by name ({}): {}".format(*map(inside, get_args(annotation)))
    limits = bounds(said)
    if get_origin(annotation) is list:
        least, most = limits.get("min_length"), limits.get("max_length")
        at_least = f" of {'one' if least == 1 else least} or more" if least else ""
        how_many = f" of {least}" if most else at_least
        return f"a list{how_many}, each {inside(*get_args(annotation))}"
    if annotation in (int, float):
        unit = "".join(f", in {part.name}" for part in said if isinstance(part, Unit))
        return f"{'a whole number' if annotation is int else 'a number'}{_range(**limits)}{unit}"
    return _PLAIN.get(annotation, "the keys below it")


def show(value: Any) -> str:
    """Return a value as a message shows it: true, false and null as YAML has them, the rest shortened."""
    text = str(value).lower() if isinstance(value, bool) else "null" if value is None else repr(value)
    return text if len(text) <= 120 else f"{text[:100]}..."


def _choice(names: Iterable[Any]) -> str:
    shown = [name if isinstance(name, str) else show(name) for name in names]
    return shown[0] if len(shown) == 1 else f"one of {', '.join(shown)}"


def _range(gt: float | None = None, ge: float | None = None, lt: float | None = None, le: float | None = None) -> str:
    if gt is not None:
        return f" above {gt}" if lt is None else f" between {gt} and {lt}"
    if le is not None:
        return f" from {ge} to {le}"
    return f" from {ge} to below {lt}" if lt is not None else f", {ge} or more"
