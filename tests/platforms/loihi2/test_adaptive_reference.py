"""The compiled reference against numbers by hand, the plainest loop over the equations, Loihi's own and floats."""

import numpy as np
import pytest
from small_networks import quantised_network

from delaysnn.core.errors import InputError
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.core.traces import decide
from delaysnn.platforms import registered
from delaysnn.platforms.loihi import fixed_point
from delaysnn.platforms.loihi.conversion import convert as convert_plain
from delaysnn.platforms.loihi.integer_network import IntegerNetwork
from delaysnn.platforms.loihi2.conversion import convert
from delaysnn.platforms.loihi2.fixed_point import membranes, run_layer, simulate
from delaysnn.platforms.loihi2.integer_network import AdaptiveLayer


def truncated(value, numerator):
    """Return value * numerator / 4096 without what is behind the point."""
    return int(f"{value * numerator / 4096:.6f}".split(".")[0])


def stopped(value):
    return max(-(2**23) + 1, min(2**23 - 1, value))


def plain_layer(layer, spikes):
    """One step, one neuron at a time with Python's integers; spikes [time, batch, pre].

    Returns spikes, potentials and adaptations, [time, batch, post] each.
    """
    shape = (*spikes.shape[:2], layer.weights.shape[2])
    fired, potentials, adaptations = (np.zeros(shape, np.int64) for _ in range(3))
    a, b = (4096 - each.astype(int) for each in (layer.decay, layer.adaptation_decay))
    for _, sample, post in np.ndindex(1, *shape[1:]):
        v = w = 0
        for step in range(len(spikes)):
            drive = sum(
                int(layer.weights[index, :, post].astype(int) @ spikes[step - delay, sample])
                for index, delay in enumerate(layer.delay_levels)
                if step >= delay
            )
            v = stopped(truncated(v, int(a[post])) + 64 * drive - w)
            s = v > 64 * int(layer.threshold[post])
            w = truncated(w, int(b[post])) + truncated(v, int(layer.adaptation_membrane[post]))
            w = stopped(w + s * 64 * int(layer.adaptation_spike[post]))
            fired[step, sample, post], potentials[step, sample, post], adaptations[step, sample, post] = s, v, w
            v = 0 if s else v
    return fired, potentials, adaptations


def test_three_steps_by_hand():
    ones = (np.array([value], np.int32) for value in (410, 123, 205, 410, 50))
    decay, threshold, *own = ones
    layer = AdaptiveLayer(np.full((1, 1, 1), 254, np.int16), (0,), decay, threshold, *own)
    spikes = SpikeTrains.from_dense(np.array([1, 0, 0]).reshape(3, 1, 1))
    fired, potential, peak, _ = run_layer(layer, spikes)
    # 64 * 254 = 16256 fires above 64 * 123, so w = trunc(16256 * 410 / 4096) + 64 * 50 = 1627 + 3200 = 4827.
    # v = 0 - 4827; w = trunc(4827 * 3891 / 4096) + trunc(-4827 * 410 / 4096) = 4585 - 483 = 4102.
    # v = trunc(-4827 * 3686 / 4096) - 4102 = -4343 - 4102.
    assert potential[0, :, 0].tolist() == [16256, -4827, -8445]
    assert fired[0, :, 0].tolist() == [1, 0, 0] and peak == 16256


def test_every_spike_and_potential_equals_the_plain_loop(network, inputs):
    integer = convert(network, {})
    spikes, one = inputs.dense(), inputs.select(np.array([3]))
    shown = membranes(integer, one)
    for index, (layer, found) in enumerate(zip(integer.layers[:2], simulate(integer, inputs).layers, strict=False)):
        spikes, potentials, adaptations = plain_layer(layer, spikes)
        assert (found.dense() == spikes).all() and 0.01 < spikes.mean() < 0.9
        assert (shown[index] == potentials[:, 3] / (64 * layer.threshold)).all()
        assert (adaptations > 0).any() and (adaptations < 0).any()


def extreme_layer(random, levels, pre, threshold):
    """All numbers at their ends, among others."""
    weights = (2 * random.integers(-127, 128, (len(levels), pre, 8))).astype(np.int16)
    weights[:, :, 0], weights[:, :, 1], weights[:, :, 7] = -254, 254, 254
    columns = (
        [0, 0, 4095, 1, 2048, 100, 4094, 1],
        threshold,
        [1, 1, 4095, 0, 1, 7, 200, 1],
        [4095, 4095, 4095, 0, 1, 700, 3000, 10],
        [131071, 131071, 131071, 0, 131071, 40, 0, 131071],
    )
    return AdaptiveLayer(weights, levels, *(np.resize(np.array(column, np.int32), 8) for column in columns))


def extreme_network(random):
    first = extreme_layer(random, (0,), 128, [131071, 131071, 1, 50, 100, 100, 1, 9])
    second = extreme_layer(random, (0, 1, 62), 8, [1, 131071, 3, 200, 2, 2, 2, 2])
    rates = np.linspace(0.05, 1, 64)[:, None, None]
    spikes = SpikeTrains.from_dense(random.random((64, 4, 128)) < rates)
    return IntegerNetwork((first, second), 64, 8, "ends", 1, "random"), spikes


def test_both_states_stop_at_the_ends_of_their_24_bits():
    network, inputs = extreme_network(np.random.default_rng(2))
    spikes, found = inputs.dense(), simulate(network, inputs)
    potentials, adaptations = [], []
    for layer, ours in zip(network.layers, found.layers, strict=True):
        spikes, potential, adaptation = plain_layer(layer, spikes)
        assert (ours.dense() == spikes).all()
        potentials.append(potential)
        adaptations.append(adaptation)
    for states in (potentials, adaptations):
        for end in (2**23 - 1, 1 - 2**23):
            assert any((state == end).any() for state in states), end
    assert found.saturated[0] == np.mean(np.abs(potentials[0]) == 2**23 - 1) > 0.01


@pytest.mark.parametrize("bits", [2, 8])
def test_plain_neurons_fire_loihis_own_spikes(inputs, bits):
    network = quantised_network(bits)
    ours, theirs = simulate(convert(network, {}), inputs), fixed_point.simulate(convert_plain(network, {}), inputs)
    for a, b in zip(ours.layers, theirs.layers, strict=True):
        assert (a.dense() == b.dense()).all() and len(a.steps) > 100
    assert ours.saturated == theirs.saturated and ours.accumulated == theirs.accumulated


def test_adaptive_neurons_that_do_not_adapt_fire_loihis_own_spikes(network, inputs):
    layers = convert_plain(quantised_network(), {}).layers
    nothing = [np.zeros(12, np.int32)] * 3
    still = tuple(AdaptiveLayer(**vars(layer), **dict(zip(OWN, nothing, strict=True))) for layer in layers[:2])
    ours = simulate(IntegerNetwork((*still, layers[2]), 30, 8, "still", 1, "d"), inputs)
    theirs = fixed_point.simulate(convert_plain(quantised_network(), {}), inputs)
    assert all((a.dense() == b.dense()).all() for a, b in zip(ours.layers, theirs.layers, strict=True))
    # With an adaptation they do not.
    others = simulate(convert(network, {}), inputs)
    assert (others.layers[0].dense() != theirs.layers[0].dense()).mean() > 0.01


OWN = ("adaptation_decay", "adaptation_membrane", "adaptation_spike")


@pytest.mark.parametrize("sign", [1, -1])
def test_a_current_that_would_wrap_in_16_bits_is_refused(sign):
    layer = extreme_layer(np.random.default_rng(1), (0,), 130, [9])
    layer.weights[:] = sign * 254
    spikes = SpikeTrains.from_dense(np.ones((3, 1, 130)))
    with pytest.raises(InputError, match="layer 0: a current reaches 2113280 in one step"):
        simulate(IntegerNetwork((layer,), 3, 8, "n", 1, "d"), spikes)


def test_a_trained_network_decides_as_its_floats(trained):
    loihi2, pytorch = registered()["loihi2"], registered()["pytorch"]
    ours = loihi2.run(loihi2.deploy(trained.network), trained.test.spikes).layers
    theirs = pytorch.run(pytorch.deploy(trained.network), trained.test.spikes).layers
    assert (decide(theirs[-1]) == trained.test.labels).mean() > 0.8
    assert (decide(ours[-1]) == decide(theirs[-1])).mean() > 0.95
    for a, b in zip(ours, theirs, strict=True):
        assert len(a.steps) == pytest.approx(len(b.steps), rel=0.03)
        assert (a.dense() != b.dense()).mean() < 0.01
