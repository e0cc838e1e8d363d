"""Neurons whose currents last, as Loihi's integers: their form, profiles, spikes by the plainest loop, and floats."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from small_networks import current_network, quantised_network

from delaysnn.core.errors import InputError
from delaysnn.core.network import Layer, Network
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms import registered
from delaysnn.platforms.constants import read_basis
from delaysnn.platforms.loihi.conversion import convert
from delaysnn.platforms.loihi.fixed_point import membranes, run_layer, simulate
from delaysnn.platforms.loihi.integer_network import (
    CurrentLayer,
    IntegerLayer,
    IntegerNetwork,
    read_integer_network,
    write_integer_network,
)
from delaysnn.platforms.loihi.mapping import map_network
from delaysnn.platforms.loihi2 import conversion, fixed_point

CONFIG = Path(__file__).parents[3] / "config"
BASIS = read_basis(CONFIG / "hardware/loihi.yaml", CONFIG / "published.yaml", ["48", "32", "24"], {"cores": [1]})


def one_neuron(current_decay, decay=0.9, threshold=0.613):
    """One neuron with one synapse of weight 1.27, in units of a hundredth."""
    arrays = (np.float32([each]) for each in (decay, threshold))
    own = {"current_decay": np.float32([current_decay])}
    layer = Layer(np.full((1, 1, 1), 1.27, np.float32), (0,), *arrays, 0.01, 8, neuron="cuba", own=own)
    return Network((layer,), 3, "one", 1, "d")


def test_a_neuron_converted_by_hand():
    (layer,) = convert(one_neuron(0.75), {}).layers
    assert isinstance(layer, CurrentLayer) and layer.current_decay.tolist() == [1024]
    # Weights of 8 bits are doubled, so one is 200 of the chip's units.
    assert (layer.weights.item(), layer.threshold.item(), layer.decay.item()) == (254, 123, 410)
    assert convert(one_neuron(0), {}).layers[0].current_decay.tolist() == [4096]


def test_a_threshold_is_below_a_sum_of_weights_only_where_neither_state_decays():
    # A threshold of two weights less 0.3 units: without decay the sum of two must fire, and 507 is below it.
    assert convert(one_neuron(0, decay=1, threshold=2.5385), {}).layers[0].threshold.item() == 507
    assert convert(one_neuron(0.5, decay=1, threshold=2.5385), {}).layers[0].threshold.item() == 508


def test_a_current_that_would_not_decay_is_refused_with_neuron_and_value():
    said = "^network one, layer 0: neuron 0 has current_decay 0.9999, a loss of 0 in 4096 a step; .* at most 0.999756"
    with pytest.raises(InputError, match=said):
        convert(one_neuron(0.9999), {})


def test_three_steps_by_hand():
    ones = (np.array([value], np.int32) for value in (410, 300, 1024))
    layer = CurrentLayer(np.full((1, 1, 1), -254, np.int16), (0,), *ones)
    ran = run_layer(layer, SpikeTrains.from_dense(np.array([1, 0, 1]).reshape(3, 1, 1)))
    # u = -64 * 254 = -16256, -trunc(16256 * 3072 / 4096) = -12192, -9144 - 16256 = -25400.
    # v = -16256, -trunc(16256 * 3686 / 4096) - 12192 = -14628 - 12192, -trunc(26820 * 3686 / 4096) - 25400.
    assert ran.membrane[0, :, 0].tolist() == [-16256, -26820, -24135 - 25400]
    assert (ran.peak, ran.lasting) == (16256, 25400)


def truncated(value, numerator):
    """Return value * numerator / 4096 without what is behind the point."""
    return int(f"{value * numerator / 4096:.6f}".split(".")[0])


def plain_layer(layer, spikes):
    """One step, one neuron at a time with Python's integers; spikes [time, batch, pre]."""
    shape = (*spikes.shape[:2], layer.weights.shape[2])
    fired, potentials = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for _, sample, post in np.ndindex(1, *shape[1:]):
        u = v = 0
        for step in range(len(spikes)):
            drive = sum(
                int(layer.weights[index, :, post].astype(int) @ spikes[step - delay, sample])
                for index, delay in enumerate(layer.delay_levels)
                if step >= delay
            )
            u = truncated(u, 4096 - int(layer.current_decay[post])) + 64 * drive
            v = truncated(v, 4096 - int(layer.decay[post])) + u
            v = max(1 - 2**23, min(2**23 - 1, v))
            fired[step, sample, post], potentials[step, sample, post] = v > 64 * int(layer.threshold[post]), v
            v = 0 if fired[step, sample, post] else v
    return fired, potentials


def test_every_spike_and_potential_equals_the_plain_loop_on_either_chip(inputs):
    integer = convert(current_network(), {})
    shown, spikes = membranes(integer, inputs.select(np.array([3]))), inputs.dense()
    theirs = fixed_point.simulate(conversion.convert(current_network(), {}), inputs).layers
    ours = simulate(integer, inputs).layers
    for index, layer in enumerate(integer.layers[:2]):
        spikes, potentials = plain_layer(layer, spikes)
        assert (ours[index].dense() == spikes).all() and 0.01 < spikes.mean() < 0.9
        assert (shown[index] == potentials[:, 3] / (64 * layer.threshold)).all()
    assert all((a.dense() == b.dense()).all() for a, b in zip(ours, theirs, strict=True))


def test_currents_that_last_one_step_fire_the_spikes_of_plain_layers(inputs):
    plain = convert(quantised_network(), {})
    layers = tuple(CurrentLayer(**vars(each), current_decay=np.full_like(each.decay, 4096)) for each in plain.layers)
    for a, b in zip(
        simulate(dataclasses.replace(plain, layers=layers), inputs).layers, simulate(plain, inputs).layers, strict=True
    ):
        assert (a.dense() == b.dense()).all() and len(b.steps) > 50


@pytest.mark.parametrize("sign", [1, -1])
def test_a_current_that_would_wrap_in_24_bits_is_refused(sign):
    ones = (np.ones(1, np.int32) * value for value in (4095, 131071, 1))
    layer = CurrentLayer(np.full((1, 100, 1), sign * 254, np.int16), (0,), *ones)
    spikes = SpikeTrains.from_dense(np.ones((7, 1, 100)))
    with pytest.raises(InputError, match=r"layer 0: a current that lasts reaches \d{8}, but Loihi's have 24 bits"):
        simulate(IntegerNetwork((layer,), 7, 8, "n", 1, "d"), spikes)


def test_the_file_gives_the_same_network(tmp_path):
    integer = convert(current_network(), {"rule": "x"})
    write_integer_network(tmp_path / "a.npz", integer)
    again = read_integer_network(tmp_path / "a.npz")
    assert [type(layer) for layer in again.layers] == [CurrentLayer, CurrentLayer, IntegerLayer]
    for a, b in zip(again.layers, integer.layers, strict=True):
        assert all((np.asarray(vars(a)[name]) == np.asarray(vars(b)[name])).all() for name in vars(b))


def test_a_profile_holds_both_decays_and_a_current_that_lasts_one_step_is_a_plain_neurons():
    integer = convert(current_network(), {})
    first, second, last = integer.layers
    values = np.arange(12)
    first = dataclasses.replace(first, decay=np.int32(7 + values % 2), current_decay=np.int32(100 + values % 3))
    second = dataclasses.replace(
        second, decay=np.full(12, 7, np.int32), current_decay=np.int32(100 + 3996 * (values % 2))
    )
    last = dataclasses.replace(last, decay=np.full(4, 7, np.int32))
    mapped = dataclasses.replace(integer, layers=(first, second, last))
    # Six pairs in the first layer, one of which is in the second, too; its other one is that of the plain neurons.
    assert map_network(mapped, 1, BASIS.constants, {})[0].compartment_profiles == 7
    assert [core.compartment_profiles for core in map_network(mapped, 3, BASIS.constants, {})] == [6, 2, 1]


def test_a_neuron_costs_what_a_plain_one_costs_and_no_line_prices_it(inputs):
    loihi, found = registered()["loihi"], []
    for network in (current_network(), quantised_network()):
        deployed = loihi.deploy(network)
        layers = loihi.run(deployed, inputs).layers
        found.append(loihi.count(deployed, inputs, layers))
        for estimates in (loihi.estimate(found[-1], BASIS), loihi.estimate_floats(network, inputs, layers, BASIS)):
            ways = {cell.how for cell in estimates.cells}
            assert ways == ({"counted"} if network.neurons[0] == "cuba" else {"counted", "calibrated"})
    assert found[0].updates == found[1].updates and (found[0].plain, found[1].plain) == (False, True)


def test_integers_fire_nearly_what_floats_do(inputs):
    pytorch, network = registered()["pytorch"], current_network()
    theirs = pytorch.run(pytorch.deploy(network), inputs).layers
    for a, b in zip(simulate(convert(network, {}), inputs).layers[:2], theirs, strict=False):
        assert (a.dense() != b.dense()).mean() < 0.01
