"""Networks built, run and saved in SpikingJelly."""

from itertools import pairwise

import torch
from common import SIZES, drawn, record
from spikingjelly.activation_based import functional, layer, neuron
from torch import nn

torch.manual_seed(1)


def chain(nodes, bias=True, between=None):
    """Linear layers and neurons in turn, and what else stands before a linear layer, by its place."""
    modules = []
    for index, (pair, node) in enumerate(zip(pairwise(SIZES), nodes, strict=True)):
        modules += [*(between or {}).get(index, []), drawn(layer.Linear(*pair, bias=bias)), node]
    network = nn.Sequential(*modules)
    functional.set_step_mode(network, "m")
    return network


def run(network, inputs):
    """Return what every node gives, over all steps."""
    functional.reset_net(network)
    found, given = [], inputs
    for module in network:
        given = module(given)
        if isinstance(module, neuron.BaseNode | layer.LinearRecurrentContainer):
            found.append(given)
        elif isinstance(module, neuron.NonSpikingLIFNode):
            found.append(torch.stack(given))
    return found


def alike(kind, **arguments):
    return [kind(**arguments) for _ in range(3)]


CASES = {
    "lif": alike(neuron.LIFNode, tau=1.5),
    "lif_soft": alike(neuron.LIFNode, tau=1.5, v_reset=None),
    "lif_whole_input": alike(neuron.LIFNode, tau=3.0, decay_input=False, v_threshold=1.5),
    "lif_above_rest": alike(neuron.LIFNode, tau=1.5, v_reset=-0.25),
    "plif": alike(neuron.ParametricLIFNode, init_tau=1.7),
    "plif_soft": alike(neuron.ParametricLIFNode, init_tau=1.7, v_reset=None, decay_input=False, v_threshold=2.0),
    "if": alike(neuron.IFNode, v_threshold=2.0),
    "if_soft": alike(neuron.IFNode, v_threshold=2.0, v_reset=None),
    "membranes": [*alike(neuron.LIFNode, tau=1.5)[:2], neuron.NonSpikingLIFNode(tau=2.0)],
}
for case, nodes in CASES.items():
    record(case, chain(nodes), run)

record("cuba", chain(alike(neuron.CUBALIFNode, v_threshold=2.0)), run)
# Deployed as integers, too.
record("no_bias", chain(alike(neuron.LIFNode, tau=1.5), bias=False), run)

late = {1: [layer.Delay(3, step_mode="m")], 2: [layer.Delay(7, step_mode="m")]}
record("delayed", chain(alike(neuron.LIFNode, tau=1.5), between=late), run)


def container():
    """A node whose spikes return to it a step later, beside what arrives."""
    found = layer.LinearRecurrentContainer(neuron.LIFNode(tau=1.5), SIZES[1], SIZES[1], bias=True, step_mode="m")
    drawn(found.rc, gain=2.0, shift=0)
    return found


network = chain(alike(neuron.LIFNode, tau=1.5))
network[1], network[3] = container(), container()
functional.set_step_mode(network[1].sub_module, "s")
record("returning", network, run)
