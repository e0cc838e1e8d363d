"""Checkpoints of SNN-delays (Hammouamri et al., ICLR 2024), whose delays are positions in kernels of DCLS.

The tool's own evaluation gives every synapse one delay: positions are rounded and clamped to the kernel, and their
kernel is DCLS's ``max`` of width 1. Position p of a kernel of D steps is the delay (D - 1) // 2 - p. Batch norm is that
of evaluation, folded into weights and biases. ``LIFNode`` with ``decay_input=False`` and ``v_reset=0`` is our LIF.

In the tool each layer runs (D - 1) / 2 steps longer than its inputs; here all layers end with the sample.
"""

import re
from typing import Literal

import numpy as np
from pydantic import Field

from delaysnn.core.errors import InputError
from delaysnn.core.network import Layer, Network
from delaysnn.networks import checkpoint
from delaysnn.networks.about import read_about
from delaysnn.networks.assemble import assemble
from delaysnn.networks.readers import About, Reader
from delaysnn.settings.section import Section

_KEY = re.compile(r"model\.(\d+)\.(\w+)")
_SYNAPSES = {"weight", "P", "SIG"}
_NORM = {"weight", "bias", "running_mean", "running_var", "num_batches_tracked"}
_EPSILON = 1e-5  # of BatchNorm1d
# How calc_metric of the tool decides, by its ``loss``; a mean over time is as good as a sum.
_READOUTS = {
    "sum": "summed_softmax",
    "mean": "summed_membrane",
    "max": "largest_membrane",
    "spike_count": "spikes",
}


class Told(Section):
    """Keys of the tool's configuration that its checkpoints lack."""

    max_delay: int = Field(ge=1)
    """size of the kernels, in time steps"""
    loss: Literal["sum", "mean", "max", "spike_count"]
    threshold: float = Field(gt=0)
    """``v_threshold``"""
    output_threshold: float | None = Field(None, gt=0)
    """``output_v_threshold``, where ``loss`` is ``spike_count``"""
    tau: float | None = Field(None, ge=1)
    """``init_tau`` in time steps, where neurons are ``lif``; those of ``plif`` are in the checkpoint"""


class Dcls(Reader):
    name = "dcls"
    keys = ("layers",)
    needs = "a network of SNN-delays is its checkpoint and a .json with max_delay, loss, threshold and tau"

    def read(self, path: str, about: About) -> Network:
        (beside,) = self.beside(path, about)
        told = read_about(beside, Told, self.needs)
        blocks = _blocks(path, checkpoint.arrays(path, checkpoint.load(path)))
        if (told.loss == "spike_count") != (told.output_threshold is not None):
            raise InputError(
                f"{beside}: loss is {told.loss}; output_threshold is needed for spike_count, and for no other."
            )
        layers = []
        for index, block in enumerate(blocks):
            last = index + 1 == len(blocks)
            threshold = told.output_threshold if last and told.output_threshold else told.threshold
            layers.append(_layer(f"{path}: block {index}", beside, block, told, threshold))
        return assemble(path, layers, about, "SNN-delays", _READOUTS[told.loss])


def _blocks(path: str, found: dict[str, np.ndarray]) -> list[dict[str, dict[str, np.ndarray]]]:
    """Return the arrays of every block of the tool, by module: ``synapses``, ``norm`` and ``neuron``."""
    modules: dict[int, dict[str, np.ndarray]] = {}
    for key, values in found.items():
        if not (match := _KEY.fullmatch(key)):
            raise InputError(
                f"{path}: holds {key}, which is not read here; a model of SnnDelays has model.<number>.<name>."
            )
        modules.setdefault(int(match[1]), {})[match[2]] = values
    starts = [place for place, module in modules.items() if set(module) >= _SYNAPSES]
    if not starts:
        raise InputError(f"{path}: has no kernels of DCLS with weight, P and SIG, as versions max and gauss have.")
    blocks: list[dict[str, dict[str, np.ndarray]]] = []
    for start, end in zip(starts, [*starts[1:], max(modules) + 1], strict=True):
        block = {"synapses": modules.pop(start)}
        if unread := set(block["synapses"]) - _SYNAPSES - {"bias"}:
            raise InputError(f"{path}: model.{start} holds {min(unread)}, which is not read here.")
        normed = set(modules.get(start + 1, {})) == _NORM
        if normed:
            block["norm"] = modules.pop(start + 1)
        if set(modules.get(start + 1 + normed, {})) == {"w"}:
            block["neuron"] = modules.pop(start + 1 + normed)
        # Kernels, batch norm, neurons and dropout: one module more is a filter of synapses.
        if end in starts and end - start != 3 + normed:
            raise InputError(
                f"{path}: from model.{start} to model.{end} there are {end - start} modules, but kernels, neurons and "
                f"dropout are {3 + normed}; a stateful_synapse, which filters spikes, is not read."
            )
        blocks.append(block)
    if modules:
        place = min(modules)
        raise InputError(f"{path}: model.{place} holds {', '.join(sorted(modules[place]))}, which is not read here.")
    return blocks


def _layer(where: str, beside: str, block: dict[str, dict[str, np.ndarray]], told: Told, threshold: float) -> Layer:
    weights, levels = _synapses(where, block["synapses"], told.max_delay)
    post = weights.shape[2]
    bias = block["synapses"].get("bias", np.zeros(post)).astype(np.float64)
    if norm := block.get("norm"):
        gain = norm["weight"] / np.sqrt(norm["running_var"].astype(np.float64) + _EPSILON)
        weights, bias = weights * gain, (bias - norm["running_mean"]) * gain + norm["bias"]
    return Layer(
        weights.astype(np.float32),
        levels,
        _decay(where, beside, block.get("neuron"), told.tau, post),
        np.full(post, threshold, np.float32),
        bias=bias.astype(np.float32) if norm or "bias" in block["synapses"] else None,
    )


def _decay(where: str, beside: str, neuron: dict[str, np.ndarray] | None, tau: float | None, post: int) -> np.ndarray:
    if (neuron is None) == (tau is None):
        has = "no time constant, as lif has not" if neuron is None else "a time constant of its own, as plif has"
        raise InputError(f"{where} has {has}; {'write' if tau is None else 'leave out'} tau in {beside}.")
    if neuron is not None:
        return np.full(post, 1 - 1 / (1 + np.exp(-np.float64(neuron["w"]))), np.float32)
    assert tau is not None
    return np.full(post, 1 - 1 / tau, np.float32)


def _synapses(where: str, found: dict[str, np.ndarray], size: int) -> tuple[np.ndarray, tuple[int, ...]]:
    """Return weights, float64 [delay, pre, post], and the delays of the first axis."""
    weight, positions = found["weight"], found["P"]
    if weight.ndim != 3 or positions.shape != (1, *weight.shape):
        raise InputError(
            f"{where}: weights have shape {weight.shape} and positions {positions.shape}; [post, pre, count] and "
            "[1, post, pre, count] are needed, of one dimension, time."
        )
    half = size // 2
    if (np.abs(positions) > half).any():
        worst = positions.flat[np.abs(positions).argmax()]
        raise InputError(f"{where}: a position is {worst:g}, outside kernels of max_delay {size}, {-half} to {half}.")
    index = np.rint(positions[0]).astype(int) + half
    # In kernels of even size the last place lies outside, and DCLS gives nothing to what is there.
    inside = index < size
    delays = size - 1 - index
    levels = np.unique(delays[inside & (weight != 0)])
    levels = levels if len(levels) else np.zeros(1, int)
    # As DCLS normalises, in float32.
    kept = (weight * (np.float32(1) / (np.float32(1) + np.float32(1e-7)))).astype(np.float64)
    weights = np.zeros((len(levels), weight.shape[1], weight.shape[0]))
    used = np.nonzero(inside & (weight != 0))
    np.add.at(weights, (np.searchsorted(levels, delays[used]), used[1], used[0]), kept[used])
    return weights, tuple(levels.tolist())


READER = Dcls()
