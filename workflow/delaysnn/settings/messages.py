"""What pydantic finds wrong, in one sentence: the key, the value found, and what to write."""

import math
import re
from collections.abc import Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from delaysnn.settings.networks import Network, NetworkFile
from delaysnn.settings.section import Section
from delaysnn.settings.words import bounds, describe, options, show, unpack


def explain(error: ValidationError, model: type[Section]) -> str:
    """Return a sentence on the first unknown key, or else on the first wrong value."""
    found = error.errors(include_url=False)
    unknown = [each for each in found if each["type"] == "extra_forbidden"]
    return _explain_unknown(unknown, model) if unknown else _explain_value(found[0], model)


def _explain_unknown(errors: Sequence[ErrorDetails], model: type[Section]) -> str:
    path, annotation, _ = _follow(model, errors[0]["loc"][:-1])
    section = options(annotation)[0]
    where = ".".join(path) or "the top level"
    beside = [str(each["loc"][-1]) for each in errors if each["loc"][:-1] == errors[0]["loc"][:-1]]
    if section is NetworkFile and {*beside} <= {*Network.model_fields}:
        return (
            f"Configuration: {where} has a file and {', '.join(sorted(beside))}. Does config/config.yaml have a "
            f'network of that name? Write "{path[-1]}": null, and give the network of the file another name.'
        )
    known = ", ".join(section.model_fields)
    return f"Configuration: {where} has no key {', '.join(map(repr, sorted(beside)))}; the keys are {known}."


def _explain_value(error: ErrorDetails, model: type[Section]) -> str:
    *above, last = error["loc"]
    if last == "[key]":
        path, mapping, _ = _follow(model, above[:-1])
        return f"Configuration: {'.'.join(path)} has the key {above[-1]!r}; write {describe(get_args(mapping)[0])}."
    path, annotation, said = _follow(model, error["loc"])
    key = ".".join(path) or "the top level"
    if error["type"] == "missing":
        return f"Configuration: {key} is missing; write {describe(annotation, said)}."
    value = error["input"]
    advice = error["msg"] if error["type"] == "said" else _advice(value, annotation, said)
    return f"Configuration: {key} is {show(value)}; {advice or f'write {describe(annotation, said)}'}."


def _follow(model: Any, loc: Sequence[int | str]) -> tuple[list[str], Any, list[Any]]:
    """Return the path of a place as users know it, its type, and what is said of that."""
    path: list[str] = []
    said: list[Any] = []
    annotation = model
    for step in loc:
        several = [unpack(each) for each in options(annotation)]
        chosen = {getattr(each, "__name__", ""): (each, more) for each, more in several}.get(str(step))
        if chosen is not None and len(several) > 1:
            # Pydantic names which of several kinds it took this for.
            annotation, said = chosen
            continue
        path.append(str(step))
        inside = next(each for each, _ in several if each is not type(None))
        if get_origin(inside) in (dict, list):
            annotation, said = unpack(get_args(inside)[-1])
        else:
            field = inside.model_fields[str(step)]
            annotation, said = unpack(field.annotation, field.metadata)
    return path, annotation, said


def _advice(value: Any, wanted: Any, said: Sequence[Any]) -> str | None:
    """Return what to write where that is plain: a list of one, or a number or true that YAML reads as text."""
    kinds = [unpack(each)[0] for each in options(wanted)]
    if get_origin(wanted) is Literal:
        kinds = list(map(type, get_args(wanted)))
    if isinstance(value, float) and value.is_integer() and int in kinds:
        return f"write {int(value)}"
    if get_origin(wanted) is list and isinstance(value, str | int | float):
        if (least := bounds(said).get("min_length", 1)) > 1:
            return f"write a list of {least} in brackets"
        if isinstance(value, str) and not re.fullmatch(r"[\d.]+|https?://.+", value):
            return "write a list in brackets, without quotes and with commas between what is in it"
        return f"write [{value if isinstance(value, str) else show(value)}]"
    if type(value) is int and str in kinds and get_origin(wanted) is not Literal:
        return f'YAML reads that as a number, so write "{value}" in quotes'
    if not isinstance(value, str):
        return None
    if value.lower() in ("true", "false") and bool in kinds:
        return f"YAML reads that as text, so write {value.lower()} without quotes"
    if int in kinds or float in kinds:
        try:
            number = float(value)
        except ValueError:
            return None
        if math.isfinite(number) and (float in kinds or number.is_integer()):
            return f"YAML reads that as text, so write {_yaml_number(number)}"
    return None


def _yaml_number(number: float) -> str:
    """Return a number as YAML reads it: 1e-05 is text there, 1.0e-05 is none."""
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    text = repr(number)
    return text if "." in text else text.replace("e", ".0e")
