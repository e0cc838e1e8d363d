"""The energy of an inference of a candidate on a chip, counted from its spikes there."""

from dataclasses import replace
from typing import Any

from delaysnn.core.dataset import Dataset
from delaysnn.core.errors import InputError
from delaysnn.core.metrics import Cell
from delaysnn.core.network import Network
from delaysnn.platforms.protocol import Basis
from delaysnn.settings.networks import Network as Shape


def count_energy(network: Network, shape: Shape, data: Dataset, platform: Any, basis: Basis) -> Cell:
    """Return the energy of an inference, the mean over samples, by the constants of a chip alone.

    The chip's own arithmetic runs every sample. Of several ways to run a network there the first counts (Loihi on the
    first of its numbers of cores, Seneca with SCDQ); the cell names it.

    Args:
        network: with integer weights.
        shape: what it was trained as.
        data: validation samples.
        platform: one that has costs (:class:`delaysnn.platforms.protocol.Priced`).
        basis: the chip's constants and its section of the configuration.

    Raises:
        InputError: the chip does not run the network, or it does not fit.
    """
    if not shape.deployed:
        raise InputError(f"Network {network.name} is a baseline without learned delays, which no chip runs here.")
    if not platform.takes(network.neurons):
        raise InputError(f"Network {network.name} has neurons {', '.join(network.neurons)}; {platform.name} does not.")
    deployed = platform.deploy(network)
    placed = platform.place(deployed, basis)
    layers = platform.run(deployed, data.spikes).layers
    cells = platform.estimate(platform.count(placed, data.spikes, layers), basis).cells
    counted = next(cell for cell in cells if cell.quantity == "energy" and cell.how == "counted")
    return replace(counted, split="validation")
