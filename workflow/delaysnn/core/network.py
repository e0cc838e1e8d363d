"""A network of delayed spiking layers as safetensors and JSON: the files in which networks are exchanged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from delaysnn.core.description import FORMAT, VERSION, compare, read_description
from delaysnn.core.errors import InputError
from delaysnn.core.files import atomic
from delaysnn.core.metrics import write_json
from delaysnn.core.network_checks import check_network
from delaysnn.core.readout import SPIKES
from delaysnn.core.widths import Widths, shortest
from delaysnn.neurons import PLAIN, registered

_ARRAYS = ("weights", "decay", "threshold", "recurrent", "bias", "reset")


@dataclass(frozen=True)
class Layer:
    """One layer of spiking neurons and the delayed synapses that feed it.

    The equations of LIF neurons (paper section II; reset to zero, no bias), with inputs ``s_pre``, potentials ``u`` and
    spikes ``s`` at time step ``k``::

        u[k] = u[k-1] * decay * (1 - s[k-1]) + sum_d sum_i weights[d, i, :] * s_pre[i, k - delay_levels[d]]
        s[k] = u[k] >= threshold

    - A layer that feeds itself adds ``sum_i recurrent[i, :] * s[i, k-1]``, or with delays
      ``sum_d sum_i recurrent[d, i, :] * s[i, k - recurrent_delays[d]]``.
    - ``bias`` is added at every step.
    - With a ``reset``, a spike does not set the potential to zero: ``u[k] = u[k-1] * decay - reset * s[k-1] + ...``.

    Attributes:
        weights: float32 [delay, pre, post]; zero where a synapse is pruned.
        delay_levels: the delays in time steps, increasing, one for each entry of the first axis.
        decay: float32 [post]; factor a step, 0 to 1.
        threshold: float32 [post]; above 0.
        scale: value of one unit of quantised weights: ``weights / scale`` and ``recurrent / scale`` are integers of
            ``bits`` bits. None for float weights.
        bits: width of the quantised weights including sign; None for float weights.
        recurrent: float32 [pre, post], weights from the layer to itself, one step later; or [delay, pre, post], with
            ``recurrent_delays``. None where there are none.
        recurrent_delays: delays of the first axis of ``recurrent`` in time steps, increasing from 1 or more.
        input_sharing: of the first layer, how many neighbouring input channels share a weight: channel ``i`` has row
            ``i // input_sharing`` of ``weights``. Spikes are not merged: each spike of a shared row counts.
        input_channels: of the first layer, number of input channels where they share weights; the last row may serve
            fewer of them.
        neuron: name of the model of its neurons (``delaysnn.neurons``); the equations above are those of ``lif``.
        own: by name, parameters of such a neuron beside decay and threshold, each float32 [post].
        bias: float32 [post]; added at every step, the first included; None where there is none.
        reset: float32 [post], above 0; subtracted from the potential of the step after a spike, after its decay: for
            example the threshold, or decay * threshold where a tool subtracts before it decays. None: a reset to zero.
    """

    weights: np.ndarray
    delay_levels: tuple[int, ...]
    decay: np.ndarray
    threshold: np.ndarray
    scale: float | None = None
    bits: int | None = None
    recurrent: np.ndarray | None = None
    input_sharing: int = 1
    input_channels: int | None = None
    neuron: str = PLAIN
    own: Mapping[str, np.ndarray] = field(default_factory=dict)
    recurrent_delays: tuple[int, ...] = (1,)
    bias: np.ndarray | None = None
    reset: np.ndarray | None = None

    @property
    def feedback(self) -> np.ndarray | None:
        """Recurrent weights as [delay, pre, post], whether they have delays of their own or not."""
        return None if self.recurrent is None else self.recurrent.reshape(-1, *self.recurrent.shape[-2:])

    @property
    def inputs(self) -> int:
        """Number of neurons or input channels in front of the layer."""
        return self.weights.shape[1] if self.input_channels is None else self.input_channels

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """Arrays that the file holds of the layer, by name."""
        return {name: getattr(self, name) for name in _ARRAYS if getattr(self, name) is not None} | dict(self.own)


@dataclass(frozen=True)
class Network:
    """A chain of layers.

    Attributes:
        layers: first hidden, second hidden, ..., output.
        n_steps: time steps a sample.
        name: network name as in the configuration.
        seed: seed of its training.
        dataset: name of the data set it was trained on.
        provenance: how it was made.
        readout: one of :data:`delaysnn.core.readout.READOUTS`: what decides on the class. With ``spikes`` the output
            layer fires. With a readout by membranes it never fires and is never reset; its thresholds and resets have
            no effect.
    """

    layers: tuple[Layer, ...]
    n_steps: int
    name: str
    seed: int
    dataset: str
    provenance: dict[str, Any] = field(default_factory=dict)
    readout: str = SPIKES

    @property
    def topology(self) -> tuple[int, ...]:
        """Number of neurons of each layer, inputs first."""
        return (self.layers[0].inputs, *(layer.weights.shape[2] for layer in self.layers))

    @property
    def neurons(self) -> list[str]:
        """Names of the models of its neurons, in the order of layers."""
        return list(dict.fromkeys(layer.neuron for layer in self.layers))

    @property
    def quantised(self) -> bool:
        """Whether the weights of every layer are quantised."""
        return all(layer.scale is not None and layer.bits is not None for layer in self.layers)

    @property
    def bits(self) -> Widths:
        """Width of the weights of a quantised network, or of each layer's where these differ."""
        return shortest([layer.bits for layer in self.layers if layer.bits is not None])

    @property
    def parameters(self) -> int:
        """Number of stored synapses: weights other than zero over all delay levels, recurrent ones included.

        A weight that input channels share counts once.
        """
        found = (layer.arrays.get(name) for layer in self.layers for name in ("weights", "recurrent"))
        return sum(int(np.count_nonzero(weights)) for weights in found if weights is not None)


def expand_inputs(network: Network) -> Network:
    """Return the same network with a row of weights for every input channel, so that none share weights."""
    first, *others = network.layers
    if first.input_sharing == 1:
        return network
    run = np.arange(first.inputs) // first.input_sharing
    first = replace(first, weights=first.weights[:, run], input_sharing=1, input_channels=None)
    return replace(network, layers=(first, *others))


def write_network(path: str | Path, network: Network) -> None:
    """Write a network to ``path`` (.safetensors: arrays) and, beside it, a .json that describes the arrays."""
    path = Path(path)
    check_network(network, path)
    arrays = {}
    for index, layer in enumerate(network.layers):
        for name, values in layer.arrays.items():
            arrays[f"layer{index}.{name}"] = np.ascontiguousarray(values, np.float32)
    with atomic(path) as temporary:
        temporary.write_bytes(save(arrays))
    description = {
        **vars(network),
        "format": FORMAT,
        "version": VERSION,
        "topology": network.topology,
        "parameters": network.parameters,
        "layers": [_describe(layer) for layer in network.layers],
    }
    write_json(path.with_suffix(".json"), description)


def _describe(layer: Layer) -> dict[str, Any]:
    about = {"delay_levels": layer.delay_levels, "scale": layer.scale, "bits": layer.bits}
    sharing = {"input_sharing": layer.input_sharing, "input_channels": layer.input_channels}
    # Left out where it is what older files mean; those who do not know a key refuse it.
    return (
        about
        | (sharing if layer.input_sharing > 1 else {})
        | ({} if layer.neuron == PLAIN else {"neuron": layer.neuron})
        | ({} if layer.recurrent_delays == (1,) else {"recurrent_delays": layer.recurrent_delays})
    )


def read_network(path: str | Path) -> Network:
    """Read and check a network from ``path`` (.safetensors) and the .json beside it.

    Raises:
        InputError: a file is missing or broken, contradicts itself or the other, or holds something that is not read
            here.

    Examples:
        >>> read_network("examples/networks/48.safetensors").topology
        (700, 48, 48, 20)
    """
    path = Path(path)
    beside = path.with_suffix(".json")
    description = read_description(beside)
    try:
        arrays = load_file(path)
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file; run the rule that makes it.") from None
    except (OSError, SafetensorError, TypeError, AttributeError) as error:  # the last two of numbers that NumPy lacks
        raise InputError(f"{path}: cannot be read as safetensors ({error}).") from None
    try:
        layers = tuple(
            Layer(
                weights=arrays[f"layer{index}.weights"],
                decay=arrays[f"layer{index}.decay"],
                threshold=arrays[f"layer{index}.threshold"],
                delay_levels=tuple(layer["delay_levels"]),
                scale=layer.get("scale"),
                bits=layer.get("bits"),
                recurrent=arrays.get(f"layer{index}.recurrent"),
                bias=arrays.get(f"layer{index}.bias"),
                reset=arrays.get(f"layer{index}.reset"),
                input_sharing=layer.get("input_sharing", 1),
                input_channels=layer.get("input_channels"),
                neuron=layer.get("neuron", PLAIN),
                recurrent_delays=tuple(layer.get("recurrent_delays", (1,))),
                own={name: arrays[key] for name in _own_arrays() if (key := f"layer{index}.{name}") in arrays},
            )
            for index, layer in enumerate(description["layers"])
        )
    except KeyError as error:
        raise InputError(
            f"{path}: has no array {error}, but {beside.name} lists {len(description['layers'])} layers; "
            "config/README.md describes the format."
        ) from None
    known = {key: description[key] for key in ("n_steps", "name", "seed", "dataset")}
    readout = description.get("readout", SPIKES)
    network = Network(layers, **known, provenance=description.get("provenance", {}), readout=readout)
    _refuse_unread(path, arrays, beside, len(layers))
    check_network(network, path)
    compare(beside, description, network.topology, network.parameters)
    return network


def _refuse_unread(path: Path, arrays: Iterable[str], beside: Path, n_layers: int) -> None:
    known = {f"layer{index}.{name}" for index in range(n_layers) for name in (*_ARRAYS, *_own_arrays())}
    if unread := sorted(set(arrays) - known):
        more = f" (nor are {len(unread) - 1} more)" * (len(unread) > 1)
        raise InputError(
            f"{path}: holds {unread[0]}, which is not read here{more}, so the network would run as another one. A "
            f"layer's arrays are {', '.join(_ARRAYS)}, and {beside.name} lists {n_layers} layers, 0 to {n_layers - 1}."
        )


def _own_arrays() -> list[str]:
    """Return what neurons of any kind have beside decay and threshold."""
    return list(dict.fromkeys(array.name for neuron in registered().values() for array in neuron.arrays))
