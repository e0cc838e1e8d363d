"""Biases, resets by subtraction, recurrence and readouts by membranes on Seneca: loops beside it, and costs."""

import dataclasses
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest
import yaml
from small_networks import adaptive_network, current_network, late_biased_network, quantised_network, returning_network

from delaysnn.core.network import expand_inputs
from delaysnn.core.readout import BY_MEMBRANES, SPIKES, score
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.core.traces import Traces
from delaysnn.platforms import registered
from delaysnn.platforms.answers import check_estimates, check_run
from delaysnn.platforms.constants import read_basis
from delaysnn.platforms.seneca.cost import counted
from delaysnn.platforms.seneca.counts import Updates, count
from delaysnn.platforms.seneca.inference import infer, membranes
from delaysnn.queues.compare import compare
from delaysnn.queues.delays import queued, useful_delays
from delaysnn.queues.structures.scdq import run_queue

CONFIG = Path(__file__).parents[3] / "config"
SENECA = yaml.safe_load((CONFIG / "hardware/seneca.yaml").read_text())


def everything(network):
    """The same network with a bias and resets by subtraction, and spikes that return in every hidden layer."""
    returning = returning_network()
    layers = [
        dataclasses.replace(
            layer,
            bias=np.linspace(-0.05, 0.1, len(layer.decay), dtype=np.float32),
            reset=0.9 * layer.threshold,
            recurrent=other.recurrent,
            recurrent_delays=other.recurrent_delays,
        )
        for layer, other in zip(network.layers, returning.layers, strict=True)
    ]
    return dataclasses.replace(network, layers=tuple(layers))


NETWORKS = {
    "late and biased": late_biased_network(),
    "returning": returning_network(),
    "everything": everything(quantised_network()),
    "adaptive": everything(adaptive_network()),
    "lasting": everything(current_network()),
}


def inputs_of(network, samples=4):
    return np.random.default_rng(1).random((30, samples, network.topology[0])) < 0.15


def loop(network, spikes, number):
    """Spikes and potentials [time, post] of every layer by the equations, an operation at a time; spikes [time, pre].

    Events lie in a list, as the queue holds them: what is new in a step behind what is older, a layer's own first.
    """
    layers, found = expand_inputs(network).layers, []
    for index, layer in enumerate(layers):
        silent = index == len(layers) - 1 and network.readout != SPIKES
        names = ("weights", "decay", "threshold", "bias", "reset")
        weights, a, threshold, bias, reset = (
            None if array is None else array.astype(ml_dtypes.bfloat16).astype(number)
            for array in (getattr(layer, name) for name in names)
        )
        own = {name: values.astype(ml_dtypes.bfloat16).astype(number) for name, values in layer.own.items()}
        g = own.get("current_decay")
        feedback = None if layer.recurrent is None else layer.feedback.astype(ml_dtypes.bfloat16).astype(number)
        ages = {("before", delay): weights[level] for level, delay in enumerate(layer.delay_levels)}
        for level, delay in enumerate(layer.recurrent_delays):
            if feedback is not None:
                ages["own", delay - 1] = feedback[level]
        u, w, i, s = (np.zeros_like(a) for _ in range(4))
        events, fired, potentials = [], [], []
        for row in spikes:
            events = [(kind, neuron, age + 1) for kind, neuron, age in events]
            events += [("own", neuron, 0) for neuron in np.flatnonzero(s)]
            events += [("before", neuron, 0) for neuron in np.flatnonzero(row)]
            u = a * u if reset is None or silent else a * u - reset * s
            meets = u if g is None else g * i
            if bias is not None:
                meets = meets + bias
            for kind, neuron, age in events:
                if (kind, age) in ages:
                    meets = meets + ages[kind, age][neuron]
            u, i = (meets, i) if g is None else (u + meets, meets)
            if "adaptation_decay" in own:
                u = u - w
            s = np.zeros_like(a) if silent else (u >= threshold).astype(number)
            if "adaptation_decay" in own:
                b, c, d = (own[f"adaptation_{name}"] for name in ("decay", "membrane", "spike"))
                w = b * w + c * u + d * s
            fired.append(s.astype(bool))
            potentials.append(u.astype(np.float64))
            if reset is None or silent:
                u = u * (1 - s)
        spikes = np.stack(fired)
        found.append((spikes, np.stack(potentials)))
    return found


@pytest.mark.parametrize("name", NETWORKS)
def test_every_operation_is_rounded_in_the_order_of_the_equations(name):
    network = NETWORKS[name]
    spikes = inputs_of(network)
    found = infer(network, SpikeTrains.from_dense(spikes))
    for sample in range(spikes.shape[1]):
        recorded = membranes(network, SpikeTrains.from_dense(spikes[:, [sample]]))
        expected = loop(network, spikes[:, sample], ml_dtypes.bfloat16)
        for index, (fired, potentials) in enumerate(expected):
            np.testing.assert_array_equal(found[index].dense()[:, sample], fired)
            last = index == len(expected) - 1 and network.readout != SPIKES
            threshold = network.layers[index].threshold.astype(ml_dtypes.bfloat16).astype(np.float32)
            np.testing.assert_allclose(recorded[index] * (1 if last else threshold), potentials, rtol=1e-6)
            assert last != (0.02 < fired.mean() < 0.9)


@pytest.mark.parametrize("name", NETWORKS)
def test_once_a_step_is_near_double_precision(name):
    network = NETWORKS[name]
    spikes = inputs_of(network)
    found = infer(network, SpikeTrains.from_dense(spikes), every_add=False)
    different = []
    for sample in range(spikes.shape[1]):
        expected = loop(network, spikes[:, sample], np.float64)
        different += [trains.dense()[:, sample] != fired for trains, (fired, _) in zip(found, expected, strict=True)]
    # A reset or a bias left out, or a delay more, changes a tenth and more.
    assert np.mean([each.mean() for each in different]) < 0.02


@pytest.mark.parametrize("readout", BY_MEMBRANES)
def test_membranes_decide_by_potentials_of_16_bits(readout):
    network = late_biased_network(readout)
    spikes = inputs_of(network)
    seneca, trains = registered()["seneca"], SpikeTrains.from_dense(spikes)
    run = seneca.run(seneca.deploy(network), trains)
    check_run(seneca, run, network, trains)
    last = [loop(network, spikes[:, sample], ml_dtypes.bfloat16)[-1][1] for sample in range(4)]
    np.testing.assert_allclose(run.scores, score(readout, np.stack(last)))
    assert len(run.layers[-1].steps) == 0
    (beside,) = run.scores_beside.values()
    assert np.abs(beside - run.scores).max() < 0.1 * np.abs(run.scores).max()


def priced(network, samples=3):
    seneca, inputs = registered()["seneca"], SpikeTrains.from_dense(inputs_of(network, samples))
    layers = seneca.run(network, inputs).layers
    return inputs, layers, seneca


@pytest.mark.parametrize("name", ["late and biased", "returning"])
def test_counts_are_what_the_queues_do_and_no_line_prices_it(name):
    network = NETWORKS[name]
    inputs, layers, seneca = priced(network)
    happens, due = seneca.count(network, inputs, layers)
    for index, each in enumerate(queued(network, inputs, layers)):
        run = run_queue(each.spikes, useful_delays(each.layer), 2048)
        assert happens.deliveries[index].tolist() == run.deliveries.tolist()
        assert happens.queue_events[index].tolist() == run.pops.tolist()
        assert run.differences.sum() == 0 and run.deliveries.sum() > 0
        assert (due.deliveries[index] >= happens.deliveries[index]).all()
    basis = read_basis(CONFIG / "hardware/seneca.yaml", CONFIG / "published.yaml", ["48", "32", "24"])
    found = seneca.estimate((happens, due), basis)
    check_estimates(seneca, found, 3)
    assert {cell.how for cell in found.cells} == {"counted"} and not found.outside_fit
    labels = np.zeros(3, np.int16)
    _, details = compare(network, inputs, Traces(layers, labels, labels, "seneca"), SENECA)
    assert {entry["differences"] for entry in details["equality"]} == {0} and len(details["equality"]) > 4


def test_a_core_has_one_queue_which_its_own_spikes_enter_one_step_later():
    network = returning_network()
    inputs, layers, _ = priced(network)
    first, second, last = queued(network, inputs, layers)
    assert [each.between for each in (first, second, last)] == [
        "h1 and layer 1",
        "h1, h2 and layer 2",
        "h2 and layer 3",
    ]
    # Inputs of the first layer are not delayed, so only its own spikes wait.
    assert useful_delays(first.layer).shape == (12, 4) and useful_delays(second.layer).shape == (24, 10)
    own, before = layers[1].dense(), layers[0].dense()
    entered = np.concatenate([np.concatenate([0 * own[:1], own[:-1]]), before], axis=2)
    np.testing.assert_array_equal(second.spikes.dense(), entered)
    counts = count(network, inputs, layers, within_sample=True)
    assert len(counts.queue_events) == len(counts.operations) == 3
    # By hand: what falls into the sample of each spike at each delay at which any neuron has a weight.
    back = [
        sum(
            (feedback[neuron] != 0).any() * (step + delay < 30)
            for step, neuron in zip(layers[0].steps, layers[0].neurons, strict=True)
        )
        for delay, feedback in zip((1, 4), network.layers[0].recurrent, strict=True)
    ]
    assert counts.operations[0].sum() == (len(inputs.steps) + sum(back)) * 12
    assert counts.stored_weights == sum(layer.weights.size for layer in network.layers) + 5 * 144
    assert counts.delay_bits == 12 * 4 + 24 * 10 + 12 * 9
    due = count(network, inputs, layers, within_sample=False)
    returns = (network.layers[0].recurrent != 0).any(axis=2).sum(axis=0)
    assert due.deliveries[0].sum() == returns[layers[0].neurons].sum()
    assert due.arrivals[0].sum() == len(layers[0].steps)


def test_what_neurons_take_more_is_counted():
    network = late_biased_network()
    inputs, layers, _ = priced(network)
    counts = count(network, inputs, layers, within_sample=True)
    # 12, 12 and 4 neurons and 30 steps: a bias and an addition each; in the first layer a reset and a subtraction; in
    # the last a sum of two words and an addition, and neither threshold nor reset.
    assert counts.updates == (Updates(720, 0, 720), Updates(360, 0, 360), Updates(120, 240, 240))
    assert counts.stored_numbers == 2 * 12 + 12 + 4 * (1 + 2)
    largest = count(late_biased_network("largest_membrane"), inputs, layers, within_sample=True)
    assert largest.updates[-1] == Updates(120, 120, 240)
    plain = dataclasses.replace(
        network, readout=SPIKES, layers=tuple(dataclasses.replace(own, bias=None, reset=None) for own in network.layers)
    )
    without = count(plain, inputs, layers, within_sample=True)
    more = counted(counts, SENECA)["seneca_scdq", "energy"] - counted(without, SENECA)["seneca_scdq", "energy"]
    loads, states, operations = 1200, 240, 1320
    assert more == pytest.approx((loads * 3.7 + states * (3.7 + 3.9) + operations * 1.4) * 1e-6)
    assert (without.updates, without.as_fitted, counts.as_fitted) == ((), True, False)
