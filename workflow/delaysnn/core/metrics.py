"""Measured values of one network and seed, as a list of cells that tables collect."""

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.files import atomic

# Fields of a cell that say in what it differs from the network as it is deployed and tested.
SETTINGS = ("levels", "bits", "control", "phase", "split")


@dataclass(frozen=True)
class Cell:
    """One value: a platform, a quantity, its unit, and how it was got.

    ``how`` is ``measured``; ``counted`` where counted operations are priced with constants alone; ``calibrated`` where
    a line that was fitted to the paper's Table III gives the value; ``simulated`` where cycles of a simulation do.

    Attributes:
        samples: of how many the value is a share in percent; None where it is no share.
        right: one character a sample, 1 where it counts to the share, 0 where not; None where that is not kept.
        levels: delay levels kept; None for those of the deployed network.
        bits: of a weight, sign included, one a layer as in 8/4/4 where layers have their own; None for those that the
            platform is deployed with.
        control: how levels were chosen where not by pruning (``random``, ``coarse``); None otherwise.
        phase: ``dense`` before pruning; None for the last phase of training.
        split: ``validation``, or None for the test samples.
    """

    platform: str
    quantity: str
    unit: str
    value: float
    how: str = "measured"
    samples: int | None = None
    right: str | None = None
    levels: int | None = None
    bits: int | str | None = None
    control: str | None = None
    phase: str | None = None
    split: str | None = None


def share(platform: str, quantity: str, right: np.ndarray, **settings: Any) -> Cell:
    """Return the percentage of correct samples as a cell, from bool [sample].

    Each sample is kept for paired comparisons. ``settings`` are the fields of :class:`Cell` that :data:`SETTINGS`
    names.
    """
    answers = "".join("1" if answer else "0" for answer in right)
    return Cell(platform, quantity, "%", 100 * float(np.mean(right)), samples=len(right), right=answers, **settings)


@dataclass(frozen=True)
class Metrics:
    """Values that one rule measured on one network.

    Attributes:
        network: network name as in the configuration.
        seed: seed of its training.
        dataset: the data set's name.
        cells: the values.
        details: anything else that a figure needs (lists, nested mappings).
        provenance: how it was made.
    """

    network: str
    seed: int
    dataset: str
    cells: tuple[Cell, ...]
    details: dict[str, Any] = field(default_factory=dict)
    provenance: dict[str, Any] = field(default_factory=dict)


def write_json(path: str | Path, content: Any) -> None:
    """Write JSON atomically with sorted keys, so that the same content gives the same bytes."""
    with atomic(path) as temporary:
        temporary.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n")


def parse_json(path: str | Path, text: str) -> Any:
    """Return the content of a JSON text.

    Raises:
        InputError: a key is there twice; names ``path``.
        ValueError: it is not JSON.
    """

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        for key, count in Counter(key for key, _ in pairs).items():
            if count > 1:
                raise InputError(f"{path}: has the key {key!r} twice; keep one of them.")
        return dict(pairs)

    return json.loads(text, object_pairs_hook=unique)


def read_json(path: str | Path) -> Any:
    """Read JSON that a rule made.

    Raises:
        InputError: the file is missing, is not JSON, or has a key twice.
    """
    try:
        return parse_json(path, Path(path).read_text(encoding="utf-8"))
    except InputError:
        raise
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file; run the rule that makes it.") from None
    except ValueError as error:
        raise InputError(f"{path}: is not JSON ({error}); delete it and run again.") from None


def write_metrics(path: str | Path, metrics: Metrics) -> None:
    """Write metrics as JSON."""
    write_json(path, asdict(metrics))


def read_metrics(path: str | Path) -> Metrics:
    """Read metrics written by :func:`write_metrics`.

    Raises:
        InputError: the file is missing, is not JSON, or lacks a field.
    """
    content = read_json(path)
    try:
        cells = tuple(Cell(**cell) for cell in content.pop("cells"))
        return Metrics(cells=cells, **content)
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: is not a metrics file ({error}); delete it and run again.") from None
