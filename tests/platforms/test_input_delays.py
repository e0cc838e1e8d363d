"""Delays in front of the first layer, on every platform."""

from pathlib import Path

import nir
import numpy as np
import pytest
import yaml
from small_networks import late_network, returning_network

from delaysnn.core.errors import InputError
from delaysnn.core.network import expand_inputs
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.core.traces import Traces, decide
from delaysnn.networks.nir_graph import to_nir
from delaysnn.platforms import registered
from delaysnn.platforms.loihi.demand import plan
from delaysnn.platforms.loihi.integer_network import IntegerLayer, IntegerNetwork
from delaysnn.platforms.loihi.limits import check
from delaysnn.platforms.loihi.mapping import map_layers, map_network
from delaysnn.platforms.protocol import Planned
from delaysnn.platforms.seneca.cost import counted
from delaysnn.platforms.seneca.counts import count
from delaysnn.platforms.seneca.floats import count_floats
from delaysnn.platforms.seneca.limits import check as check_seneca
from delaysnn.queues.compare import compare

LATE = late_network()
RANDOM = np.random.default_rng(1)
INPUTS = SpikeTrains.from_dense(RANDOM.random((30, 9, 23)) < 0.15)
HARDWARE = Path(__file__).parents[2] / "config/hardware"
LIMITS, SENECA = (yaml.safe_load((HARDWARE / f"{name}.yaml").read_text()) for name in ("loihi", "seneca"))


def plain_loop(network, spikes):
    """Spikes of every layer, [time, batch, neuron], in double precision."""
    layers = []
    for layer in expand_inputs(network).layers:
        fired = np.zeros((*spikes.shape[:2], len(layer.decay)))
        u = np.zeros(fired.shape[1:])
        for step in range(len(spikes)):
            u *= layer.decay
            for delay, weights in zip(layer.delay_levels, layer.weights, strict=True):
                if delay <= step:
                    u += spikes[step - delay] @ weights.astype(np.float64)
            fired[step] = u >= layer.threshold
            u *= 1 - fired[step]
        layers.append(fired)
        spikes = fired
    return layers


@pytest.mark.parametrize("name", registered())
def test_every_platform_delays_inputs(name):
    platform = registered()[name]
    expected = plain_loop(LATE, INPUTS.dense().astype(float))
    found = platform.run(platform.deploy(LATE), INPUTS).layers
    for ours, theirs in zip(found, expected, strict=True):
        # Integers and bfloat16 round; a delay more or less would change most spikes.
        assert (ours.dense() != theirs).mean() <= (0 if name == "pytorch" else 0.05)
        assert theirs.mean() > 0.02


def test_the_queue_before_the_first_layer_delivers_what_the_dense_product_asks_for():
    layers = registered()["seneca"].run(LATE, INPUTS).layers
    traces = Traces(layers, decide(layers[-1]), decide(layers[-1]), "seneca")
    _, details = compare(LATE, INPUTS, traces, SENECA)
    assert [queue["between"] for queue in details["queues"]] == [
        "inputs and layer 1",
        "h1 and layer 2",
        "h2 and layer 3",
    ]
    assert {entry["differences"] for entry in details["equality"]} == {0}
    assert details["shape"] == {"n_pre": 23, "n_post": 12, "delays": 8}
    # By hand: a spike reaches each useful delay of its channel that still falls into the sample.
    useful = (expand_inputs(LATE).layers[0].weights != 0).any(axis=2)
    due = sum(
        useful[level, channel]
        for level, delay in enumerate((0, 3, 7))
        for step, channel in zip(INPUTS.steps, INPUTS.neurons, strict=True)
        if step + delay < 30
    )
    assert details["queues"][0]["deliveries_mean"] == pytest.approx(due / 9)
    counts = count(LATE, INPUTS, layers, within_sample=True)
    assert [len(part) for part in (counts.operations, counts.deliveries, counts.queue_events)] == [3, 3, 3]
    assert counts.operations[0].sum() == due * 12
    assert counts.delay_bits == 23 * 8 + 12 * 9 + 12
    floats = count_floats(LATE, INPUTS, layers, within_sample=True)
    # The last layer has no delays, so no queue there.
    assert [events.sum() > 0 for events in floats.queue_events] == [True, True, False]
    for values in counted(counts, SENECA).values():
        assert np.all(np.asarray(values) > 0)


def late_48(kept=3, delays=(0, 8, 16)):
    """Network 48 with delayed inputs, one weight for five channels and no delays behind."""

    def layer(levels, pre, post):
        weights = np.zeros((len(levels), pre, post), np.int16)
        weights[-kept:] = 2
        return IntegerLayer(weights, levels, 1 + np.arange(post, dtype=np.int32) % 10, np.ones(post, np.int32))

    layers = (layer(delays, 700, 48), layer((0,), 48, 48), layer((0,), 48, 20))
    return IntegerNetwork(layers, 64, 8, "48", 1, "shd", input_sharing=5)


@pytest.mark.parametrize("kept", [2, 3])
def test_loihi_plans_what_it_maps(kept):
    planned = plan((700, 48, 48, 20), 1, 0, 10, 8, LIMITS, 5, kept, 16)
    mapped = map_network(late_48(kept), 3, LIMITS, {})
    assert map_layers("48", planned, 3, LIMITS, {}) == mapped
    # Weights of 8 bits and delays of 5; an axon a channel and kept delay.
    assert mapped[0].synapse_bits == kept * 140 * 48 * 13 and mapped[0].input_axons == kept * 700
    assert mapped[0].accumulators == 48 << 5


def planned(**first):
    return Planned("mine", (700, 48, 48, 20), (0,), 1, 10, 8, input_sharing=5, **first)


def test_what_does_not_fit_is_refused_before_anything_is_trained():
    check(planned(input_delays=(0, 8, 16), input_kept=3), [1], {}, LIMITS)
    with pytest.raises(InputError, match=r"bits of synaptic memory|64-bit words of synaptic"):
        check(planned(input_delays=tuple(range(0, 60, 2)), input_kept=30), [1], {}, LIMITS)
    with pytest.raises(InputError, match=r"networks\.mine\.input_delays has a delay of 63 steps, but Loihi"):
        check(planned(input_delays=(0, 63), input_kept=2), [1], {}, LIMITS)
    check_seneca(planned(input_delays=(0, 63), input_kept=2), SENECA)
    with pytest.raises(
        InputError, match=r"networks\.mine\.input_delays .* takes 10 bits .* and 7 for its delay, but has 16"
    ):
        check_seneca(planned(input_delays=(0, 64), input_kept=2), SENECA)
    with pytest.raises(InputError, match=r"^a\.safetensors: layer 0 delays inputs by up to 7 steps"):
        check_seneca(Planned("mine", LATE.topology, (), 0, 0, 8, {"a.safetensors": LATE}), SENECA | {"event_bits": 7})


def test_an_event_of_every_queue_names_its_axon_and_delay():
    wide = Planned("mine", (700, 1025, 48, 20), tuple(range(0, 60, 2)), 15, 10, 8)
    with pytest.raises(
        InputError, match=r"networks\.mine with 1025 in hidden delays spikes of hidden layer 1 .* 11 bits .* and 6 for"
    ):
        check_seneca(wide, SENECA)
    # Twelve neurons before and twelve of its own, five bits, and a delay of 9 steps behind the first.
    files = {"a.safetensors": returning_network()}
    check_seneca(Planned("mine", (20, 12, 12, 4), (), 0, 0, 8, files), SENECA | {"event_bits": 9})
    with pytest.raises(
        InputError, match=r"^a\.safetensors: layer 1 delays spikes by up to 9 .* one of 24 axons and 4 "
    ):
        check_seneca(Planned("mine", (20, 12, 12, 4), (), 0, 0, 8, files), SENECA | {"event_bits": 8})


def test_other_tools_read_the_delays_of_inputs():
    graph = to_nir(LATE, 0.01)
    delays = [graph.nodes[f"layer0_delay{delay}"] for delay in (3, 7)]
    assert all(isinstance(node, nir.Delay) for node in delays)
    assert [set(node.delay.round(6)) for node in delays] == [{0.03}, {0.07}]
