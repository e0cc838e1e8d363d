import dataclasses

import numpy as np
import pytest
from small_networks import current_network, feeding_itself, quantised_network

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.loihi.conversion import convert
from delaysnn.platforms.loihi.fixed_point import simulate
from delaysnn.platforms.loihi.integer_network import IntegerLayer, IntegerNetwork
from delaysnn.platforms.loihi.stock_parts import in_parts, stock_memory

MEMORY = "delaysnn.platforms.loihi.stock_parts.MEMORY"


@pytest.mark.parametrize("make", [quantised_network, current_network])
def test_parts_one_after_the_other_fire_what_all_at_once_fires(make, monkeypatch, inputs):
    network = convert(make(), {})
    # Of 12 neurons with five levels to delay 8, two.
    monkeypatch.setattr(MEMORY, 2 * 12 * 12 * (1 + 3 + 5 + 7 + 9))
    parts = in_parts(network)
    assert [len(layer) for layer in parts] == [1, 6, 2]
    assert all(stock_memory(part.layers[0]) <= 2 * 12 * 12 * 25 for layer in parts for part in layer)
    expected, spikes = simulate(network, inputs).layers, inputs
    for layer, whole in zip(parts, expected, strict=True):
        fired = [simulate(part, spikes).layers[0].dense() for part in layer]
        spikes = SpikeTrains.from_dense(np.concatenate(fired, axis=2))
        assert (spikes.dense() == whole.dense()).all()


def test_a_layer_that_feeds_itself_is_one_part(monkeypatch):
    network = feeding_itself(convert(quantised_network(), {}))
    monkeypatch.setattr(MEMORY, 4000)
    assert [len(layer) for layer in in_parts(network)] == [1, 1, 4]
    assert in_parts(network)[1][0].layers[0].recurrent is network.layers[1].recurrent


def test_the_last_layer_alone_is_read_by_its_membranes(monkeypatch):
    network = dataclasses.replace(convert(quantised_network(), {}), readout="summed_membrane")
    monkeypatch.setattr(MEMORY, 4000)
    assert [{part.readout for part in layer} for layer in in_parts(network)] == [
        {"spikes"},
        {"spikes"},
        {"summed_membrane"},
    ]


def test_the_papers_largest_network_runs_at_once_and_one_of_512_does_not():
    def network(width):
        levels = tuple(range(0, 60, 2))
        neurons = np.ones(width, np.int32)
        layer = IntegerLayer(np.full((30, width, width), 2, np.int16), levels, neurons, neurons)
        return IntegerNetwork((layer, layer), 64, 8, "n", 1, "d")

    assert in_parts(network(48)) is None
    assert stock_memory(network(512).layers[0]) == 3 * 4 * sum(range(1, 60, 2)) * 512**2
    assert [len(layer) for layer in in_parts(network(512))] == [3, 3]
