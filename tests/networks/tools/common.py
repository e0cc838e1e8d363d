"""What scripts in the environment of other tools share: samples, and how a run is written."""

import sys
from pathlib import Path

import numpy as np
import torch

FOLDER = Path(sys.argv[1])
STEPS, SAMPLES, SIZES = 60, 50, (40, 24, 24, 5)
# The same spikes for every case, [time, sample, channel].
INPUTS = np.random.default_rng(1).random((STEPS, SAMPLES, SIZES[0])) < 0.1


def drawn(module, gain=3.0, shift=0.1):
    """Draw a linear layer's weights and biases, large enough that its neurons fire."""
    with torch.no_grad():
        module.weight.copy_(gain * torch.randn_like(module.weight) / module.weight.shape[1] ** 0.5 + shift)
        if module.bias is not None:
            module.bias.copy_(0.1 * torch.randn_like(module.bias))
    return module


def record(case, network, run):
    """Save a network by torch, and what it fires with numbers of 64 and of 32 bits.

    Args:
        run: from a network and inputs [time, sample, channel] to a list of each layer's [time, sample, neuron]; of a
            last layer that does not fire, its potentials.
    """
    torch.save(network.state_dict(), FOLDER / f"{case}.pt")
    found = {}
    with torch.no_grad():
        for bits, kind in ((64, torch.float64), (32, torch.float32)):
            layers = run(network.to(kind).eval(), torch.as_tensor(INPUTS, dtype=kind))
            found |= {f"layer{index}_{bits}": layer.numpy() for index, layer in enumerate(layers)}
    np.savez_compressed(FOLDER / f"{case}.npz", inputs=INPUTS, **found)


def save_run(case, spikes):
    """Write the inputs, and what the last layer fires, with numbers of 64 bits."""
    np.savez_compressed(FOLDER / f"{case}.npz", inputs=INPUTS, last=spikes.numpy())
