"""Every key of the configuration as a table: what it takes and what it means, as config/README.md shows it."""

from collections.abc import Iterator
from typing import Any, get_args, get_origin

from delaysnn.settings.section import Section
from delaysnn.settings.words import describe, options, unpack


def key_table(model: type[Section]) -> str:
    """Return a table in Markdown, one key a row; keys that a section has in common with one above stand there alone."""
    lines = ["| key | value | meaning |", "| --- | --- | --- |"]
    lines += [f"| `{key}` | {value} | {meaning} |" for key, value, meaning in _rows(model, "", {})]
    return "\n".join(lines)


def _rows(model: type[Section], above: str, seen: dict[Any, str]) -> Iterator[tuple[str, str, str]]:
    for name, field in model.model_fields.items():
        key, value = f"{above}{name}", describe(field.annotation, field.metadata, listed=False)
        meaning = " ".join((field.description or "").replace("|", r"\|").split())
        kinds = [(kind, inner) for kind, inner in _sections(field.annotation, key) if issubclass(kind, Section)]
        if not kinds:
            yield key, value, meaning
        elif kinds[0][0] in seen:
            yield kinds[0][1], f"the keys of `{seen[kinds[0][0]]}`", meaning
        else:
            if meaning:
                yield kinds[0][1], "the keys below", meaning
            for kind, inner in kinds:
                seen[kind] = inner
                yield from _rows(kind, f"{inner}.", seen)


def _sections(annotation: Any, key: str) -> Iterator[tuple[type, str]]:
    """Yield the sections that a key holds, one or by name or number, and how their keys begin."""
    for kind in (unpack(each)[0] for each in options(unpack(annotation)[0])):
        if get_origin(kind) in (list, dict):
            yield from _sections(get_args(kind)[-1], f"{key}.<{'number' if get_origin(kind) is list else 'name'}>")
        elif isinstance(kind, type):
            yield kind, key
