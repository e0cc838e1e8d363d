"""The JSON that names a network's layers where a tool saves arrays alone (a state dict)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from delaysnn.core.errors import InputError
from delaysnn.core.readout import READOUTS, SPIKES
from delaysnn.networks.about import checked, read_about
from delaysnn.settings.section import NotNegative, OneOf, Section, Text

_Delay = Annotated[int, Field(ge=0)] | Text


class BatchNorm(Section):
    """A batch normalisation behind a layer's weights: what its arrays' names begin with, and what is in none."""

    name: Text
    eps: NotNegative = 1e-5


class Synapses(Section):
    """Synapses of a layer's neurons, as the JSON describes them.

    ``linear``: first part of the names of weights and biases. ``delays``: of each of these in time steps, or the name
    of an array with one delay for each input, or for each synapse. ``recurrent``: name of a container that feeds spikes
    back.
    """

    linear: Text | Annotated[list[Text], Field(min_length=1)]
    delays: _Delay | Annotated[list[_Delay], Field(min_length=1)] = 0
    batch_norm: BatchNorm | None = None
    recurrent: Text | None = None

    @property
    def branches(self) -> list[tuple[str, int | str]]:
        """Return each linear layer with its delays."""
        linear = self.linear if isinstance(self.linear, list) else [self.linear]
        delays = self.delays if isinstance(self.delays, list) else [self.delays] * len(linear)
        return [*zip(linear, delays, strict=True)]


class _Whole(Section):
    layers: Annotated[list[dict[str, Any]], Field(min_length=1)]
    readout: Annotated[str, OneOf(READOUTS, "a readout")] = SPIKES
    state_dict: Text | None = None


@dataclass(frozen=True)
class NamedLayer:
    """A layer as the JSON names it.

    Attributes:
        where: the file and the layer's number, for errors.
        synapses: what leads to it.
        kind: the tool's name of its neurons, None where there are none.
        neuron: what is said of these.
    """

    where: str
    synapses: Synapses
    kind: str | None
    neuron: Any


@dataclass(frozen=True)
class NamedLayers:
    """Content of the JSON.

    Attributes:
        layers: in their order from the inputs.
        readout: one of :data:`delaysnn.core.readout.READOUTS`.
        state_dict: key of the arrays in a checkpoint, None where the checkpoint holds nothing else.
    """

    layers: list[NamedLayer]
    readout: str
    state_dict: str | None


def read_layers(path: str, kinds: Mapping[str, type[Section]], needs: str) -> NamedLayers:
    """Read and check the JSON.

    Args:
        path: of the JSON.
        kinds: what is said of neurons, by the tool's name of them; a layer names one of these.
        needs: what the JSON is for, for whoever has none.

    Raises:
        InputError: it is missing, no JSON, or holds what is not read here; naming the layer, the key and its value.
    """
    found = read_about(path, _Whole, needs)
    layers = []
    for index, said in enumerate(found.layers):
        where = f"{path}: layer {index}"
        named = [key for key in said if key in kinds]
        last = index == len(found.layers) - 1
        if len(named) > 1 or (not named and not (last and found.readout != SPIKES)):
            raise InputError(
                f"{where} names {' and '.join(named) or 'no neurons'}; write one of {', '.join(kinds)}"
                f"{', or none in the last layer with a readout by membranes' if not named else ''}."
            )
        synapses = {key: value for key, value in said.items() if key not in kinds}
        kind = named[0] if named else None
        neuron = checked(kinds[kind], said[kind], f"{where}, {kind}") if kind else None
        layers.append(NamedLayer(where, checked(Synapses, synapses, where, kinds), kind, neuron))
        _check_branches(layers[-1])
    return NamedLayers(layers, found.readout, found.state_dict)


def _check_branches(layer: NamedLayer) -> None:
    linear, delays = layer.synapses.linear, layer.synapses.delays
    if isinstance(delays, list) and len(delays) != (len(linear) if isinstance(linear, list) else 1):
        raise InputError(f"{layer.where}: delays is {delays}; give one for each of linear, which is {linear}.")
