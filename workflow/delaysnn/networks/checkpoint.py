"""Files that PyTorch writes, read without running what they may hold: arrays and plain values, nothing else."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np

from delaysnn.core.errors import InputError


def load(path: str | Path, classes: Mapping[str, type] | None = None) -> Any:
    """Return what ``torch.save`` wrote, on the CPU.

    Args:
        path: the file.
        classes: by the full names that the file may hold of a tool's own classes, what stands for each here.

    Raises:
        InputError: the file is missing or broken, or holds something else than tensors and plain values.
    """
    import torch
    from torch.serialization import safe_globals

    allowed: Any = [(stand_in, name) for name, stand_in in (classes or {}).items()]
    try:
        with safe_globals(allowed), warnings.catch_warnings():
            # Of a class whose source is another here.
            warnings.simplefilter("ignore")
            return torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file.") from None
    except UnpicklingError as error:
        # Not its advice to run what the file holds.
        said = str(error).partition("WeightsUnpickler error:")[2].strip() or "it is no pickle of torch.save"
        raise InputError(
            f"{path}: cannot be read as tensors and plain values alone ({_first_sentence(said)}); save its state dict."
        ) from None
    except (OSError, RuntimeError, EOFError, ValueError, KeyError) as error:
        raise InputError(f"{path}: cannot be read as a file of torch.save ({_first_sentence(str(error))}).") from None


def arrays(path: str | Path, found: Any) -> dict[str, np.ndarray]:
    """Return a state dict's tensors as arrays.

    Raises:
        InputError: it is none, or one is no number or not finite.
    """
    import torch

    if not isinstance(found, dict) or not all(isinstance(value, torch.Tensor) for value in found.values()):
        raise InputError(f"{path}: holds no state dict, tensors by their names; save model.state_dict().")
    result = {
        str(key): value.float().numpy() if value.is_floating_point() else value.numpy() for key, value in found.items()
    }
    for key, values in result.items():
        if not np.isfinite(values).all():
            raise InputError(f"{path}: {key} holds a value that is no finite number.")
    return result


def _first_sentence(text: str) -> str:
    return " ".join(text.split())[:200]
