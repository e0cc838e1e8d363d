"""Checkpoints of SNNDelays (Patino-Saucedo et al.), the code that the paper's authors train delays with.

Of its two models: ``snn.SNN``, whose weights are ``f0_f1``, ..., ``f2_o``, and ``snn_refactored.SNN``, with ``layers``.
A neuron is LIF, ``u = sigmoid(tau_m) * u * (1 - s) + I``, and fires above 0.3. Weights are [post, pre times delays]. In
``snn`` the delays of ``range(0, depth, stride)`` count from the oldest: of depth 60 and stride 2 they are 59, 57, ...,
1 time steps. In ``snn_refactored`` they are what they say. A recurrent layer feeds itself one step later.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.network import Layer, Network
from delaysnn.networks import checkpoint
from delaysnn.networks.assemble import assemble
from delaysnn.networks.readers import About, Reader
from delaysnn.networks.synapses import above
from delaysnn.settings.words import show

_READOUTS = {"mem_sum": "summed_softmax", "mem_mot": "largest_membrane", "spk_count": "spikes"}
_THRESHOLD = float(above(np.float32(0.3)))
# save_model pickles the model's class, which is a program; without it the file holds values alone.
_PLAIN = "write the class in what save_model saved as a text, 'snn_delays.snn.SNN', as docs/own-network.md does"
_DEEPEST = 1024  # as many time steps as a sample may have
_ALIASES = {"only_hidden": "ho", "only_input": "i", "all": "iho"}


class SnnDelays(Reader):
    name = "snndelays"
    needs = "a network of SNNDelays is what its save_model saves, with the class written as a text"

    def read(self, path: str, about: About) -> Network:
        found = checkpoint.load(path, _PLAIN)
        if not isinstance(found, dict) or not {"type", "net", "kwargs"} <= set(found):
            raise InputError(f"{path}: has no type, net and kwargs, as save_model of SNNDelays writes them.")
        arrays, told = checkpoint.arrays(path, found["net"]), found["kwargs"]
        if not isinstance(told, dict):
            raise InputError(f"{path}: kwargs is {show(told)}; save_model of SNNDelays writes a dictionary.")
        readout = _told(path, told, "loss_fn", _READOUTS)
        reader, keys = _MODELS[_told(path, found, "type", _MODELS)]
        if missing := [key for key in ("win", *keys) if key not in told]:
            raise InputError(f"{path}: kwargs has no {missing[0]}, as save_model of SNNDelays writes it.")
        layers = reader(path, told, arrays)
        if arrays:
            raise InputError(f"{path}: net holds {min(arrays)}, which is not read here.")
        about = About(**vars(about) | {"n_steps": told["win"]})
        return assemble(path, layers, about, "SNNDelays", _READOUTS[readout])


def _first(path: str, told: Mapping[str, Any], arrays: dict[str, np.ndarray]) -> list[Layer]:
    """Take the layers of ``snn.SNN`` out of its arrays."""
    recurrent = _told(path, told, "connection_type", ("f", "r")) == "r"
    depth, stride = _spaced(path, told["delay"] or (1, 1))
    oldest_first = np.arange(0, depth, stride)
    delays = oldest_first[-1] + 1 - oldest_first
    kind = told["delay_type"]
    if not isinstance(kind, str) or set(kind := _ALIASES.get(kind, kind)) - set("iho"):
        raise InputError(f"{path}: delay_type is {show(kind)}; {', '.join(_ALIASES)} and letters of iho are read.")
    n_hidden = sum(key.startswith("tau_m_") for key in arrays) - 1
    names = [*(f"f{place}" for place in range(n_hidden + 1)), "o"]
    layers = []
    for place, (before, name) in enumerate(pairwise(names)):
        delayed = ("i" if place == 0 else "o" if name == "o" else "h") in kind
        tau = _take(path, arrays, f"tau_m_{name.removeprefix('f')}")
        weights = _take(path, arrays, f"{before}_{name}.weight")
        back = _take(path, arrays, f"{name}_{name}.weight") if recurrent and name != "o" else None
        layers.append(_layer(f"{path}: {before}_{name}", weights, delays if delayed else np.zeros(1, int), tau, back))
    return layers


def _refactored(path: str, told: Mapping[str, Any], arrays: dict[str, np.ndarray]) -> list[Layer]:
    """Take the layers of ``snn_refactored.SNN`` out of its arrays."""
    layers = []
    # The output layer is not in the list, and has no delays.
    for place, one in enumerate([*told["model_config"], {"type": "Feedforward"}]):
        kind = _told(f"{path}: layer {place}", one, "type", ("Feedforward", "Recurrent"))
        spaced = one.get("fanin_delays") or {"max_delay": 1, "stride": 1}
        if "pruning" in spaced:
            # Applied to the weights when they were drawn, and never after that.
            arrays.pop(f"layers.{place}.pruning_mask", None)
        start = f"layers.{place}."
        back = _take(path, arrays, f"{start}linear_rec.weight") if kind == "Recurrent" else None
        weights, tau = (_take(path, arrays, start + name) for name in ("linear.weight", "tau_m"))
        depth, stride = _spaced(f"{path}: layer {place}", (spaced["max_delay"], spaced["stride"]))
        delays = np.arange(0, depth, stride)
        layers.append(_layer(f"{path}: layer {place}", weights, delays, tau, back))
    return layers


def _layer(where: str, weights: np.ndarray, delays: np.ndarray, tau: np.ndarray, back: np.ndarray | None) -> Layer:
    post = len(tau)
    if weights.ndim != 2 or len(weights) != post or weights.shape[1] % len(delays):
        raise InputError(
            f"{where}: weights have shape {weights.shape}, but there are {post} neurons and {len(delays)} delays for "
            "each pair."
        )
    order = np.argsort(delays)
    return Layer(
        weights.reshape(post, -1, len(delays))[..., order].T,
        tuple(delays[order].tolist()),
        (1 / (1 + np.exp(-tau.astype(np.float64)))).astype(np.float32),
        np.full(post, _THRESHOLD, np.float32),
        recurrent=None if back is None else back.T,
    )


def _take(path: str, arrays: dict[str, np.ndarray], key: str) -> np.ndarray:
    if key not in arrays:
        raise InputError(f"{path}: net has no {key}, which its kwargs ask for.")
    return arrays.pop(key)


def _told(where: str, told: Mapping[str, Any], key: str, taken: Any) -> str:
    value = told.get(key)
    if not isinstance(value, str) or value not in taken:
        raise InputError(f"{where}: {key} is {show(value)}, which is not read here; {', '.join(taken)} are.")
    return value


def _spaced(where: str, told: Any) -> tuple[int, int]:
    """Return how deep delays are and how far apart."""
    pair = isinstance(told, (tuple, list)) and len(told) == 2 and all(isinstance(each, int) for each in told)
    if not pair or not 1 <= told[1] <= _DEEPEST or not 1 <= told[0] <= _DEEPEST:
        raise InputError(f"{where}: delays are {show(told)}; a depth and a stride from 1 to {_DEEPEST} are read.")
    return told[0], told[1]


# By the class of the model: what takes its layers, and what it needs of kwargs.
_MODELS = {
    "snn_delays.snn.SNN": (_first, ("connection_type", "delay", "delay_type")),
    "snn_delays.snn_refactored.SNN": (_refactored, ("model_config",)),
}
READER = SnnDelays()
