"""Where networks are trained."""

import torch

from delaysnn.core.errors import InputError


def find_device(name: str) -> torch.device:
    """Return the device of ``training.device``, cpu or cuda, where this machine and this torch have it.

    Raises:
        InputError: they have no CUDA.
    """
    if name == "cuda" and not torch.cuda.is_available():
        what = f"Configuration: training.device is cuda, but this torch ({torch.__version__})"
        if torch.version.cuda is None and torch.version.hip is None:
            raise InputError(
                f"{what} is built without CUDA. Write cpu, or install a torch with CUDA as config/README.md says."
            )
        raise InputError(f"{what} finds no GPU. Write cpu, or see whether nvidia-smi lists one.")
    return torch.device(name)
