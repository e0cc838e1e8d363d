import dataclasses

import numpy as np
import pytest

from delaysnn.errors import InputError
from delaysnn.formats.network import Layer, Network
from delaysnn.formats.spike_trains import SpikeTrains
from delaysnn.seneca.bfloat16 import round_network, to_bfloat16
from delaysnn.seneca.inference import infer, membranes


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1.0, 1.0), (1 + 2**-8, 1.0), (1 + 3 * 2**-8, 1 + 2**-6), (1 + 2**-8 + 2**-20, 1 + 2**-7), (-0.1, -0.10009765625)],
)
def test_values_round_to_nearest_ties_to_even(value, expected):
    assert to_bfloat16(np.array([value], np.float32))[0] == expected


def test_rounding_is_idempotent_and_within_half_a_unit():
    values = np.random.default_rng(0).normal(size=1000).astype(np.float32)
    rounded = to_bfloat16(values)
    assert (to_bfloat16(rounded) == rounded).all()
    assert (np.abs(rounded / values - 1) <= 2**-8).all()
    assert (rounded.view(np.uint32) & 0xFFFF == 0).all()


@pytest.fixture
def network():
    random = np.random.default_rng(0)

    def layer(levels, pre, post):
        return Layer(
            random.normal(0.06, 0.25, (levels, pre, post)).astype(np.float32),
            tuple(range(0, 2 * levels, 2)),
            random.uniform(0.5, 0.98, post).astype(np.float32),
            np.full(post, 0.7, np.float32),
        )

    return Network((layer(1, 20, 12), layer(4, 12, 4)), 25, "tiny", 1, "random")


def test_spikes_equal_the_plain_loop(network):
    spikes = np.random.default_rng(1).random((25, 5, 20)) < 0.15
    found = infer(network, SpikeTrains.from_dense(spikes))
    for layer, trains in zip(round_network(network).layers, found, strict=True):
        u = np.zeros((5, layer.weights.shape[2]), np.float32)
        fired = np.zeros((25, *u.shape), bool)
        for step in range(25):
            current = np.zeros_like(u)
            for weights, delay in zip(layer.weights, layer.delay_levels, strict=True):
                if step >= delay:
                    current += (spikes[step - delay].astype(np.float64) @ weights).astype(np.float32)
            u = to_bfloat16(u * layer.decay + current)
            fired[step] = u >= layer.threshold
            u[fired[step]] = 0
        # Sums of another order may round to another neighbour now and then.
        assert (trains.dense() != fired).mean() < 0.005
        assert 0.02 < fired.mean() < 0.9
        spikes = trains.dense()


def test_membranes_reach_the_threshold_where_spikes_are(network):
    spikes = SpikeTrains.from_dense(np.random.default_rng(1).random((25, 1, 20)) < 0.15)
    for potential, fired in zip(membranes(network, spikes), infer(network, spikes), strict=True):
        assert ((potential >= 1) == fired.dense()[:, 0]).all()


def test_inputs_must_fit(network):
    with pytest.raises(InputError, match="takes 20 inputs"):
        infer(network, SpikeTrains.from_dense(np.zeros((25, 1, 3))))


def test_recurrent_synapses_are_refused(network):
    first, *others = network.layers
    first = dataclasses.replace(first, recurrent=np.ones((12, 12), np.float32))
    with pytest.raises(InputError, match="network tiny: layer 0 has recurrent synapses"):
        infer(dataclasses.replace(network, layers=(first, *others)), SpikeTrains.from_dense(np.zeros((25, 1, 20))))
