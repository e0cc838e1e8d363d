"""What the library must be able to do alone. With --installed, it must be the one that pip put here."""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np

import delaysnn
from delaysnn.training.kernels import library

settings = SimpleNamespace(threshold=1.0, surrogate_slope=10.0, decay=(0.8, 0.95))
spikes = delaysnn.SpikeTrains.from_dense(np.random.default_rng(1).random((20, 8, 12)) < 0.2)
model = delaysnn.DelayNetwork((12, 10, 4), (1, 6), 2, settings, seed=1)
delaysnn.prune(model, "synapse", keep=3)
model.quantise(bits=8)
delaysnn.write_network("network.safetensors", model.export(20, "small", 1, "noise", {}))
network = delaysnn.read_network("network.safetensors")

loihi = delaysnn.simulate(delaysnn.convert(network, {}), spikes)
useful = delaysnn.useful_delays(network.layers[1])
queue = delaysnn.run_queue(loihi.layers[0], useful, depth=1000)
assert queue.deliveries.sum() > 0 and not queue.differences.any()

own = Path(delaysnn.__file__).parent
if "--installed" in sys.argv:
    assert own.is_relative_to(sys.prefix), f"{own} is not what was installed"
assert library() is not None, "the kernels are not compiled"
for name in delaysnn.__all__:
    getattr(delaysnn, name)
for room in ("report.style", "report.figures.confusion", "networks.nir_graph", "data.cochlea"):
    __import__(f"delaysnn.{room}")
print(delaysnn.__version__)
