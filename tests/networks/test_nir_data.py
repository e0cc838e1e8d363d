import nir
import numpy as np
from small_networks import quantised_network

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.networks.nir_data import to_nir_data, write_nir_data
from delaysnn.networks.nir_graph import to_nir


def test_spikes_are_read_back_beside_their_graph(tmp_path):
    random, step = np.random.default_rng(1), 1 / 64
    spikes = [random.random((30, 5, width)) < 0.2 for width in (12, 12, 4, 20)]
    spikes[1][:, 2] = False
    *layers, inputs = map(SpikeTrains.from_dense, spikes)
    write_nir_data(tmp_path / "spikes.h5", to_nir_data(layers, step, inputs))
    found = nir.read_data(str(tmp_path / "spikes.h5"))
    found.check_nodes(to_nir(quantised_network(), step))
    for name, expected in zip(("layer0", "layer1", "layer2", "input"), spikes, strict=True):
        events = found.nodes[name].observables["spikes"]
        # [sample, time, neuron] there.
        assert (events.to_time_gridded(step).data.transpose(1, 0, 2) == expected).all()


def test_a_layer_that_never_fires_has_no_events(tmp_path):
    silent = SpikeTrains.from_dense(np.zeros((6, 2, 3)))
    write_nir_data(tmp_path / "spikes.h5", to_nir_data([silent], 0.5))
    events = nir.read_data(str(tmp_path / "spikes.h5")).nodes["layer0"].observables["spikes"]
    assert events.shape == (2, 0) and events.t_max == 3
