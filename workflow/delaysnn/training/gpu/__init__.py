"""Layers on a GPU: kernels in Triton, which torch brings with its wheels for CUDA on Linux."""

import logging
import os
import shutil
import sysconfig
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import torch

_log = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def available() -> bool:
    """Return whether the kernels run here; if not, one line of the log says why.

    The environment variable ``DELAYSNN_KERNELS=off`` keeps to pure torch, as on the CPU.
    """
    if missing := _missing():
        _log.info("no kernels for this GPU (%s): training runs in pure torch, step by step, many times slower", missing)
    return not missing


def _missing() -> str | None:
    if os.environ.get("DELAYSNN_KERNELS") == "off":
        return "DELAYSNN_KERNELS is off"
    if torch.version.cuda is None:
        return "this torch is not built for CUDA"
    if find_spec("triton") is None:
        return "there is no Triton"
    # By these Triton compiles what starts its kernels.
    if not (os.environ.get("CC") or shutil.which("gcc") or shutil.which("clang")):
        return "there is no C compiler"
    if not (Path(sysconfig.get_path("include", "posix_prefix")) / "Python.h").exists():
        return "Python.h is missing; it comes with the system's package for developing with Python"
    return None
