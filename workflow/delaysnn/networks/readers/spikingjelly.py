"""State dicts of SpikingJelly 2.0 (https://spikingjelly.readthedocs.io), with a JSON that names the layers.

Its neurons fire at their threshold, as ours do. With a ``v_reset`` of ``null`` the threshold is subtracted before the
decay, so here decay * threshold is subtracted after it. With any other ``v_reset``, potentials start there, decay to it
and are reset to it; our potentials are the differences from it.
"""

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from delaysnn.core.errors import InputError
from delaysnn.core.network import Layer, Network
from delaysnn.core.readout import SPIKES
from delaysnn.networks.assemble import assemble
from delaysnn.networks.layers_file import NamedLayer, read_layers
from delaysnn.networks.readers import About, Reader
from delaysnn.networks.state_dict import Arriving, StateDict, arriving, layer_of, read_state_dict
from delaysnn.settings.section import Positive, Section, Text

_Tau = Annotated[float, Field(ge=1)]


class _Node(Section):
    """Arguments of its constructor, which the state dict does not hold, with the values that they have there."""

    v_threshold: Positive = 1.0
    v_reset: float | None = 0.0


class _LIFNode(_Node):
    tau: _Tau = 2.0
    decay_input: bool = True


class _ParametricLIFNode(_Node):
    name: Text
    decay_input: bool = True


class _CUBALIFNode(_Node):
    c_decay: Annotated[float, Field(ge=0, le=1)] = 0.5
    v_decay: Annotated[float, Field(ge=0, le=1)] = 0.75
    v_threshold: Positive = 0.5


class _NonSpikingLIFNode(Section):
    tau: _Tau = 2.0


_FIRING: dict[str, type[Section]] = {
    "IFNode": _Node,
    "LIFNode": _LIFNode,
    "ParametricLIFNode": _ParametricLIFNode,
    "CUBALIFNode": _CUBALIFNode,
}
_SILENT: dict[str, type[Section]] = {"NonSpikingIFNode": Section, "NonSpikingLIFNode": _NonSpikingLIFNode}


class SpikingJelly(Reader):
    name = "spikingjelly"
    keys = ("layers",)
    needs = "a network of SpikingJelly is a state dict and a JSON that names its layers (docs/own-network.md)"

    def read(self, path: str, about: About) -> Network:

        (beside,) = self.beside(path, about)
        named = read_layers(beside, _FIRING | _SILENT, self.needs)
        state = read_state_dict(path, named.state_dict)
        for each in named.layers:
            _check_readout(each, each is named.layers[-1], named.readout)
        layers = [_layer(each, arriving(each, state), state) for each in named.layers]
        state.refuse_rest(beside)
        return assemble(path, layers, about, "SpikingJelly", named.readout)


def _check_readout(named: NamedLayer, last: bool, readout: str) -> None:
    """Check that all neurons fire but those of the last layer of a network that is read by membranes."""
    if (named.kind in _FIRING) != (last and readout != SPIKES):
        silent = last and readout != SPIKES
        if silent and named.synapses.recurrent:
            raise InputError(f"{named.where}: recurrent is {named.synapses.recurrent}, but by {readout} nothing fires.")
        return
    if last:
        fires = "fires" if named.kind in _FIRING else "does not fire"
        raise InputError(f"{named.where}: {named.kind} {fires}, but readout is {readout}; correct one of the two.")
    raise InputError(f"{named.where}: {named.kind} does not fire, which is read in the last layer alone.")


def _layer(named: NamedLayer, found: Arriving, state: StateDict) -> Layer:
    said, ones = named.neuron, np.ones(found.post)
    if named.kind is None:
        return layer_of(found, 0 * ones, ones)
    lost = _lost(named, state)
    # What arrives is weighed by what a step loses, where the neuron says so.
    decays_input = getattr(said, "decay_input", named.kind == "NonSpikingLIFNode")
    found = found.times(lost) if decays_input else found
    if named.kind in _SILENT:
        return layer_of(found, (1 - lost) * ones, ones)
    more: dict[str, Any] = {}
    if named.kind == "CUBALIFNode":
        more = {"neuron": "cuba", "own": {"current_decay": np.full(found.post, said.c_decay, np.float32)}}
        if said.v_reset:
            raise InputError(
                f"{named.where}: v_reset is {said.v_reset}; of CUBALIFNode, whose potential decays to 0, 0 and null "
                "are read."
            )
    threshold = said.v_threshold - (said.v_reset or 0)
    if threshold <= 0:
        raise InputError(f"{named.where}: v_threshold is {said.v_threshold}; above v_reset, {said.v_reset}, is needed.")
    if said.v_reset is None:
        more["reset"] = ((1 - lost) * threshold * ones).astype(np.float32)
    return layer_of(found, (1 - lost) * ones, threshold * ones, **more)


def _lost(named: NamedLayer, state: StateDict) -> float:
    """Return the share of a potential that a step takes away."""
    if named.kind == "ParametricLIFNode":
        logit = state.values(f"{named.neuron.name}.w", named.where, 1)[0]
        return float(1 / (1 + np.exp(-logit)))
    if named.kind == "CUBALIFNode":
        return 1 - named.neuron.v_decay
    return 1 / named.neuron.tau if hasattr(named.neuron, "tau") else 0.0


READER = SpikingJelly()
