"""Graphs of NIR that lie in the folder, run by the importers of other tools."""

import nir
import norse.torch as norse
import numpy as np
import torch
from common import FOLDER
from snntorch.import_nir import import_from_nir as into_snntorch
from spikingjelly.activation_based.nir_exchange import import_from_nir as into_spikingjelly

INPUTS = torch.as_tensor(np.load(FOLDER / "inputs.npy"), dtype=torch.float32)


def run(network):
    """Return what the last layer fires, [time, sample, neuron]."""
    found, state = [], None
    with torch.no_grad():
        for step in INPUTS:
            spikes, state = network(step, state)
            found.append(spikes)
    return torch.stack(found).numpy()


snntorch = into_snntorch(nir.read(FOLDER / "network.nir"))
np.save(FOLDER / "snntorch.npy", run(snntorch))
np.save(FOLDER / "spikingjelly.npy", run(into_spikingjelly(nir.read(FOLDER / "network.nir"), dt=1e-4)))
np.save(FOLDER / "norse.npy", run(norse.from_nir(nir.read(FOLDER / "folded.nir"), dt=1e-4)))
