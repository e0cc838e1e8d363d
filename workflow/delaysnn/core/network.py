"""A network of delayed spiking layers as safetensors + JSON: the file anybody can bring.

What a check refuses raises an InputError that names its ``source``, the place, what is there and what is needed.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from delaysnn.core.description import FORMAT, VERSION, compare, is_whole, read_description
from delaysnn.core.errors import InputError
from delaysnn.core.files import atomic
from delaysnn.core.metrics import write_json
from delaysnn.core.widths import Widths, shortest
from delaysnn.neurons import PLAIN, registered

_ARRAYS = ("weights", "decay", "threshold", "recurrent")
# Events hold a neuron's number in 16 bits.
_MOST_NEURONS = 2**16 - 1
_BITS = range(2, 9)
# How far a quantised weight may be from a whole number of units: what float32 loses is far less.
_UNIT_ERROR = 1e-3
# Sums of so many as a neuron has inputs still lie within float32.
_LARGEST = 1e30


@dataclass(frozen=True)
class Layer:
    """One layer of leaky integrate-and-fire neurons and the delayed synapses that feed it.

    ``u[k] = u[k-1] * decay * (1 - s[k-1]) + sum_d sum_i weights[d, i, :] * s_pre[i, k - delay_levels[d]]``,
    ``s[k] = u[k] >= threshold`` (paper section II; reset to zero, no bias). A baseline's layer may also feed itself:
    ``sum_i recurrent[i, :] * s[i, k-1]`` more.

    Attributes:
        weights: float32 [delay, pre, post]; zero where a synapse is pruned.
        delay_levels: the delays in time steps, increasing, one for each entry of the first axis.
        decay: float32 [post]; factor a step, 0 to 1.
        threshold: float32 [post]; above 0.
        scale: where the weights are quantised, the value of one unit, so that ``weights / scale`` are integers
            of ``bits`` bits; None for float weights.
        bits: width of the quantised weights including sign; None for float weights.
        recurrent: float32 [pre, post], from the layer to itself, one step later; None where there is none.
        input_sharing: of the first layer, how many neighbouring input channels share a weight: channel ``i`` has row
            ``i // input_sharing`` of ``weights``. Spikes stay as they are, so several of a run in one step all count.
        input_channels: of the first layer, how many there are, where they share weights: the last run may be shorter.
        neuron: name of the model of its neurons (``delaysnn.neurons``); the equations above are those of ``lif``.
        own: by name, what such a neuron has beside decay and threshold, each float32 [post].
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

    @property
    def inputs(self) -> int:
        """Neurons or input channels before it."""
        return self.weights.shape[1] if self.input_channels is None else self.input_channels

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """What the file holds of the layer."""
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
    """

    layers: tuple[Layer, ...]
    n_steps: int
    name: str
    seed: int
    dataset: str
    provenance: dict[str, Any] = field(default_factory=dict)

    @property
    def topology(self) -> tuple[int, ...]:
        """Neurons a layer, inputs first."""
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
        """Synapses that are stored: non-zero weights over all delay levels, recurrent ones too.

        A weight that input channels share counts once.
        """
        found = (layer.arrays.get(name) for layer in self.layers for name in ("weights", "recurrent"))
        return sum(int(np.count_nonzero(weights)) for weights in found if weights is not None)


def expand_inputs(network: Network) -> Network:
    """Return the same network with a row of weights for every input channel, for what knows of no sharing."""
    first, *others = network.layers
    if first.input_sharing == 1:
        return network
    run = np.arange(first.inputs) // first.input_sharing
    first = replace(first, weights=first.weights[:, run], input_sharing=1, input_channels=None)
    return replace(network, layers=(first, *others))


def check_neurons(network: Network, source: object, takers: Mapping[str, Collection[str]]) -> None:
    """Refuse a network that none of ``takers`` takes; of each, by its name, the models of neurons that it takes."""
    if any({*network.neurons} <= {*neurons} for neurons in takers.values()):
        return
    index, layer = next(
        (index, layer)
        for index, layer in enumerate(network.layers)
        if any(layer.neuron not in neurons for neurons in takers.values())
    )
    taken = "; ".join(f"{name} takes {', '.join(neurons)}" for name, neurons in takers.items())
    raise InputError(
        f"{source}: layer {index} has neurons of the kind {layer.neuron}, but {taken}; networks of other neurons are "
        "trained and scored only."
    )


def check_chain(network: Network, source: object) -> None:
    """Refuse a network with a layer that feeds itself, which no chip runs here."""
    for index, layer in enumerate(network.layers):
        if layer.recurrent is not None:
            raise InputError(
                f"{source}: layer {index} has recurrent synapses, which no chip's model has here; recurrent networks "
                "are baselines, trained and scored only."
            )


def check_deployable(network: Network, source: object) -> None:
    """Refuse a network of another tool that cannot be deployed, whatever neurons it has and data it runs on."""
    check_chain(network, source)
    if len(network.layers) < 2:
        raise InputError(f"{source}: has one layer, but delays lie between two; give it a hidden layer.")
    if network.layers[0].delay_levels != (0,):
        raise InputError(
            f"{source}: layer 0 delays its inputs by {network.layers[0].delay_levels}, but Seneca has no delay queue "
            "before its first core; put delays into later layers."
        )


def check_fit(
    network: Network, source: object, data: str, n_channels: int, n_steps: int, n_classes: int | None
) -> None:
    """Refuse a network that does not fit the data that it will run on.

    Args:
        source: the network's file, for errors.
        data: the data's name, for errors.
        n_classes: None where it is not known yet.
    """
    takes, *_, gives = network.topology
    if takes != n_channels:
        raise InputError(f"{source}: takes {takes} inputs, but {data} has {n_channels} channels.")
    if n_classes is not None and gives != n_classes:
        raise InputError(f"{source}: has {gives} outputs, but {data} has {n_classes} classes.")
    if network.n_steps != n_steps:
        raise InputError(
            f"{source}: is made for {network.n_steps} time steps, but samples have {n_steps}; set data.time_steps."
        )


def check_network(network: Network, source: object) -> None:
    """Check that shapes, levels and values fit one another."""
    for index, layer in enumerate(network.layers):
        _check_neuron(layer, f"{source}: layer {index}")
        _check_kinds(layer, f"{source}: layer {index}")
        _check_sharing(layer, index, f"{source}: layer {index}")
    partly = [index for index, layer in enumerate(network.layers) if layer.bits is None]
    if partly and len(partly) < len(network.layers):
        raise InputError(
            f"{source}: layer {partly[0]} is not quantised, others are; give scale and bits to all or none."
        )
    pre = network.topology[0]
    for index, layer in enumerate(network.layers):
        where = f"{source}: layer {index}"
        levels, _, post = layer.weights.shape
        if layer.inputs != pre:
            raise InputError(f"{where}: takes {layer.inputs} inputs, but the layer before has {pre} neurons.")
        if len(layer.delay_levels) != levels:
            raise InputError(f"{where}: {levels} weight matrices but {len(layer.delay_levels)} delay levels.")
        if any(level < 0 for level in layer.delay_levels) or list(layer.delay_levels) != sorted(
            set(layer.delay_levels)
        ):
            raise InputError(f"{where}: delay levels must increase from 0 or more, found {layer.delay_levels}.")
        for name in ("decay", "threshold", *layer.own):
            shape = layer.arrays[name].shape
            if shape != (post,):
                raise InputError(f"{where}: {name} must have one value for each of {post} neurons, found {shape}.")
        if layer.recurrent is not None and layer.recurrent.shape != (post, post):
            raise InputError(
                f"{where}: recurrent must be [pre, post] of the same {post} neurons, found shape "
                f"{layer.recurrent.shape}."
            )
        for name, values in layer.arrays.items():
            if not np.isfinite(values).all():
                raise InputError(f"{where}: {name} holds a value that is not finite.")
            if (largest := float(np.abs(values).max())) > _LARGEST:
                raise InputError(f"{where}: {name} holds {largest:.3g} in size; {_LARGEST:g} is the most.")
        if ((layer.decay < 0) | (layer.decay > 1)).any():
            raise InputError(f"{where}: decay must lie in 0 to 1, found {layer.decay.min()} to {layer.decay.max()}.")
        if (layer.threshold <= 0).any():
            raise InputError(f"{where}: threshold must be above 0, found {layer.threshold.min()}.")
        _check_own(layer, where)
        if layer.bits is not None and layer.scale is not None:
            _check_units(layer.weights, layer.bits, layer.scale, where)
        pre = post


def _check_neuron(layer: Layer, where: str) -> None:
    """Check that the layer has what its neurons need, and nothing of other neurons."""
    neurons = registered()
    if layer.neuron not in neurons:
        raise InputError(f"{where}: neuron is {layer.neuron!r}; choose one of {', '.join(neurons)}.")
    needed = {array.name for array in neurons[layer.neuron].arrays}
    for name in sorted(needed ^ set(layer.own)):
        if name in needed:
            raise InputError(f"{where}: neuron is {layer.neuron}, which needs {name}, but there is none; add it.")
        raise InputError(f"{where}: holds {name}, which neuron {layer.neuron} does not have; take it out.")


def _check_own(layer: Layer, where: str) -> None:
    """Check the values that the layer's neurons have beside decay and threshold."""
    neuron = registered()[layer.neuron]
    for array in neuron.arrays:
        values = layer.own[array.name]
        if ((values < array.least) | (values > array.most)).any():
            needed = f"{array.least:g} or more" if np.isinf(array.most) else f"in {array.least:g} to {array.most:g}"
            raise InputError(f"{where}: {array.name} must be {needed}, found {values.min():.6g} to {values.max():.6g}.")
    if wrong := neuron.check([layer.own[array.name] for array in neuron.arrays], layer.decay):
        raise InputError(f"{where}: {wrong}.")


def _check_kinds(layer: Layer, where: str) -> None:
    for name, values in layer.arrays.items():
        if values.dtype.kind not in "fiu":
            raise InputError(f"{where}: {name} holds {values.dtype}; real numbers are needed, best as float32.")
    shape = layer.weights.shape
    if len(shape) != 3:
        raise InputError(f"{where}: weights must be [delay, pre, post], found shape {shape}.")
    if not min(shape):
        raise InputError(f"{where}: weights of shape {shape} have no delay level or no neuron.")
    if max(shape[1:]) > _MOST_NEURONS:
        raise InputError(
            f"{where}: {max(shape[1:])} neurons are more than {_MOST_NEURONS}, the most that are numbered."
        )
    if not all(isinstance(level, Integral) and not isinstance(level, bool) for level in layer.delay_levels):
        raise InputError(f"{where}: delay levels must be whole numbers of time steps, found {layer.delay_levels}.")
    if layer.bits is not None and not (is_whole(layer.bits) and layer.bits in _BITS):
        raise InputError(
            f"{where}: bits must be a whole number from {_BITS[0]} to {_BITS[-1]} or null, found {layer.bits!r}."
        )
    scale = layer.scale
    if scale is not None and not (isinstance(scale, Real) and not isinstance(scale, bool) and 0 < scale <= _LARGEST):
        raise InputError(f"{where}: scale must be a number above 0, at most {_LARGEST:g}, or null, found {scale!r}.")
    if (scale is None) != (layer.bits is None):
        raise InputError(
            f"{where}: bits is {layer.bits!r} and scale {scale!r}; give both where weights are quantised, or neither."
        )


def _check_sharing(layer: Layer, index: int, where: str) -> None:
    sharing, channels, rows = layer.input_sharing, layer.input_channels, layer.weights.shape[1]
    if not is_whole(sharing) or sharing < 1:
        raise InputError(f"{where}: input_sharing must be a whole number from 1, found {sharing!r}.")
    if sharing == 1 and channels is None:
        return
    if index:
        raise InputError(
            f"{where}: input_sharing is {sharing} and input_channels {channels!r}, but only layer 0 has input "
            "channels; leave both out."
        )
    if channels is None or not is_whole(channels) or not sharing <= channels <= _MOST_NEURONS:
        raise InputError(
            f"{where}: input_sharing is {sharing}, so input_channels must be a whole number from {sharing} to "
            f"{_MOST_NEURONS}, found {channels!r}."
        )
    if rows != -(-channels // sharing):
        raise InputError(
            f"{where}: weights have {rows} rows, but {channels} input channels in runs of {sharing} have "
            f"{-(-channels // sharing)}."
        )


def _check_units(weights: np.ndarray, bits: int, scale: float, where: str) -> None:
    """Check that quantised weights are whole multiples of the scale, and within their bits."""
    top = 2 ** (bits - 1) - 1
    units = weights.astype(np.float64) / scale
    for wrong, what in (
        (np.abs(units - np.rint(units)) > _UNIT_ERROR, f"is no multiple of scale {scale}"),
        (
            np.abs(np.rint(units)) > top,
            f"is more than {top} times scale {scale}, the most that bits {bits} hold",
        ),
    ):
        if wrong.any():
            place = tuple(np.argwhere(wrong)[0].tolist())
            raise InputError(f"{where}: weights{list(place)} is {weights[place]:.6g}, which {what}.")


def write_network(path: str | Path, network: Network) -> None:
    """Write ``path`` (.safetensors: arrays) and, beside it, the .json that describes them."""
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
    )


def read_network(path: str | Path) -> Network:
    """Read and check a network from ``path`` (.safetensors) and the .json beside it.

    Raises:
        InputError: a file is missing or broken, contradicts itself or the other, or holds what is not read here.
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
                input_sharing=layer.get("input_sharing", 1),
                input_channels=layer.get("input_channels"),
                neuron=layer.get("neuron", PLAIN),
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
    network = Network(layers, **known, provenance=description.get("provenance", {}))
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
