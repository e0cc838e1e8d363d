"""Classes by their names, where the data have any."""

from collections.abc import Mapping, Sequence
from typing import Any


def class_names(card: Mapping[str, Any], count: int) -> list[str]:
    """Return what readers are told of each class: the card's names of as many, or numbers."""
    names: Sequence[str] = card.get("class_names", ())
    return list(names) if len(names) == count else [str(label) for label in range(count)]


def name_class(card: Mapping[str, Any], label: int) -> str:
    """Return the name of a class, or its number."""
    names: Sequence[str] = card.get("class_names", ())
    return names[label] if label < len(names) else f"class {label}"
