"""PyTorch as a platform: the reference, without costs."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING

from delaysnn.core.features import FEATURES
from delaysnn.neurons import registered
from delaysnn.platforms.protocol import Platform, Run

if TYPE_CHECKING:
    import numpy as np

    from delaysnn.core.network import Network
    from delaysnn.core.spike_trains import SpikeTrains
    from delaysnn.training.model import DelayNetwork

# What training would start from; a network's own values take its place.
_START = SimpleNamespace(surrogate_slope=1.0, decay=(0.5, 0.5), threshold=1.0)


@dataclass(frozen=True)
class PyTorch(Platform):
    """Float inference with the modules that are trained."""

    def deploy(self, network: "Network") -> "DelayNetwork":
        from delaysnn.training.model import DelayNetwork

        # Whoever builds on this finds a weight for every input channel.
        return DelayNetwork.restore(super().deploy(network), _START)

    def run(self, deployed: "DelayNetwork", spikes: "SpikeTrains") -> Run:
        from delaysnn.training.evaluate import outputs

        layers, scores = outputs(deployed, spikes)
        return Run(layers, scores=scores)

    def membranes(self, deployed: "DelayNetwork", spikes: "SpikeTrains") -> "tuple[np.ndarray, ...]":
        from delaysnn.training.evaluate import membranes

        return membranes(deployed, spikes)


PLATFORM = PyTorch("pytorch", "PyTorch", "#56606b", neurons=tuple(registered()), features=tuple(FEATURES))
