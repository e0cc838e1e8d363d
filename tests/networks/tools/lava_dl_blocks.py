"""Blocks of lava-dl: run by slayer on 50 samples, exported by themselves, and run by NetX in Lava: ``FOLDER CHOSEN``.

Writes network.net and ran.npz: inputs, and spikes of every layer by slayer, [time, sample, neuron], free of the step
that each layer takes; and by Lava of all samples one after another, [time, neuron], likewise.
"""

import json
import sys

import h5py
import lava.lib.dl.slayer as slayer
import numpy as np
import torch
from netx_in_lava import run_in_lava

folder, chosen = sys.argv[1], json.loads(sys.argv[2])
torch.manual_seed(0)
torch.set_num_threads(1)
NEURON = {"threshold": 1.25, "voltage_decay": 0.12, "current_decay": chosen["current_decay"]}
NORM = {"norm": slayer.neuron.norm.MeanOnlyBatchNorm} if chosen["bias"] else {}
blocks = [
    slayer.block.cuba.Dense(NEURON | NORM, 20, 12, weight_norm=True, weight_scale=3, delay=chosen["delay"]),
    slayer.block.cuba.Dense(NEURON | NORM, 12, 8, weight_norm=True, weight_scale=3, delay=chosen["delay"]),
    slayer.block.cuba.Dense(NEURON, 8, 4, weight_scale=3),
]
inputs = (torch.rand(50, 20, 40) < 0.15).float()


def run():
    """Return what every block sends on, [sample, neuron, time]."""
    x, sent = inputs, []
    for block in blocks:
        x = block(x)
        sent.append(x)
    return sent


with torch.no_grad():
    run()  # sizes of norms and delays
    for block in blocks:
        block.eval()
        # So that the largest weight uses eight bits, and Loihi's units are those of the file.
        block.synapse.disable_weight_norm() if block.synapse.weight_norm_enabled else None
        block.synapse.weight *= 3.9 / block.synapse.weight.abs().max()
        if block.delay is not None:
            block.delay.delay.data = torch.rand_like(block.delay.delay) * 9
            block.delay.delay.data.floor_()
        if block.neuron.norm is not None:
            block.neuron.norm.running_mean = 0.3 * torch.rand(block.neuron.shape[0]) - 0.2
    sent = run()
with h5py.File(f"{folder}/network.net", "w") as file:
    for place, block in enumerate(blocks):
        block.export_hdf5(file.create_group(f"layer/{place}"))

arrays = {"inputs": inputs.permute(2, 0, 1).numpy()}
for place, layer in enumerate(sent):
    # Each block takes a step.
    arrays[f"slayer{place}"] = layer[..., place + 1 :].permute(2, 0, 1).numpy()
together = inputs.permute(0, 2, 1).reshape(-1, inputs.shape[1]).numpy()
for place, layer in enumerate(run_in_lava(f"{folder}/network.net", together)):
    arrays[f"lava{place}"] = layer
np.savez(f"{folder}/ran.npz", **arrays)
