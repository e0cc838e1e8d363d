"""A network in NeuroBench's form, and NeuroBench's own counts of it. Runs in NeuroBench's environment."""

from collections.abc import Sequence

import numpy as np
import torch
from neurobench.benchmarks import Benchmark
from neurobench.metrics.static import ConnectionSparsity, Footprint
from neurobench.metrics.workload import ActivationSparsity, ClassificationAccuracy, SynapticOperations
from neurobench.models import TorchModel
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from delaysnn.core.network import Layer, Network, expand_inputs
from delaysnn.core.readout import SPIKES
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.costs.neurobench import linear

# NeuroBench adds in 32 bits, which hold every whole number up to here.
_EXACT = 1 << 24


class States(nn.Module):
    """What a layer's neurons have beside their synapses; they do not fire, as where their membranes decide."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        for name, values in layer.arrays.items():
            if name not in ("weights", "recurrent", "bias"):
                self.register_buffer(name, torch.from_numpy(np.array(values, np.float32)))

    def forward(self, arrived: Tensor, fired: Tensor) -> Tensor:
        """Return the recorded spikes of a step, [batch, post], of the neurons that something arrives at."""
        assert arrived.shape == fired.shape
        return fired


class Neurons(States):
    """Neurons that fire what was recorded: NeuroBench's activations."""


class AsLinear(nn.Module):
    """A network, each delayed layer as one Linear over the history of the spikes before it.

    Args:
        network: its input channels share no weights.
    """

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.sizes = list(network.topology)
        # Each with its delays; what is in a list alone is no part of a module.
        self.parts = [
            [
                (_linear(weights, bias), delays)
                for (weights, delays), bias in zip(linear(layer), (layer.bias, None), strict=False)
            ]
            for layer in network.layers
        ]
        self.synapses = nn.ModuleList(nn.ModuleList(each for each, _ in own) for own in self.parts)
        *hidden, last = network.layers
        readout = Neurons(last) if network.readout == SPIKES else States(last)
        self.neurons = nn.ModuleList([*map(Neurons, hidden), readout])

    def forward(self, batch: Tensor) -> Tensor:
        """Return what is decided of every sample.

        Args:
            batch: [batch, time, places]: spikes of the inputs, then of every layer, then the decided class.
        """
        spikes = batch[:, :, :-1].split(self.sizes, dim=2)
        for step in range(batch.shape[1]):
            for index, (parts, neurons) in enumerate(zip(self.parts, self.neurons, strict=True)):
                # From the layer before, and from itself where it has a second part.
                sources = zip(parts, spikes[index : index + 2], strict=False)
                arrived = sum(synapses(_history(source, step, delays)) for (synapses, delays), source in sources)
                neurons(arrived, spikes[index + 1][:, step])
        return batch[:, 0, -1].long()


def _linear(weights: np.ndarray, bias: np.ndarray | None) -> nn.Linear:
    """Return a Linear over the history [delay, pre]."""
    post = weights.shape[2]
    made = nn.Linear(weights[..., 0].size, post, bias=bias is not None)
    made.weight.data = torch.from_numpy(np.ascontiguousarray(weights.reshape(-1, post).T))
    if bias is not None:
        made.bias.data = torch.from_numpy(np.array(bias, np.float32))
    return made


def _history(spikes: Tensor, step: int, delays: Sequence[int]) -> Tensor:
    """Return what spikes, [batch, time, pre], were so many steps ago, [batch, delay * pre]; none before the sample."""
    silent = torch.zeros_like(spikes[:, 0])
    return torch.cat([spikes[:, step - delay] if step >= delay else silent for delay in delays], dim=1)


def measure(
    network: Network, inputs: SpikeTrains, layers: Sequence[SpikeTrains], predictions: np.ndarray, labels: np.ndarray
) -> dict[str, float]:
    """Return what NeuroBench counts, by the names of :data:`delaysnn.costs.neurobench.NEUROBENCH`.

    Args:
        network, inputs, layers: as :func:`delaysnn.costs.neurobench.count` takes them.
        predictions, labels: int [samples]; decided and true classes.
    """
    network = expand_inputs(network)
    most = max(part.size for layer in network.layers for part, _ in linear(layer))
    parts = [torch.from_numpy(each.dense().transpose(1, 0, 2).astype(np.float32)) for each in (inputs, *layers)]
    decided = torch.from_numpy(predictions.astype(np.float32))[:, None, None].expand(-1, inputs.n_steps, 1)
    data = TensorDataset(torch.cat([*parts, decided], dim=2), torch.from_numpy(labels.astype(np.int64)))
    model = TorchModel(AsLinear(network))
    model.add_activation_module(Neurons)
    workload = [ClassificationAccuracy, ActivationSparsity, SynapticOperations]
    loader = DataLoader(data, batch_size=max(1, _EXACT // most))
    with torch.no_grad():
        found = Benchmark(model, loader, [], [], [[Footprint, ConnectionSparsity], workload]).run(quiet=True)
    operations = found["SynapticOperations"]
    return {
        "classification_accuracy": float(found["ClassificationAccuracy"]),
        "footprint": float(found["Footprint"]),
        "connection_sparsity": float(found["ConnectionSparsity"]),
        "activation_sparsity": float(found["ActivationSparsity"]),
        "effective_acs": float(operations["Effective_ACs"]),
        "effective_macs": float(operations["Effective_MACs"]),
        "dense": float(operations["Dense"]),
    }
