"""Files that PyTorch writes, read without running what they may hold: arrays and plain values, nothing else."""

from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np

from delaysnn.core.errors import InputError


def load(path: str | Path, instead: str = "save its state dict") -> Any:
    """Return what ``torch.save`` wrote, on the CPU.

    Args:
        path: the file.
        instead: what to do where it holds something else than tensors and plain values.

    Raises:
        InputError: the file is missing or broken, or holds something else than these.
    """
    import torch

    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file.") from None
    except UnpicklingError as error:
        # Not its advice to run what the file holds.
        said = str(error).partition("WeightsUnpickler error:")[2].strip() or "it is no pickle of torch.save"
        raise InputError(
            f"{path}: cannot be read as tensors and plain values alone ({_first_sentence(said)}); {instead}."
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
