"""A chip that holds weights with three decimals, and spends so much energy a synaptic operation."""

import dataclasses
from dataclasses import dataclass

import numpy as np

from delaysnn.core.metrics import Cell
from delaysnn.platforms.protocol import Basis, Estimates, Setup
from delaysnn.platforms.pytorch.platform import PyTorch


@dataclass(frozen=True)
class Toy(PyTorch):
    def deploy(self, network):
        rounded = [dataclasses.replace(layer, weights=layer.weights.round(3)) for layer in network.layers]
        return super().deploy(dataclasses.replace(network, layers=tuple(rounded)))

    def count(self, deployed, inputs, layers):
        operations = 0.0
        for weights, spikes in zip(deployed.weights, [inputs, *layers[:-1]], strict=True):
            synapses = np.count_nonzero(weights.detach().numpy(), axis=(0, 2))
            operations += float(synapses[spikes.neurons].sum()) / len(spikes)
        return operations

    def estimate(self, counts: float, basis: Basis) -> Estimates:
        energy = counts * basis.constants["synaptic_operation_pj"] * 1e-6
        return Estimates([Cell("toy", "energy", "uJ", energy, "counted")], {})


PLATFORM = Toy("toy", "Toy", "#cc79a7", setups=(Setup("toy", "Toy", "#cc79a7"),))
