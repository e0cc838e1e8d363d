"""Layers divided over Seneca's cores: every neuron on one core, every spike to every core."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from small_networks import adaptive_network, quantised_network

from delaysnn.core.errors import InputError
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.core.traces import Traces
from delaysnn.platforms import registered
from delaysnn.platforms.protocol import Basis, Planned
from delaysnn.platforms.seneca.counts import count
from delaysnn.platforms.seneca.division import divide, place
from delaysnn.queues.compare import compare

CONFIG = Path(__file__).parents[3] / "config"
CONSTANTS = yaml.safe_load((CONFIG / "hardware/seneca.yaml").read_text())
PUBLISHED = yaml.safe_load((CONFIG / "published.yaml").read_text())
# Of 20-12-12-4 with five levels, four neurons of the second layer or the third: 16 bits a weight and a potential.
SMALL = CONSTANTS | {"core_memory_bits": 4 * 16 * (5 * 12 + 1)}
PARTS = (((0, 6), (6, 12)), ((0, 4), (4, 8), (8, 12)), ((0, 4),))
SENECA = registered()["seneca"]


@pytest.fixture
def ran():
    network = quantised_network()
    for layer in network.layers:
        layer.weights[layer.weights == 0] = layer.scale
    inputs = SpikeTrains.from_dense(np.random.default_rng(1).random((30, 6, 20)) < 0.2)
    return network, inputs, SENECA.run(network, inputs).layers


def test_a_layer_has_as_few_cores_as_hold_its_weights_and_states():
    network = quantised_network()
    assert divide(network, SMALL) == PARTS
    assert divide(network, CONSTANTS) == (((0, 12),), ((0, 12),), ((0, 4),))
    # With a bit less, three neurons of the second layer fit.
    assert divide(network, SMALL | {"core_memory_bits": SMALL["core_memory_bits"] - 1})[1] == tuple(
        (3 * core, 3 * core + 3) for core in range(4)
    )
    # Adaptive neurons store three parameters and a state more.
    assert len(divide(adaptive_network(), SMALL)[1]) == 4
    # A layer that feeds itself stores these weights, too.
    back = replace(network.layers[1], recurrent=np.ones((12, 12), np.float32))
    assert len(divide(replace(network, layers=(network.layers[0], back, network.layers[2])), SMALL)[1]) == 4


def test_a_neuron_that_no_core_holds_is_named():
    message = "Network tiny: a neuron of layer 1 needs 976 bits, weights of 5 delay levels from 12 neurons each .* 975;"
    with pytest.raises(InputError, match=message):
        divide(quantised_network(), CONSTANTS | {"core_memory_bits": 975})


def test_every_core_of_a_layer_takes_every_spike_and_its_share_of_the_operations(ran):
    whole, divided = (count(*ran, within_sample=True, parts=parts) for parts in (None, PARTS))
    first, second, third = whole.operations
    expected = [first / 2] * 2 + [second / 3] * 3 + [third]
    assert all((a == b).all() for a, b in zip(divided.operations, expected, strict=True))
    for name in ("arrivals", "deliveries", "queue_events"):
        second, third = getattr(whole, name)
        expected = [second] * 3 + [third]
        assert all((a == b).all() for a, b in zip(getattr(divided, name), expected, strict=True))
    assert divided.delay_bits == 9 * 12 * 4 and whole.delay_bits == 9 * 12 * 2
    assert (divided.stored_weights, divided.neurons) == (whole.stored_weights, whole.neurons)


def test_a_delay_that_no_neuron_of_a_core_has_is_delivered_to_the_others_alone(ran):
    network, *spikes = ran
    network.layers[1].weights[4, :, :4] = 0
    divided = count(network, *spikes, within_sample=True, parts=PARTS)
    first, second, third, _ = divided.deliveries
    assert (first < second).all() and (second == third).all()


def test_energy_latency_memory_and_area_are_of_all_cores(ran):
    network, *spikes = ran
    found = {}
    for name, constants in (("one", CONSTANTS), ("several", SMALL)):
        basis = Basis(constants, {}, PUBLISHED, ("48", "32", "24"))
        placed = SENECA.place(SENECA.deploy(network), basis)
        cells = SENECA.estimate(SENECA.count(placed, *spikes), basis).cells
        found[name] = {(cell.platform, cell.quantity, cell.how): cell.value for cell in cells}
    one, several = found.values()
    assert {*several} - {*one} == {("seneca", "cores", "counted")} and several["seneca", "cores", "counted"] == 6
    key = "seneca_scdq", "latency", "counted"
    assert one[key] / 3 <= several[key] <= one[key] / 2
    # Three of four queues serve the second layer, where one of two does.
    assert several["seneca_scdq", "delay_ip_energy", "counted"] > 1.5 * one["seneca_scdq", "delay_ip_energy", "counted"]
    more = several["seneca_scdq", "memory", "counted"] - one["seneca_scdq", "memory", "counted"]
    assert more == pytest.approx((2 * 2 * 2048 * 16 + 2 * 9 * 12) * 1e-6)


def test_what_fits_a_core_a_layer_is_counted_as_it_was(ran):
    network, *spikes = ran
    basis = Basis(CONSTANTS, {}, PUBLISHED, ("48", "32", "24"))
    placed = SENECA.count(SENECA.place(network, basis), *spikes)
    for a, b in zip(placed, SENECA.count(network, *spikes), strict=True):
        assert a.totals() == b.totals() and a.delay_bits == b.delay_bits and not a.divided
        assert [each.tolist() for each in a.operations] == [each.tolist() for each in b.operations]


def test_the_log_says_over_how_many_cores(caplog):
    caplog.set_level("INFO")
    place(quantised_network(), SMALL)
    assert "tiny on 6 of Seneca's cores, 2, 3, 1 a layer" in caplog.text
    caplog.clear()
    place(quantised_network(), CONSTANTS)
    assert not caplog.text


def test_every_core_has_a_queue_whose_depth_is_checked(ran):
    network, inputs, layers = ran
    traces = Traces(layers, np.zeros(6, int), np.zeros(6, int), "seneca", {})
    whole, divided = (compare(network, inputs, traces, CONSTANTS, parts) for parts in (None, PARTS))
    between = [queue["between"] for queue in divided[1]["queues"]]
    assert between[:2] == ["h1 and layer 2, neurons 0 to 3", "h1 and layer 2, neurons 4 to 7"]
    assert (len(between), between[-1], len(whole[1]["queues"])) == (4, "h2 and layer 3", 2)
    with pytest.raises(InputError, match="The queue of 5 events overflows in sample 0"):
        compare(network, inputs, traces, CONSTANTS | {"queue_depth": 5}, PARTS)


def test_before_training_a_network_is_refused_of_which_no_core_holds_a_neuron():
    planned = Planned("wide", (700, 512, 512, 35), tuple(range(0, 60, 2)), 5, 10, 8)
    SENECA.check(planned, CONSTANTS, {})
    message = (
        r"networks.wide, neurons of layer 1: each takes 245776 bits, 15360 weights of all delay levels among them, but "
        "a core of Seneca has 245775; write"
    )
    with pytest.raises(InputError, match=message):
        SENECA.check(planned, CONSTANTS | {"core_memory_bits": 245775}, {})
    brought = replace(planned, files={"mine.safetensors": quantised_network()})
    with pytest.raises(InputError, match=r"mine\.safetensors: neurons of layer 1: each takes 976 bits, 60 weights"):
        SENECA.check(brought, CONSTANTS | {"core_memory_bits": 975}, {})
