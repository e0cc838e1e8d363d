"""The device that networks are trained on."""

import logging

import torch

from delaysnn.core.errors import InputError

_log = logging.getLogger(__name__)


def find_device(name: str) -> torch.device:
    """Return the device of ``training.device``, if this machine and this torch have it.

    ``auto`` is a GPU with CUDA if there is one, else the CPU; the log says which.

    Raises:
        InputError: ``cuda`` or ``mps`` is missing; the message says what to install.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
        _log.info("training.device is auto: %s", torch.cuda.get_device_name() if name == "cuda" else "no GPU, the CPU")
    if name == "cuda" and not torch.cuda.is_available():
        what = f"Configuration: training.device is cuda, but this torch ({torch.__version__})"
        if torch.version.cuda is None and torch.version.hip is None:
            version = torch.__version__.partition("+")[0]
            raise InputError(
                f"{what} is built without CUDA. Write cpu or auto, or install PyPI's wheel, on Linux: .venv/bin/python "
                f"-m pip install --force-reinstall torch=={version} (config/README.md, training.device)."
            )
        raise InputError(f"{what} finds no GPU. Write cpu or auto, or see whether nvidia-smi lists one.")
    if name == "mps" and not torch.backends.mps.is_available():
        raise InputError(
            f"Configuration: training.device is mps, but this torch ({torch.__version__}) finds none: it needs an "
            "Apple chip, macOS 14 or later, and a torch that was installed there. Write cpu or auto."
        )
    return torch.device(name)
