"""Networks built, run and saved in snnTorch."""

from itertools import pairwise

import snntorch as snn
import torch
from common import SIZES, drawn, record
from torch import nn

torch.manual_seed(1)


class Chain(nn.Module):
    """Linear layers and neurons in turn, of the kind that is given."""

    def __init__(self, neurons, sizes=SIZES, norm=False, bias=True):
        super().__init__()
        self.linear = nn.ModuleList(drawn(nn.Linear(*pair, bias=bias)) for pair in pairwise(sizes))
        self.neurons = nn.ModuleList(neurons)
        self.norm = nn.BatchNorm1d(sizes[1]) if norm else None


def run(network, inputs):
    layers = [[] for _ in network.neurons]
    for neuron in network.neurons:
        neuron.reset_mem()
    for step in inputs:
        for index, (linear, neuron) in enumerate(zip(network.linear, network.neurons, strict=True)):
            current = linear(step)
            if index == 0 and network.norm is not None:
                current = network.norm(current)
            # Its states stay in it.
            step, *_, potential = neuron(current)
            layers[index].append(potential if neuron.reset_mechanism == "none" else step)
    return [torch.stack(layer) for layer in layers]


def fire(shifted):
    """As snnTorch's own, whose spikes are always numbers of 32 bits."""
    return (shifted > 0).to(shifted.dtype)


def of(kind, *first, **more):
    return kind(*first, spike_grad=fire, **more)


def betas(size):
    return torch.rand(size) * 0.4 + 0.5


def hidden(kind, *arguments, **more):
    """Neurons of both hidden layers; those that feed back know how many they are."""
    if kind in (snn.RLeaky, snn.RSynaptic):
        more["linear_features"] = SIZES[1]
    return [of(kind, *(each(SIZES[1]) for each in arguments), **more) for _ in range(2)]


CASES = {
    "leaky_subtract": [*hidden(snn.Leaky, betas), of(snn.Leaky, 0.9)],
    "leaky_zero": [*hidden(snn.Leaky, betas, reset_mechanism="zero"), of(snn.Leaky, 0.9, reset_mechanism="zero")],
    "leaky_zero_at_once": [
        *hidden(snn.Leaky, betas, reset_mechanism="zero", reset_delay=False),
        of(snn.Leaky, 0.9, reset_mechanism="zero", reset_delay=False),
    ],
    "synaptic_subtract": [*hidden(snn.Synaptic, betas, betas, threshold=4.0), of(snn.Leaky, 0.9)],
    "synaptic_zero": [
        *hidden(snn.Synaptic, betas, betas, threshold=4.0, reset_mechanism="zero", reset_delay=False),
        of(snn.Leaky, 0.9),
    ],
    "rleaky_subtract": [*hidden(snn.RLeaky, betas), of(snn.Leaky, 0.9)],
    "rleaky_zero": [*hidden(snn.RLeaky, betas, reset_mechanism="zero", reset_delay=False), of(snn.Leaky, 0.9)],
    "rsynaptic_subtract": [*hidden(snn.RSynaptic, betas, betas, threshold=4.0), of(snn.Leaky, 0.9)],
    "membranes": [*hidden(snn.Leaky, betas), of(snn.Leaky, 0.9, reset_mechanism="none")],
}
for case, neurons in CASES.items():
    record(case, Chain(neurons), run)

# Deployed as integers, too.
zero = {"reset_mechanism": "zero"}
record("no_bias", Chain([*hidden(snn.Leaky, betas, **zero), of(snn.Leaky, 0.9, **zero)], bias=False), run)

network = Chain([*hidden(snn.Leaky, betas), of(snn.Leaky, 0.9)], norm=True)
with torch.no_grad():
    for values in (network.norm.running_mean, network.norm.weight, network.norm.bias):
        values.copy_(torch.randn_like(values) * 0.3 + 0.5)
    network.norm.running_var.copy_(torch.rand_like(network.norm.running_var) + 0.5)
record("normalised", network, run)
