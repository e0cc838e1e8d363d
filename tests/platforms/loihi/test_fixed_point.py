"""The compiled reference against the plainest loop over the chip's equations, and against floating point."""

import numpy as np
import pytest

from delaysnn.core.errors import InputError
from delaysnn.core.network import Layer, Network
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.loihi.conversion import convert
from delaysnn.platforms.loihi.fixed_point import membranes, most_accumulated, simulate
from delaysnn.platforms.loihi.integer_network import IntegerLayer, IntegerNetwork


def plain_layer(layer, spikes):
    """One step, one neuron at a time with Python's integers; spikes [time, batch, pre]."""
    n_steps, n_batch, _ = spikes.shape
    fired = np.zeros((n_steps, n_batch, layer.weights.shape[2]), np.uint8)
    for sample in range(n_batch):
        for post in range(layer.weights.shape[2]):
            v = 0
            for step in range(n_steps):
                drive = 0
                for index, delay in enumerate(layer.delay_levels):
                    if step >= delay:
                        drive += int(layer.weights[index, :, post].astype(int) @ spikes[step - delay, sample])
                kept = abs(v) * (4096 - int(layer.decay[post])) // 4096
                v = (kept if v >= 0 else -kept) + 64 * drive
                v = max(-(2**23) + 1, min(2**23 - 1, v))
                if v > 64 * int(layer.threshold[post]):
                    fired[step, sample, post] = 1
                    v = 0
    return fired


def test_every_spike_equals_the_plain_loop(network, inputs):
    integer = convert(network, {})
    spikes = inputs.dense()
    for layer, found in zip(integer.layers, simulate(integer, inputs).layers, strict=True):
        spikes = plain_layer(layer, spikes)
        assert (found.dense() == spikes).all()
        assert 0.01 < spikes.mean() < 0.9


@pytest.mark.parametrize("held", [1, 30 * 12 * 3])
def test_samples_in_parts_are_what_all_at_once_are(network, inputs, monkeypatch, held):
    integer = convert(network, {})
    whole = simulate(integer, inputs)
    monkeypatch.setattr("delaysnn.platforms.loihi.fixed_point._HELD", held)
    parts = simulate(integer, inputs)
    assert (parts.accumulated, parts.saturated) == (whole.accumulated, whole.saturated)
    for a, b in zip(parts.layers, whole.layers, strict=True):
        assert a.n_neurons == b.n_neurons and (a.offsets == b.offsets).all()
        assert (a.steps == b.steps).all() and (a.neurons == b.neurons).all()


def test_membranes_pass_the_threshold_where_spikes_are(network, inputs):
    integer = convert(network, {})
    one = inputs.select(np.array([3]))
    for potential, fired in zip(membranes(integer, one), simulate(integer, one).layers, strict=True):
        assert ((potential > 1) == fired.dense()[:, 0]).all()


def test_a_potential_stops_at_the_end_of_its_range():
    weights = np.full((1, 20, 1), -254, np.int16)
    layer = IntegerLayer(weights, (0,), np.array([0], np.int32), np.array([100], np.int32))
    network = IntegerNetwork((layer,), 30, 8, "tiny", 1, "random")
    every = SpikeTrains.from_dense(np.ones((30, 1, 20)))
    found = simulate(network, every)
    assert 0 < found.saturated[0] < 1
    assert (found.layers[0].dense() == plain_layer(layer, every.dense())).all()


@pytest.mark.parametrize("sign", [1, -1])
def test_a_current_that_would_wrap_in_16_bits_is_refused(sign):
    # 128 times 254 and 254 more are 2^15 - 2: 16 bits end at 2^15 - 1.
    weights = np.full((1, 130, 1), sign * 254, np.int16)
    weights[0, 129] = sign * 2
    layer = IntegerLayer(weights, (0,), np.array([0], np.int32), np.array([100], np.int32))
    network = IntegerNetwork((layer,), 3, 8, "n", 1, "d")
    spikes = np.ones((3, 1, 130))
    spikes[:, :, 129] = 0
    most = simulate(network, SpikeTrains.from_dense(spikes)).accumulated[0]
    assert most == (2**15 - 2) / 2**15
    assert most_accumulated(layer) == 1
    words = "layer 0: a current reaches 2097152 in one step, but .* less than 2097152"
    with pytest.raises(InputError, match=words):
        simulate(network, SpikeTrains.from_dense(np.ones((3, 1, 130))))


def test_what_can_be_accumulated_at_most_is_what_the_worst_spikes_reach():
    random = np.random.default_rng(1)
    layer = IntegerLayer(
        2 * random.integers(-20, 20, (3, 9, 4)).astype(np.int16), (0, 1, 2), *(np.full(4, 4000, np.int32),) * 2
    )
    network = IntegerNetwork((layer,), 3, 8, "n", 1, "d")
    reached = [
        simulate(network, SpikeTrains.from_dense(wanted.transpose(0, 1)[:, None])).accumulated[0]
        for post in range(4)
        for sign in (1, -1)
        # At the last step, what is delayed by d was sent d before it.
        for wanted in [sign * layer.weights[::-1, :, post] > 0]
    ]
    assert max(reached) == most_accumulated(layer)


def test_inputs_must_fit_the_network(network):
    with pytest.raises(InputError, match="takes 20 inputs, but the spikes have 7"):
        simulate(convert(network, {}), SpikeTrains.from_dense(np.zeros((30, 1, 7))))


def shares_that_differ(network, inputs):
    """Return the share of each layer's spikes that floating point does not give, fed the integer spikes before it."""
    spikes, shares = inputs.dense().astype(np.float64), []
    for layer, found in zip(network.layers, simulate(convert(network, {}), inputs).layers, strict=True):
        u = np.zeros((len(inputs), layer.weights.shape[2]))
        fired = np.zeros((30, *u.shape))
        for step in range(30):
            current = sum(
                spikes[step - delay] @ weights
                for weights, delay in zip(layer.weights, layer.delay_levels, strict=True)
                if step >= delay
            )
            u = u * layer.decay * (1 - (fired[step - 1] if step else 0)) + current
            fired[step] = u >= layer.threshold
        assert 0.02 < fired.mean() < 0.95
        shares.append((found.dense() != fired).mean())
        spikes = found.dense().astype(np.float64)
    return shares


def test_eight_bits_are_close_to_floating_point(network, inputs):
    assert max(shares_that_differ(network, inputs)) < 0.01


@pytest.mark.parametrize(
    ("bits", "most", "decay", "threshold"),
    [(8, 1, 1.0, 2), (2, 1, 1.0, 2), (2, 1, 0.75, 2), (8, 100, 1.0, 2.9), (8, 100, 1.0, 150.8), (8, 1, 1.0, 0.3)],
)
def test_a_threshold_that_whole_weights_reach_is_reached(bits, most, decay, threshold):
    # Integers from start to end, also of a network of 2 bits that says 8.
    random = np.random.default_rng(bits)
    shapes = ((1, 20, 12), (5, 12, 6))
    layers = tuple(
        Layer(
            random.integers(-most, most + 1, shape).astype(np.float32),
            tuple(range(shape[0])),
            *(np.full(shape[2], value, np.float32) for value in (decay, threshold)),
            scale=1.0,
            bits=bits,
        )
        for shape in shapes
    )
    network = Network(layers, 30, "whole", 1, "random")
    inputs = SpikeTrains.from_dense(random.random((30, 40, 20)) < 0.2)
    assert max(shares_that_differ(network, inputs)) <= (0 if decay == 1 else 0.01)
