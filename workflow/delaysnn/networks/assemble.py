"""Layers that were read, made into one network and checked."""

from collections.abc import Sequence

from delaysnn.core.network import Layer, Network
from delaysnn.core.network_checks import check_network
from delaysnn.core.readout import SPIKES
from delaysnn.networks.readers import About


def assemble(path: str, layers: Sequence[Layer], about: About, tool: str, readout: str = SPIKES) -> Network:
    """Return the network of these layers, with the name, seed and data set of the configuration.

    Raises:
        InputError: the layers do not fit one another, or a value is impossible; the message names the file.
    """
    network = Network(tuple(layers), about.n_steps, about.name, about.seed, about.dataset, {"tool": tool}, readout)
    check_network(network, path)
    return network
