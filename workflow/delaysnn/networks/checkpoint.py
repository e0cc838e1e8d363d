"""Files that PyTorch writes, read without running any code in them: arrays and plain values, nothing else."""

import re
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
    except Exception as error:  # of any kind where a byte is wrong
        raise InputError(f"{path}: cannot be read as a file of torch.save ({_first_sentence(str(error))}).") from None


def arrays(path: str | Path, found: Any) -> dict[str, np.ndarray]:
    """Return a state dict's tensors as arrays.

    Raises:
        InputError: it is not a state dict, or a value is not a finite number.
    """
    import torch

    if not isinstance(found, dict) or not all(isinstance(value, torch.Tensor) for value in found.values()):
        raise InputError(f"{path}: holds no state dict, tensors by their names; save model.state_dict().")
    return {
        str(key): array(path, key, value, torch.float32 if value.is_floating_point() else value.dtype)
        for key, value in found.items()
    }


def array(path: str | Path, name: object, tensor: Any, dtype: Any) -> np.ndarray:
    """Return a tensor's numbers, of one of PyTorch's types.

    Raises:
        InputError: it is none of plain numbers on the CPU, one after the other, or one is not finite.
    """
    import torch

    plain = tensor.layout == torch.strided and not (tensor.is_nested or tensor.is_quantized or tensor.is_meta)
    if not plain or tensor.is_complex():
        raise InputError(f"{path}: {name} is no array of plain numbers; save it as one.")
    # An expanded tensor is small in the file alone.
    if tensor.numel() * tensor.element_size() > tensor.untyped_storage().nbytes():
        raise InputError(f"{path}: {name} holds fewer numbers than its shape {tuple(tensor.shape)} says; save a copy.")
    values = tensor.detach().to(dtype).numpy()
    if not np.isfinite(values).all():
        raise InputError(f"{path}: {name} holds a value that is no finite number.")
    return values


def _first_sentence(text: str) -> str:
    """Return what PyTorch says first, and not its advice to allow what the file holds."""
    return re.split(r"(?<=\w)\. ", " ".join(text.split()))[0][:200]
