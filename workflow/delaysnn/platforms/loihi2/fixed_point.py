"""The integer reference of networks with neurons that Loihi does not have; all others are Loihi's own."""

import numpy as np

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.loihi import fixed_point
from delaysnn.platforms.loihi.fixed_point import Ran, Simulation, currents
from delaysnn.platforms.loihi.integer_network import DECAY_UNITY, STATE_SHIFT, IntegerLayer, IntegerNetwork
from delaysnn.platforms.loihi.states import run_states
from delaysnn.platforms.loihi2.integer_network import AdaptiveLayer, ProgrammedLayer


def simulate(network: IntegerNetwork, spikes: SpikeTrains) -> Simulation:
    """Run every sample through the integer network.

    Raises:
        InputError: the inputs do not fit the network, a current leaves the range of an accumulator or, where it lasts,
            of its 24 bits, or a last layer fires whose membranes decide.
    """
    return fixed_point.simulate(network, spikes, run_layer)


def membranes(network: IntegerNetwork, spikes: SpikeTrains) -> tuple[np.ndarray, ...]:
    """Return potentials before the reset in units of the threshold, float [time, neuron] a layer, of one sample.

    Those of a last layer whose membranes decide are in units of the network's weights.
    """
    return fixed_point.membranes(network, spikes, run_layer)


def run_layer(layer: IntegerLayer, spikes: SpikeTrains) -> Ran:
    """Run every sample through a layer."""
    further = {}
    if isinstance(layer, AdaptiveLayer):
        further["remembered"] = DECAY_UNITY - layer.adaptation_decay
        further["share"] = layer.adaptation_membrane
        further["step"] = layer.adaptation_spike.astype(np.int64) << STATE_SHIFT
    if isinstance(layer, AdaptiveLayer | ProgrammedLayer) and layer.reset is not None:
        further["reset"] = layer.reset.astype(np.int64) << STATE_SHIFT
    if not further:
        return fixed_point.run_layer(layer, spikes)
    fired, membrane, peak, lasting = run_states(layer, currents(layer, spikes), further)
    return Ran(fired, membrane, peak, lasting if isinstance(layer, ProgrammedLayer) else 0)
