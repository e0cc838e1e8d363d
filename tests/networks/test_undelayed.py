"""Without delays, and with delayed copies of its inputs, a network fires what it fires with them."""

import dataclasses

import numpy as np
import pytest
from float_loop import run as run_plainly
from small_networks import current_network, late_network, quantised_network

from delaysnn.core.errors import InputError
from delaysnn.core.network import expand_inputs
from delaysnn.networks.nir_graph import to_nir, write_nir
from delaysnn.networks.undelayed import delay_inputs, undelay


def returning():
    network = quantised_network()
    back = np.random.default_rng(6).normal(0, 0.2, (12, 12)).astype(np.float32)
    first = dataclasses.replace(network.layers[0], recurrent=back)
    last = dataclasses.replace(network.layers[2], bias=np.full(4, 0.05, np.float32), reset=np.full(4, 0.5, np.float32))
    return dataclasses.replace(network, layers=(first, network.layers[1], last))


@pytest.mark.parametrize("made", [quantised_network, late_network, current_network, returning])
def test_it_fires_the_same(made):
    network = made()
    inputs = np.random.default_rng(1).random((30, 4, network.topology[0])) < 0.3
    found, delays = undelay(network)
    assert all(layer.delay_levels == (0,) for layer in found.layers)
    assert found.topology[0] == len(delays) * network.topology[0] and found.topology[-1] == 4
    (*_, expected), membranes = run_plainly(expand_inputs(network), inputs)
    (*_, same), others = run_plainly(found, delay_inputs(inputs, delays))
    # Float32 weights of integers: sums differ in their order alone.
    assert (same == expected).all() and expected.any()
    assert others == pytest.approx(membranes, abs=1e-9)


def test_copies_are_those_that_are_needed():
    network = quantised_network()
    network.layers[2].weights[[1, 2, 4]] = 0
    found, delays = undelay(network)
    assert found.topology == (20 * len(delays), 12 * len(delays), 12 * 2, 4)
    assert delays == tuple(sorted({one + other for one in (0, 2, 4, 6, 8) for other in (0, 6)}))


def test_what_has_no_such_form_is_named(monkeypatch):
    network = quantised_network()
    first, second, last = network.layers
    biased = dataclasses.replace(second, bias=np.ones(12, np.float32))
    with pytest.raises(
        InputError, match=r"network tiny: layer 1 has biases, so it cannot have the copies .* up to 8 steps"
    ):
        undelay(dataclasses.replace(network, layers=(first, biased, last)))
    back = dataclasses.replace(first, recurrent=np.ones((2, 12, 12), np.float32), recurrent_delays=(1, 3))
    with pytest.raises(InputError, match=r"layer 0: recurrent spikes return after \(1, 3\) steps, but without"):
        undelay(dataclasses.replace(network, layers=(back, second, last)))
    monkeypatch.setattr("delaysnn.networks.undelayed._MOST", 1000)
    with pytest.raises(
        InputError, match=r"layer 1 would have 6,480 weights without delays, 9 copies of 12 neurons to 5"
    ):
        undelay(network)


@pytest.mark.slow  # in an environment of its own
def test_tools_without_delays_fire_the_same(run_tool, tmp_path):
    # SpikingJelly takes one time constant a layer.
    layers = [dataclasses.replace(each, decay=np.full_like(each.decay, 0.75)) for each in quantised_network().layers]
    network = dataclasses.replace(quantised_network(), layers=tuple(layers))
    inputs = np.random.default_rng(1).random((30, 50, 20)) < 0.15
    plain, delays = undelay(network)
    np.save(tmp_path / "inputs.npy", delay_inputs(inputs, delays))
    # All three take the step by an argument or for granted: 0.0001 s.
    write_nir(tmp_path / "network.nir", to_nir(plain, 1e-4))
    write_nir(tmp_path / "folded.nir", to_nir(plain, 1e-4, folded=True))
    run_tool("nir_imports.py", tmp_path)
    (*_, expected), _ = run_plainly(expand_inputs(network), inputs)
    assert 0.02 < expected.mean() < 0.9
    for name in ("snntorch", "spikingjelly", "norse"):
        assert (np.load(tmp_path / f"{name}.npy").astype(bool) != expected).sum() == 0
