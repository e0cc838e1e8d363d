"""Checkpoints: how far a job's phases of training have come, kept until the job has written what it makes."""

import glob
import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from delaysnn.core.files import atomic

_log = logging.getLogger(__name__)


@contextmanager
def checkpoints(path: str | Path) -> Iterator[Path]:
    """Yield where a job's checkpoints lie, and remove them all once the block has succeeded.

    Args:
        path: file of the job's first or only phase, with a suffix; :func:`checkpoint_of` names the others.
    """
    path = Path(path)
    yield path
    for file in path.parent.glob(f"{glob.escape(path.stem)}*{path.suffix}"):
        file.unlink()


def checkpoint_of(path: Path, phase: str) -> Path:
    """Return the file of one phase among a job's checkpoints."""
    return path.with_suffix(f".{phase}{path.suffix}")


def save(path: Path, run: str, state: dict[str, Any]) -> None:
    """Write the state of a run, which ``run`` tells apart from every other."""
    content = io.BytesIO()
    torch.save({"run": run, **state}, content)
    with atomic(path) as temporary:
        temporary.write_bytes(content.getbuffer())


def resume(path: Path, run: str) -> dict[str, Any] | None:
    """Return the state of this very run; one of another run or a broken one counts as none."""
    try:
        state = torch.load(path, weights_only=True)
    except FileNotFoundError:
        return None
    except Exception as error:  # whatever a half-written file makes torch say
        _log.info("%s cannot be used (%s); starting over", path, error)
        return None
    return state if state.get("run") == run else None
