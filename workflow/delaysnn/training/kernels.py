"""The compiled kernels: built from ``native`` in seconds and cached. Without a compiler there are none."""

import ctypes
import hashlib
import logging
import os
import platform
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from delaysnn.core.files import atomic

_log = logging.getLogger(__name__)
_SOURCES = Path(__file__).with_name("native")
_FLAGS = ("-O3", "-march=native", "-std=c++17", "-shared", "-fPIC", "-pthread")
_PARTS = 4  # as in the source
_threads = 1

# First and last (exclusive) spike of every sample, int64 [batch]; step and neuron of every spike, uint16.
Events = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@lru_cache(maxsize=1)
def library() -> Any:
    """Return the compiled kernels, a :class:`ctypes.CDLL`, or None if there is no C++ compiler or it fails.

    With the environment variable ``DELAYSNN_KERNELS=off`` they are not used.
    """
    compiler = shutil.which(os.environ.get("CXX", "g++"))
    if os.environ.get("DELAYSNN_KERNELS") == "off" or compiler is None:
        _log.info("no compiled kernels: training runs in pure torch, about three times slower")
        return None
    code = b"".join(path.read_bytes() for path in sorted(_SOURCES.iterdir()))
    key = hashlib.sha256(code + f"{_FLAGS}{compiler}{_processor()}".encode()).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "delaysnn"
    built = cache / f"kernels-{key}.so"
    if not built.exists():
        try:
            with atomic(built) as temporary:
                command = [compiler, *_FLAGS, "-o", str(temporary), str(_SOURCES / "layer.cpp")]
                subprocess.run(command, capture_output=True, text=True, check=True)
        except subprocess.CalledProcessError as error:
            _log.warning("the kernels do not compile, so training runs in pure torch: %s", error.stderr[-500:])
            return None
    return ctypes.CDLL(str(built))


def use_threads(count: int) -> None:
    """Train on ``count`` threads: those of the kernels, or torch's if there are no kernels.

    Not both, since torch's idle threads would occupy the cores that the kernels' threads need.
    """
    global _threads
    _threads = count
    torch.set_num_threads(count if library() is None else 1)


def _processor() -> str:
    """Name what ``-march=native`` depends on: a cache may be shared by several machines."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line for line in lines if line.startswith(("flags", "Features")))
    except (OSError, StopIteration):
        return platform.processor()


def _pointer(array: np.ndarray | torch.Tensor | None) -> ctypes.c_void_p:
    if array is None:
        return ctypes.c_void_p(None)
    return ctypes.c_void_p(array.data_ptr() if isinstance(array, torch.Tensor) else array.ctypes.data)


def by_neuron(weights: torch.Tensor) -> torch.Tensor:
    """Return weights [delay, pre, post] as the kernels read them: [pre, delay, post], post filled to whole vectors."""
    lanes = library().vector_lanes()
    missing = -weights.shape[2] % lanes
    return torch.nn.functional.pad(weights.permute(1, 0, 2), (0, missing)).contiguous()


def layer_forward(
    kind: int,
    states: int,
    events: Events,
    weights: torch.Tensor,
    values: torch.Tensor,
    threshold: torch.Tensor,
    recurrent: torch.Tensor | None,
    bias: torch.Tensor | None,
    reset: torch.Tensor | None,
    n_steps: int,
    stride: int,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor | None, Events]:
    """Run a layer of delayed synapses and neurons.

    Args:
        kind, states: of the neurons (:class:`delaysnn.neurons.Neuron`).
        events: spikes of the layer before, each sample's in order of their steps.
        weights: as :func:`by_neuron` returns them.
        values: float32 [value, post], the decay first.
        threshold: float32 [post].
        recurrent: weights from the layer to itself, one step later, as :func:`by_neuron` returns them, or None.
        bias: float32 [post], what arrives at every step, or None.
        reset: float32 [post], what a spike takes from the next step's potential, or None: a reset to zero.
        n_steps: time steps a sample.
        stride: time steps between two delay levels.

    Returns:
        Spikes, membrane potentials before the reset, and the second state that each step began with, None where there
        is none, all float32 [batch, time, post], and the spikes as events.
    """
    n_batch, n_post = len(events[0]), len(threshold)
    membrane, spikes = torch.empty(n_batch, n_steps, n_post), torch.empty(n_batch, n_steps, n_post)
    began = torch.empty_like(membrane) if states > 1 else None
    begin, end = np.empty(n_batch, np.int64), np.empty(n_batch, np.int64)
    fired = (begin, end, np.empty(spikes.numel(), np.uint16), np.empty(spikes.numel(), np.uint16))
    library().layer_forward(
        kind,
        *map(_pointer, events),
        *(n_batch, n_steps, len(weights), n_post, weights.shape[1], stride),
        *map(_pointer, (weights, values, threshold, recurrent, bias, reset, membrane, began, spikes, *fired)),
        _threads,
    )
    return spikes, membrane, began, fired


def layer_backward(
    kind: int,
    events: Events,
    fired: Events,
    weights: torch.Tensor,
    values: torch.Tensor,
    threshold: torch.Tensor,
    recurrent: torch.Tensor | None,
    reset: torch.Tensor | None,
    membrane: torch.Tensor,
    began: torch.Tensor | None,
    grad_spikes: torch.Tensor | None,
    grad_membrane: torch.Tensor | None,
    stride: int,
    scale: float,
    before: bool,
    biased: bool,
) -> tuple[torch.Tensor | None, torch.Tensor, torch.Tensor, torch.Tensor | None, torch.Tensor | None]:
    """Return the loss's gradients by the spikes of the layer before, weights, values, recurrent weights and biases.

    Args:
        kind, events, weights, values, threshold, recurrent, reset, stride: as in :func:`layer_forward`.
        fired, membrane, began: what it returned.
        grad_spikes, grad_membrane: the loss's gradients by what it returned, None for zero.
        scale: steepness of the fast sigmoid.
        before: whether the first of the gradients is wanted, [batch, time, pre].
        biased: whether there are biases, so that the last of them is wanted, [post].
    """
    n_batch, n_steps, n_post = membrane.shape
    n_pre, n_levels, _ = weights.shape
    grad_before = torch.empty(n_batch, n_steps, n_pre) if before else None
    grad_weights, grad_values = torch.zeros(_PARTS, *weights.shape), torch.zeros(_PARTS, *values.shape)
    grad_recurrent = None if recurrent is None else torch.zeros(_PARTS, *recurrent.shape)
    grad_bias = torch.zeros(_PARTS, n_post) if biased else None
    library().layer_backward(
        kind,
        *map(_pointer, (*events, *fired)),
        *(n_batch, n_steps, n_pre, n_post, n_levels, stride, ctypes.c_float(scale)),
        *map(_pointer, (weights, values, threshold, recurrent, reset, membrane, began, grad_spikes, grad_membrane)),
        *map(_pointer, (grad_before, grad_weights, grad_recurrent, grad_values, grad_bias)),
        _threads,
    )
    by_weights = grad_weights[0].permute(1, 0, 2)[:, :, :n_post]
    by_recurrent = None if grad_recurrent is None else grad_recurrent[0, :, 0, :n_post]
    by_bias = None if grad_bias is None else grad_bias[0]
    return grad_before, by_weights, grad_values[0], by_recurrent, by_bias
