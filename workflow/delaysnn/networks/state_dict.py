"""Arrays that PyTorch saved as a state dict, read without running any code, and the synapses of a layer in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.network import Layer
from delaysnn.networks.checkpoint import array, load
from delaysnn.networks.layers_file import NamedLayer
from delaysnn.networks.synapses import add, by_level, spread

_WHOLE = 1e-3  # how far an array's delay may be from a whole number of steps


@dataclass
class StateDict:
    """Arrays by name. Those that were taken are remembered, so that the others can be refused.

    Attributes:
        path: the file, for errors.
        arrays: float64, whatever type PyTorch saved.
    """

    path: str
    arrays: dict[str, np.ndarray]
    taken: set[str] = field(default_factory=set)

    def take(self, name: str, where: str) -> np.ndarray:
        """Return an array that must be there; ``where`` says what names it."""
        if name not in self.arrays:
            raise InputError(f"{where} needs {name}, but {self.path} holds {_some(sorted(self.arrays))}.")
        self.taken.add(name)
        return self.arrays[name]

    def find(self, name: str) -> np.ndarray | None:
        """Return an array, None where there is none of this name."""
        return self.take(name, "") if name in self.arrays else None

    def values(self, name: str, where: str, post: int) -> np.ndarray:
        """Return an array of one number for all neurons, or one for each, as [post]."""
        found = np.ravel(self.take(name, where))
        if len(found) not in (1, post):
            raise InputError(f"{where}: {name} has {len(found)} values, but the layer has {post} neurons.")
        return np.broadcast_to(found, (post,))

    def refuse_rest(self, named_in: str) -> None:
        """Refuse arrays that nothing named."""
        if rest := sorted(set(self.arrays) - self.taken):
            raise InputError(
                f"{self.path}: holds {_some(rest)}, which {named_in} does not name, so the network would run as "
                "another one."
            )


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "") if names else "nothing"


def read_state_dict(path: str, inside: str | None) -> StateDict:
    """Read what ``torch.save`` wrote.

    Args:
        path: the file.
        inside: the key under which a checkpoint holds the state dict, None where the file is one.

    Raises:
        InputError: it cannot be read without running code, or holds no state dict.
    """
    import torch

    found = load(path)
    if inside is not None:
        if not isinstance(found, dict) or inside not in found:
            keys = _some(sorted(map(str, found))) if isinstance(found, dict) else f"a {type(found).__name__}"
            raise InputError(f"{path}: has no {inside!r}, but {keys}; correct state_dict.")
        found = found[inside]
    if not isinstance(found, dict) or not found or not all(isinstance(each, torch.Tensor) for each in found.values()):
        keys = f"with {_some(sorted(map(str, found)))}" if isinstance(found, dict) else f"but a {type(found).__name__}"
        raise InputError(f"{path}: is no state dict, {keys}; where it holds one among others, name it by state_dict.")
    return StateDict(path, {name: array(path, name, each, torch.float64) for name, each in found.items()})


@dataclass(frozen=True)
class Arriving:
    """What arrives at a layer's neurons: weights float64 [pre, post] by delay, what returns, biases [post]."""

    terms: dict[int, np.ndarray]
    bias: np.ndarray
    recurrent: np.ndarray | None = None

    @property
    def post(self) -> int:
        """How many neurons the layer has."""
        return len(self.bias)

    def times(self, factor: np.ndarray | float) -> "Arriving":
        """Return the same where each neuron weighs what it receives by a factor, [post]."""
        terms = {delay: weights * factor for delay, weights in self.terms.items()}
        recurrent = None if self.recurrent is None else self.recurrent * factor
        return Arriving(terms, self.bias * factor, recurrent)


def arriving(layer: NamedLayer, state: StateDict) -> Arriving:
    """Return the sum of a layer's linear layers, with their delays, normalised as its batch normalisation says."""
    terms: dict[int, np.ndarray] = {}
    bias: np.ndarray | float = 0
    for name, delays in layer.synapses.branches:
        weights = _weights(layer, state, name)
        for other in terms.values():
            if other.shape != weights.shape:
                raise InputError(
                    f"{layer.where}: {name} leads from {len(weights)} to {weights.shape[1]} neurons, but another of "
                    f"linear from {len(other)} to {other.shape[1]}."
                )
        terms = add(terms, spread(weights, _delays(layer, state, name, delays, weights.shape)))
        own = state.find(f"{name}.bias")
        bias = bias + (np.zeros(weights.shape[1]) if own is None else own)
    found = Arriving(terms, np.asarray(bias))
    if layer.synapses.batch_norm:
        found = _normalised(layer, state, found)
    return _fed_back(layer, state, found) if layer.synapses.recurrent else found


def _weights(layer: NamedLayer, state: StateDict, name: str) -> np.ndarray:
    weights = state.take(f"{name}.weight", layer.where)
    if weights.ndim != 2:
        raise InputError(
            f"{layer.where}: {name}.weight has shape {weights.shape}; a linear layer's is [post, pre], and no other is "
            "read."
        )
    return weights.T


def _delays(layer: NamedLayer, state: StateDict, name: str, delays: int | str, shape: tuple[int, int]) -> np.ndarray:
    """Return the delay of each synapse, or of each input, so that it fits weights [pre, post]."""
    if isinstance(delays, int):
        return np.array(delays)
    found = state.take(delays, layer.where)
    pre, post = shape
    if found.shape not in ((pre,), (post, pre)):
        raise InputError(
            f"{layer.where}: {delays} has shape {found.shape}; delays of {name} are [{pre}], one an input, or "
            f"[{post}, {pre}], one a synapse."
        )
    whole = np.rint(found)
    if (np.abs(found - whole) > _WHOLE).any() or (whole < 0).any():
        wrong = found[(np.abs(found - whole) > _WHOLE) | (whole < 0)][0]
        raise InputError(f"{layer.where}: {delays} holds {wrong:g}; delays are whole numbers of time steps from 0.")
    return whole.astype(int).reshape(-1, pre).T


def _normalised(layer: NamedLayer, state: StateDict, found: Arriving) -> Arriving:
    norm = layer.synapses.batch_norm
    assert norm is not None
    mean, variance = (
        state.values(f"{norm.name}.{key}", layer.where, found.post) for key in ("running_mean", "running_var")
    )
    state.find(f"{norm.name}.num_batches_tracked")
    factor = 1 / np.sqrt(variance + norm.eps)
    shift: np.ndarray | float = 0
    if state.find(f"{norm.name}.weight") is not None:
        factor = factor * state.values(f"{norm.name}.weight", layer.where, found.post)
        shift = state.values(f"{norm.name}.bias", layer.where, found.post)
    scaled = found.times(factor)
    return replace(scaled, bias=scaled.bias - mean * factor + shift)


def _fed_back(layer: NamedLayer, state: StateDict, found: Arriving) -> Arriving:
    """Return what passes a linear layer that takes it beside the spikes of the step before, [post, pre + post]."""
    name = str(layer.synapses.recurrent)
    weights = _weights(layer, state, name)
    if weights.shape != (2 * found.post, found.post):
        raise InputError(
            f"{layer.where}: {name}.weight has shape {weights.T.shape}; what feeds {found.post} neurons back has "
            f"{(found.post, 2 * found.post)}."
        )
    forward, back = weights[: found.post], weights[found.post :]
    own = state.find(f"{name}.bias")
    bias = found.bias @ forward + (0 if own is None else own)
    return Arriving({delay: each @ forward for delay, each in found.terms.items()}, bias, back)


def layer_of(found: Arriving, decay: np.ndarray, threshold: np.ndarray, **more: Any) -> Layer:
    """Return a layer of what arrives and how its neurons answer, each [post]; ``more`` are further arrays of it."""
    weights, levels = by_level(found.terms)
    return Layer(
        weights=weights,
        delay_levels=levels,
        decay=np.asarray(decay, np.float32),
        threshold=np.asarray(threshold, np.float32),
        bias=found.bias.astype(np.float32) if found.bias.any() else None,
        recurrent=None if found.recurrent is None else found.recurrent.astype(np.float32),
        **more,
    )
