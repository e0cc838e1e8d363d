"""State dicts of snnTorch 1.0 (https://snntorch.readthedocs.io), with a JSON that names the layers.

Its neurons fire above their threshold. The state dict says how they are reset, except for ``reset_delay``:

=============  ==================  ====================================================
neuron         ``subtract``        ``zero``
=============  ==================  ====================================================
``Leaky``      with reset_delay    always
``RLeaky``     with reset_delay    without
``Synaptic``   with reset_delay    without
``RSynaptic``  with reset_delay    never
=============  ==================  ====================================================

With ``subtract`` the threshold is subtracted from the potential of the step after a spike, after its decay. All other
combinations are refused. With ``zero`` and reset_delay, neurons other than ``Leaky`` also lose what arrives in the step
after a spike. With ``subtract`` and without reset_delay, a potential that is still above the threshold after the
subtraction is reduced once more.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.network import Layer, Network
from delaysnn.core.readout import SPIKES
from delaysnn.networks.assemble import assemble
from delaysnn.networks.layers_file import NamedLayer, read_layers
from delaysnn.networks.readers import About, Reader
from delaysnn.networks.state_dict import Arriving, StateDict, arriving, layer_of, read_state_dict
from delaysnn.networks.synapses import above
from delaysnn.settings.section import Section, Text


class _Neuron(Section):
    name: Text
    reset_delay: bool = True


_KINDS: dict[str, type[Section]] = dict.fromkeys(("Leaky", "RLeaky", "Synaptic", "RSynaptic"), _Neuron)
_RESETS = ("subtract", "zero", "none")  # by their number in the state dict
_READ = {
    *((kind, "subtract", True) for kind in _KINDS),
    *((kind, "zero", False) for kind in ("Leaky", "RLeaky", "Synaptic")),
    ("Leaky", "zero", True),
}


class SnnTorch(Reader):
    name = "snntorch"
    keys = ("layers",)
    needs = "a network of snnTorch is a state dict and a JSON that names its layers (docs/own-network.md)"

    def read(self, path: str, about: About) -> Network:

        (beside,) = self.beside(path, about)
        named = read_layers(beside, _KINDS, self.needs)
        state = read_state_dict(path, named.state_dict)
        last = named.layers[-1] if named.readout != SPIKES else None
        layers = [_layer(each, arriving(each, state), state, each is not last) for each in named.layers]
        state.refuse_rest(beside)
        return assemble(path, layers, about, "snnTorch", named.readout)


def _layer(named: NamedLayer, found: Arriving, state: StateDict, fires: bool) -> Layer:
    """Return a layer, whose neurons may have none of the tool's where they do not fire."""
    post, ones = found.post, np.ones(found.post)
    if named.synapses.recurrent:
        raise InputError(f"{named.where}: recurrent is of SpikingJelly; RLeaky and RSynaptic hold what they feed back.")
    if named.kind is None:
        return layer_of(found, 0 * ones, ones)
    name, where = named.neuron.name, named.where
    for left in ("mem", "syn", "spk"):  # of the last sample, from which none starts
        state.find(f"{name}.{left}")

    def values(key: str) -> np.ndarray:
        return state.values(f"{name}.{key}", where, post)

    if (values("graded_spikes_factor") != 1).any():
        raise InputError(f"{where}: {name}.graded_spikes_factor is {values('graded_spikes_factor')[0]:g}; 1 is read.")
    reset, threshold = _reset(named, state, fires), values("threshold")
    if fires and (threshold <= 0).any():
        raise InputError(f"{where}: {name}.threshold is {threshold.min():g}; above 0 is needed.")
    more: dict[str, Any] = {"reset": threshold.astype(np.float32)} if reset == "subtract" else {}
    if named.kind in ("Synaptic", "RSynaptic"):
        more |= {"neuron": "cuba", "own": {"current_decay": values("alpha").clip(0, 1).astype(np.float32)}}
    if named.kind in ("RLeaky", "RSynaptic"):
        found = _returning(named, found, state)
    return layer_of(found, values("beta").clip(0, 1), above(threshold) if fires else ones, **more)


def _reset(named: NamedLayer, state: StateDict, fires: bool) -> str:
    """Return how the neurons are reset: by one of ``_RESETS``."""
    name, where, late = named.neuron.name, named.where, named.neuron.reset_delay
    number = int(state.values(f"{name}.reset_mechanism_val", where, 1)[0])
    if number not in range(len(_RESETS)):
        raise InputError(f"{where}: {name}.reset_mechanism_val is {number}, which is none of snnTorch 1.0.")
    reset = _RESETS[number]
    if not fires:
        if reset != "none":
            raise InputError(
                f"{where}: {name} has reset_mechanism {reset!r}, but by membranes the last neurons are never reset; "
                'train it with "none", or say readout: spikes.'
            )
        return reset
    if (named.kind, reset, late) not in _READ:
        read = [f"{each!r} with reset_delay {delay}" for kind, each, delay in sorted(_READ) if kind == named.kind]
        raise InputError(
            f"{where}: {name} has reset_mechanism {reset!r} with reset_delay {late}, which no network of ours does; of "
            f"{named.kind}, {' and '.join(read)} are read."
        )
    return reset


def _returning(named: NamedLayer, found: Arriving, state: StateDict) -> Arriving:
    """Return what arrives, together with what a neuron's own recurrent weights return."""
    name, where, post = named.neuron.name, named.where, found.post
    if (one_to_one := state.find(f"{name}.recurrent.V")) is not None:
        state.find(f"{name}.V")
        return replace(found, recurrent=np.diag(np.broadcast_to(np.ravel(one_to_one), (post,))))
    weights = state.take(f"{name}.recurrent.weight", where)
    if weights.shape != (post, post):
        raise InputError(f"{where}: {name}.recurrent.weight has shape {weights.shape}; {(post, post)} is read.")
    bias = state.find(f"{name}.recurrent.bias")
    return replace(found, recurrent=weights.T, bias=found.bias + (0 if bias is None else bias))


READER = SnnTorch()
