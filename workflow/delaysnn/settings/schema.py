"""The configuration against its schema: what is wrong, and what to write, in a sentence."""

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema

from delaysnn.core.errors import InputError
from delaysnn.core.yaml_file import read_yaml


def _is_whole(_: Any, value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


# JSON Schema takes 2.0 for an integer, but nothing can be repeated 2.0 times.
_Validator = jsonschema.validators.extend(
    jsonschema.Draft202012Validator,
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_whole),
)


def check_schema(config: Mapping[str, Any], schema: Path) -> None:
    """Check keys, types and ranges.

    Raises:
        InputError: naming the key, the value found and what to write.
    """
    validator = _Validator(read_yaml(schema))
    error = jsonschema.exceptions.best_match(validator.iter_errors(config))
    if error is not None:
        raise InputError(_sentence(error))


def _sentence(error: jsonschema.ValidationError) -> str:
    key = ".".join(map(str, error.absolute_path)) or "the top level"
    if error.validator == "additionalProperties":
        unknown = sorted(set(error.instance) - set(error.schema.get("properties", {})))
        known = ", ".join(error.schema.get("properties", {}))
        if len(error.absolute_path) == 2 and error.absolute_path[0] == "networks" and "file" in error.instance:
            name = error.absolute_path[1]
            return (
                f"Configuration: {key} has a file beside {', '.join(unknown)}, as where config/config.yaml has a "
                f'network of that name; write "{name}": null and give that of the file another name.'
            )
        return f"Configuration: {key} has no key {', '.join(map(repr, unknown))}; the keys are {known}."
    advice = _advice(error.instance, error.validator, error.validator_value, error.schema)
    return f"Configuration: {key}: {error.message}; {advice or 'config/README.md explains every key'}."


def _advice(value: Any, validator: str, wanted: Any, limits: Mapping[str, Any]) -> str | None:
    """Return what to write where that is plain: a list of one, or a number or true that YAML reads as text."""
    if validator == "type" and wanted == "integer" and isinstance(value, float) and value.is_integer():
        return f"write {int(value)}"
    if validator == "type" and wanted == "array" and isinstance(value, str | int | float):
        if limits.get("minItems", 1) > 1:
            return f"write a list of {limits['minItems']} in brackets"
        if isinstance(value, str) and not re.fullmatch(r"[\d.]+|https?://.+", value):
            return "write a list in brackets, without quotes and with commas between what is in it"
        return f"write [{str(value).lower() if isinstance(value, bool) else value}]"
    if not isinstance(value, str):
        return None
    if value.lower() in ("true", "false") and (wanted == "boolean" or validator == "enum"):
        return f"YAML reads '{value}' as text, so write {value.lower()} without quotes"
    if validator == "type" and wanted in ("integer", "number"):
        try:
            number = float(value)
        except ValueError:
            return None
        if math.isfinite(number):
            return f"YAML reads '{value}' as text, so write {_yaml_number(number)}"
    return None


def _yaml_number(number: float) -> str:
    """Return a number as YAML reads it: 1e-05 is text there, 1.0e-05 is none."""
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    text = repr(number)
    return text if "." in text else text.replace("e", ".0e")
