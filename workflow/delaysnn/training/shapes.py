"""From a network's shape in the configuration to one that can be trained."""

from collections.abc import Mapping
from typing import Any

from delaysnn.core.dataset import Dataset
from delaysnn.core.network import delay_levels
from delaysnn.training.model import DelayNetwork


def draw_network(
    data: Dataset, shape: Mapping[str, Any], delays: Mapping[str, int], settings: dict, seed: int
) -> DelayNetwork:
    """Return a new network that takes the data's channels and decides between its classes.

    Args:
        data: any split of what it will learn.
        shape: ``hidden``, ``delays`` and ``recurrent`` of the configuration; outputs are never recurrent.
        delays: ``max`` and ``stride`` of the delay levels; ``keep`` where delays are random: fixed before training.
        settings: the configuration's ``training`` section.
        seed: of the draw.
    """
    hidden = shape["hidden"]
    topology = [data.spikes.n_neurons, *hidden, data.n_classes]
    levels = [1] + [len(delay_levels(delays)) if shape["delays"] else 1] * len(hidden)
    recurrent = range(len(hidden)) if shape["recurrent"] else ()
    random_levels = delays["keep"] if shape["delays"] == "random" else None
    return DelayNetwork(topology, levels, delays["stride"], settings, seed, recurrent, random_levels)
