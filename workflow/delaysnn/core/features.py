"""Features that a network may have beyond the paper's networks, and what accepts them.

A platform names the features that it runs (:attr:`delaysnn.platforms.protocol.Platform.features`), and so does every
writer of files. A network with another feature is refused before anything runs.
"""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from delaysnn.core.errors import InputError
from delaysnn.core.readout import SPIKES

if TYPE_CHECKING:
    from delaysnn.core.network import Network

# By its name, what readers are told that a network has.
FEATURES = {
    "bias": "biases",
    "reset": "neurons that are reset by subtraction",
    "recurrent": "recurrent synapses",
    "readout": "a readout by membranes",
}


def features(network: "Network") -> frozenset[str]:
    """Return the names of :data:`FEATURES` that a network has."""
    layers = network.layers
    return frozenset(
        name
        for name, has in (
            ("bias", any(layer.bias is not None for layer in layers)),
            ("reset", any(layer.reset is not None for layer in layers)),
            ("recurrent", any(layer.recurrent is not None for layer in layers)),
            ("readout", network.readout != SPIKES),
        )
        if has
    )


def check_features(network: "Network", source: object, takers: Mapping[str, Collection[str]]) -> None:
    """Refuse a network with a feature that none of ``takers`` takes.

    Args:
        network: what is checked.
        source: its file or name, for errors.
        takers: names of the features that each takes, by its own name.

    Raises:
        InputError: naming the source, what the network has, and what each takes.
    """
    has = features(network)
    if any(has <= {*taken} for taken in takers.values()):
        return
    takes = "; ".join(
        f"{name} takes {listed(taken) or 'nothing beyond the networks of the paper'}" for name, taken in takers.items()
    )
    missed = [name for name in FEATURES if name in has and any(name not in taken for taken in takers.values())]
    raise InputError(f"{source}: has {listed(missed)}, but {takes}.")


def listed(names: Collection[str]) -> str:
    """Return the names of features for readers, in a fixed order."""
    return ", ".join(words for name, words in FEATURES.items() if name in names)
