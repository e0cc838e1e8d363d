"""A NetX file that Lava runs: of ``FOLDER``, network.net on inputs.npy, [time, channel]; writes ran.npz."""

import sys

import numpy as np
from lava.lib.dl import netx
from lava.magma.core.run_conditions import RunSteps
from lava.magma.core.run_configs import Loihi2SimCfg
from lava.proc.io.sink import RingBuffer as Sink
from lava.proc.io.source import RingBuffer as Source


def run_in_lava(path, spikes):
    """Return spikes of every layer, [time, neuron], free of the steps by which each layer is late in Lava."""
    network = netx.hdf5.Network(net_config=path)
    steps = len(spikes) + len(network.layers)
    padded = np.concatenate([spikes, np.zeros((steps - len(spikes), spikes.shape[1]))])
    source = Source(data=padded.T.astype(int))
    source.s_out.connect(network.inp)
    sinks = []
    for layer in network.layers:
        sinks.append(Sink(shape=layer.out.shape, buffer=steps))
        layer.out.connect(sinks[-1].a_in)
    network.run(condition=RunSteps(num_steps=steps), run_cfg=Loihi2SimCfg(select_tag="fixed_pt"))
    try:
        found = [sink.data.get().T for sink in sinks]
    finally:
        network.stop()
    return [layer[place + 1 : place + 1 + len(spikes)] for place, layer in enumerate(found)]


if __name__ == "__main__":
    folder = sys.argv[1]
    layers = run_in_lava(f"{folder}/network.net", np.load(f"{folder}/inputs.npy"))
    np.savez(f"{folder}/ran.npz", **{f"lava{place}": layer for place, layer in enumerate(layers)})
