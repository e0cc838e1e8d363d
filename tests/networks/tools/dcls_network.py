"""A network of SNN-delays, of the modules of DCLS and SpikingJelly, and its evaluation: ``FOLDER CHOSEN``.

Writes network.pt, as the tool saves its state dict, and ran.npz: inputs, spikes of every layer and the output's v_seq,
each [time, sample, neuron], by float32 and by float64.
"""

import json
import sys
from itertools import pairwise

import numpy as np
import torch
from DCLS.construct.modules import Dcls1d
from spikingjelly.activation_based import functional, layer, neuron
from torch.nn.functional import pad

folder, chosen = sys.argv[1], json.loads(sys.argv[2])
torch.manual_seed(0)
torch.set_num_threads(1)
neurons, size = (30, 24, 16, 5), chosen["max_delay"]


def node(threshold):
    more = {"v_threshold": threshold, "decay_input": False, "step_mode": "m", "store_v_seq": True}
    if chosen["tau"] is None:
        return neuron.ParametricLIFNode(init_tau=2.5, **more)
    return neuron.LIFNode(tau=chosen["tau"], **more)


modules = []
for index, (pre, post) in enumerate(pairwise(neurons)):
    last = index == len(neurons) - 2
    modules.append(
        Dcls1d(pre, post, chosen["count"], groups=1, dilated_kernel_size=size, bias=chosen["bias"], version="gauss")
    )
    if chosen["norm"] and not last:
        modules.append(layer.BatchNorm1d(post, step_mode="m"))
    modules.append(node(chosen["output_threshold"] if last else 1.0))
    if not last:
        modules.append(layer.Dropout(0.4, step_mode="m"))
    if chosen["filter"] and not last:
        modules.append(layer.SynapseFilter(tau=2.0, step_mode="m"))
model = torch.nn.Module()
model.model = torch.nn.Sequential(*modules)
with torch.no_grad():
    for module in modules:
        if isinstance(module, Dcls1d):
            torch.nn.init.uniform_(module.P, -size / 2, size / 2)
            module.clamp_parameters()
            torch.nn.init.constant_(module.SIG, size // 2)
            torch.nn.init.kaiming_uniform_(module.weight, nonlinearity="relu")
            module.weight.mul_(chosen["gain"])
        elif isinstance(module, layer.BatchNorm1d):
            module.weight.uniform_(0.5, 1.5)
            module.bias.uniform_(-0.1, 0.3)
            module.running_mean.uniform_(-0.2, 0.2)
            module.running_var.uniform_(0.3, 2)
        elif isinstance(module, neuron.ParametricLIFNode):
            module.w.add_(torch.rand(()) - 0.5)
torch.save(model.state_dict(), f"{folder}/network.pt")

# The tool's evaluation: widths and rounding as it sets them, each layer padded by size - 1 and (size - 1) / 2 steps.
model.eval()
for module in modules:
    if isinstance(module, Dcls1d):
        module.version = module.DCK.version = "max"
        with torch.no_grad():
            module.SIG *= 0
            module.P.round_()
            module.clamp_parameters()
inputs = (torch.rand(40, 50, neurons[0]) < 0.1).double()


def evaluate(x):
    fired = []
    functional.reset_net(model)
    for module in modules:
        if isinstance(module, Dcls1d):
            x = module(pad(x.permute(1, 2, 0), (size - 1, (size - 1) // 2))).permute(2, 0, 1)
        elif isinstance(module, layer.BatchNorm1d):
            x = module(x.unsqueeze(3)).squeeze(3)
        else:
            x = module(x)
        if isinstance(module, neuron.BaseNode):
            fired.append(x.numpy())
    return [*fired[:-1], fired[-1], modules[-1].v_seq.numpy()]


with torch.no_grad():
    single = evaluate(inputs.float())
    model.double()
    double = evaluate(inputs)
arrays = {
    f"{kind}{place}": each for kind, run in (("single", single), ("double", double)) for place, each in enumerate(run)
}
np.savez(f"{folder}/ran.npz", inputs=inputs.numpy(), **arrays)
