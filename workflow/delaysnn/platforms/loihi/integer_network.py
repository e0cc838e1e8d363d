"""The integer form of a network on Loihi: mantissas, decays and thresholds within the chip's widths."""

import json
from collections.abc import Sequence
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np

from delaysnn.core.arrays import read_npz, write_npz
from delaysnn.core.errors import InputError
from delaysnn.core.readout import SPIKES
from delaysnn.core.widths import Widths

# Widths of Loihi's registers (Davies et al. 2018; Lava's fixed-point models).
WEIGHT_BITS = 9  # sign included; with mixed signs the lowest bit is always 0
SMALLEST_UNIT = 2  # which weights are multiples of; those of fewer bits than 8 by the exponent of their format, too
DECAY_UNITY = 1 << 12
THRESHOLD_LIMIT = 1 << 17
DELAY_LIMIT = 62  # 6 bits, less the step that Lava adds
STATE_SHIFT = 6  # weights and thresholds enter the 24-bit state shifted by this
STATE_LIMIT = 1 << 23
# A bias is a mantissa of 13 bits, sign included, shifted by an exponent of 3 bits. Each neuron has both (NengoLoihi,
# discretize.py: bias_to_manexp; Lava's LIF). It meets the state unshifted.
BIAS_MANTISSA = (1 << 12) - 1
BIAS_EXPONENT = 7
# What the file holds in 16 bits; all else has 32.
_SHORT = ("weights", "delay_levels", "recurrent", "recurrent_delays")
# Dendritic accumulators have 16 bits, sign included, before that shift (NengoLoihi, discretize.py: Q_BITS).
ACCUMULATOR_LIMIT = 1 << (15 + STATE_SHIFT)


@dataclass(frozen=True)
class IntegerLayer:
    """One layer as the chip holds it.

    ``v[k] = trunc(v[k-1] * (4096 - decay) / 4096) + 64 * sum_d sum_i weights[d, i, :] * s[i, k - delay_levels[d]]``,
    a spike where ``v > 64 * threshold``, then ``v = 0``. Where there is a ``bias``, ``v`` takes that, too; where the
    layer feeds itself, ``64 * sum_d sum_i recurrent[d, i, :] * s[i, k - recurrent_delays[d]]`` of its own spikes.

    Attributes:
        weights: int16 [delay, pre, post], -256 to 254, even.
        delay_levels: delays in time steps, increasing.
        decay: int32 [post], 0 to 4095; what is lost a step, in 1/4096.
        threshold: int32 [post], 1 to 2^17 - 1.
        bias: int32 [post], in 1/64 of a weight's unit: -4095 to 4095, times a power of 2 up to 2^7; None where there is
            none.
        recurrent: int16 [delay, post, post], as ``weights``; None where the layer does not feed itself.
        recurrent_delays: delays of these in time steps, increasing from 1.
    """

    weights: np.ndarray
    delay_levels: tuple[int, ...]
    decay: np.ndarray
    threshold: np.ndarray
    bias: np.ndarray | None = field(default=None, kw_only=True)
    recurrent: np.ndarray | None = field(default=None, kw_only=True)
    recurrent_delays: tuple[int, ...] = field(default=(), kw_only=True)

    @property
    def arriving(self) -> tuple[np.ndarray, ...]:
        """All weights whose spikes reach the layer's neurons: from the layer before, and from itself."""
        return (self.weights,) if self.recurrent is None else (self.weights, self.recurrent)


@dataclass(frozen=True)
class CurrentLayer(IntegerLayer):
    """One layer of neurons whose currents last, as the chip holds it.

    With ``I`` for the sum over weights and spikes of :class:`IntegerLayer`, and ``trunc`` towards zero,
    ``u[k] = trunc(u[k-1] * (4096 - current_decay) / 4096) + 64 * I[k]``,
    ``v[k] = trunc(v[k-1] * (4096 - decay) / 4096) + u[k]``, a spike where ``v > 64 * threshold``, then ``v = 0``.
    The current stays as it is. It has 24 bits with its sign, too, and wraps at their ends, where ``v`` stops.

    This is what a compartment always does: that of an :class:`IntegerLayer` has ``current_decay`` 4096.

    Attributes:
        current_decay: int32 [post], 1 to 4096; what the current loses a step, in 1/4096. The chip's register of 12 bits
            holds one less.
    """

    current_decay: np.ndarray


@dataclass(frozen=True)
class IntegerNetwork:
    """A chain of integer layers.

    Attributes:
        layers: first hidden, second hidden, ..., output.
        n_steps: time steps a sample.
        bits: width of the quantised weights, sign included, or of each layer's where these differ.
        name, seed, dataset: of the network it was made from.
        provenance: how it was made.
        input_sharing: how many neighbouring input channels have one row of the first layer's weights between them. The
            weights have a row for every channel all the same, so that whoever runs them need not know.
        readout: one of :data:`delaysnn.core.readout.READOUTS`. By membranes, the last layer has the highest threshold
            that there is, which it must not reach.
        unit: by membranes, what 1 in a potential of the last layer is in the units of the network's weights; else None.
    """

    layers: tuple[IntegerLayer, ...]
    n_steps: int
    bits: Widths
    name: str
    seed: int
    dataset: str
    provenance: dict[str, Any] = field(default_factory=dict)
    input_sharing: int = 1
    readout: str = SPIKES
    unit: float | None = None

    @property
    def stored_weights(self) -> tuple[np.ndarray, ...]:
        """The weights of every layer that memory holds, int16 [delay, list of synapses, post], without recurrent ones.

        Loihi's input axons carry the address of a list of synapses, so several may name one: NengoLoihi stores the
        lists of convolutions once, too (block.py: ``Synapse.axon_to_weight_map``, and ``bits`` over lists).
        """
        first, *others = (layer.weights for layer in self.layers)
        return first[:, :: self.input_sharing], *others


def write_integer_network(path: str | Path, network: IntegerNetwork) -> None:
    """Write an integer network as npz."""
    header = {**vars(network), "layers": len(network.layers)}
    if network.input_sharing == 1:
        del header["input_sharing"]
    if network.readout == SPIKES:
        del header["readout"], header["unit"]
    arrays = {"header": np.array(json.dumps(header, sort_keys=True))}
    for index, layer in enumerate(network.layers):
        for name, values in vars(layer).items():
            if values is not None and len(values):
                arrays[f"layer{index}_{name}"] = np.asarray(values, np.int16 if name in _SHORT else np.int32)
    write_npz(path, arrays)


def current_decays(layer: IntegerLayer) -> np.ndarray:
    """Return what the currents of each neuron lose a step, in 1/4096; all of it where they do not last."""
    return layer.current_decay if isinstance(layer, CurrentLayer) else np.full_like(layer.decay, DECAY_UNITY)


def read_integer_network(
    path: str | Path, kinds: Sequence[type[IntegerLayer]] = (IntegerLayer, CurrentLayer)
) -> IntegerNetwork:
    """Read a network written by :func:`write_integer_network`.

    Args:
        path: the file.
        kinds: of layers that may be in it, told apart by what they hold.

    Raises:
        InputError: the file is missing or broken, a layer is of another kind, or something is not read here.
    """
    arrays = read_npz(path, required=("header",))
    header = json.loads(str(arrays.pop("header")))
    layers = tuple(_read_layer(path, arrays, f"layer{index}_", kinds) for index in range(header.pop("layers")))
    known = [each.name for each in fields(IntegerNetwork) if each.name != "layers"]
    if unread := [*arrays, *(key for key in header if key not in known)]:
        raise InputError(f"{path}: holds {unread[0]}, which is not read here; delete it and run again.")
    return IntegerNetwork(layers=layers, **header)


def _read_layer(
    path: str | Path, arrays: dict[str, np.ndarray], start: str, kinds: Sequence[type[IntegerLayer]]
) -> IntegerLayer:
    """Take what the file holds of a layer out of ``arrays``, and return the layer."""
    own: dict[str, Any] = {key.removeprefix(start): arrays.pop(key) for key in [*arrays] if key.startswith(start)}
    if ("recurrent" in own) != ("recurrent_delays" in own):
        raise InputError(
            f"{path}: holds only one of {start}recurrent and {start}recurrent_delays; delete it and run again."
        )
    for kind in kinds:
        if {*_needed(kind)} <= set(own) <= {each.name for each in fields(kind)}:
            own |= {name: tuple(own[name].tolist()) for name in ("delay_levels", "recurrent_delays") if name in own}
            return kind(**own)
    needed = " or ".join(", ".join(start + name for name in _needed(kind)) for kind in kinds)
    raise InputError(
        f"{path}: holds {', '.join(start + name for name in own) or f'nothing of {start[:-1]}'}, but {needed} are "
        "needed; delete it and run again."
    )


def _needed(kind: type[IntegerLayer]) -> list[str]:
    return [each.name for each in fields(kind) if each.default is MISSING]
