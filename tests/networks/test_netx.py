"""NetX: what lava-dl's blocks export is read, and what we write is run by NetX in Lava."""

import dataclasses

import h5py
import numpy as np
import pytest
from deployed import differences
from float_loop import run
from small_networks import current_network, quantised_network

from delaysnn.core.errors import InputError
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.networks.netx import write_netx
from delaysnn.networks.readers import read_theirs
from delaysnn.platforms.loihi.conversion import convert
from delaysnn.platforms.loihi.environment import find_python
from delaysnn.platforms.loihi.fixed_point import simulate

LAYER = {
    "type": np.array([b"dense"], "S10"),
    "shape": np.array([2]),
    "weight": np.array([[2, -4, 6], [0, 254, -100]], np.float32),
    "neuron/type": "CUBA",
    "neuron/iDecay": 4096,
    "neuron/vDecay": 400,
    "neuron/vThMant": 80,
    "neuron/refDelay": 1,
    "neuron/gradedSpike": False,
}


def write(path, *layers, **more):
    with h5py.File(path, "w") as file:
        for place, layer in enumerate(layers):
            for key, value in layer.items():
                if value is not None:
                    file[f"layer/{place}/{key}"] = value
        for key, value in more.items():
            file[key.replace("__", "/")] = value
    return path


def single(network):
    """Return the network with the weight of one delay for each pair, drawn at random."""
    random, layers = np.random.default_rng(5), []
    for layer in network.layers:
        kept = random.integers(0, len(layer.delay_levels), layer.weights.shape[1:])
        kept = np.arange(len(layer.delay_levels))[:, None, None] == kept
        layers.append(dataclasses.replace(layer, weights=np.where(kept, layer.weights, np.float32(0))))
    return dataclasses.replace(network, layers=tuple(layers))


@pytest.mark.slow  # the tools' own environment
@pytest.mark.parametrize(
    ("chosen", "neuron"),
    [
        ({"current_decay": 1.0, "delay": True, "bias": False}, "lif"),
        ({"current_decay": 0.5, "delay": True, "bias": False}, "cuba"),
        ({"current_decay": 1.0, "delay": False, "bias": True}, "lif"),
    ],
)
def test_it_fires_what_lava_dl_fires_on_50_samples(in_tool, tmp_path, chosen, neuron):
    ran = in_tool("lava_dl", "lava_dl_blocks", tmp_path, chosen, find_python() or "3.10")
    network = read_theirs(tmp_path / "network.net", 40)
    assert network.layers[0].neuron == neuron and network.quantised
    found, _ = run(network, ran["inputs"])
    # With a bias layers wait for one another as the tool's do.
    late = [place if chosen["bias"] else 0 for place in range(3)]
    theirs = [ran[f"slayer{place}"] for place in range(3)]
    ours = [layer[wait : wait + len(own)] for layer, own, wait in zip(found, theirs, late, strict=True)]
    different, fired = differences(ours, theirs)
    # Slayer computes with whole numbers: one potential next to its threshold.
    assert fired > 5000 and different <= (10 if chosen["bias"] else 0)
    if chosen["bias"]:
        return
    integers, samples = convert(network, {}), ran["inputs"].astype(bool)
    simulated = simulate(integers, SpikeTrains.from_dense(samples)).layers
    ours = [layer.dense()[: len(own)] for layer, own in zip(simulated, theirs, strict=True)]
    assert differences(ours, theirs)[0] == 0
    # All samples one after another, as Lava ran them.
    together = samples.transpose(1, 0, 2).reshape(-1, 1, samples.shape[2])
    simulated = simulate(integers, SpikeTrains.from_dense(together)).layers
    theirs = [ran[f"lava{place}"] for place in range(3)]
    different, fired = differences(
        [layer.dense()[: len(own), 0] for layer, own in zip(simulated, theirs, strict=True)], theirs
    )
    assert different == 0 and fired > 5000


@pytest.mark.slow
@pytest.mark.parametrize("make", [quantised_network, lambda: current_network(decays=(0.1, 0.4))])
def test_netx_in_lava_fires_what_our_integers_fire(in_tool, tmp_path, make):
    integers = convert(single(make()), {})
    write_netx(tmp_path / "network.net", integers)
    inputs = np.random.default_rng(1).random((50 * 30, 20)) < 0.2
    np.save(tmp_path / "inputs.npy", inputs.astype(int))
    ran = in_tool("lava_dl", "netx_in_lava", tmp_path, {}, find_python() or "3.10")
    ours = simulate(integers, SpikeTrains.from_dense(inputs[:, None])).layers
    theirs = [ran[f"lava{place}"] for place in range(3)]
    different, fired = differences([layer.dense()[:, 0] for layer in ours], theirs)
    assert different == 0 and fired > 500


def test_what_is_written_is_read_again(tmp_path):
    integers = convert(single(current_network()), {})
    write_netx(tmp_path / "a.net", integers)
    again = convert(read_theirs(tmp_path / "a.net", 30), {})
    for ours, read in zip(integers.layers, again.layers, strict=True):
        assert ours.weights.shape == read.weights.shape
        assert all((np.asarray(value) == getattr(read, key)).all() for key, value in vars(ours).items())


def test_a_synapse_with_several_delays_is_refused_with_their_number(tmp_path):
    with pytest.raises(
        InputError, match=r"layer 1: 123 of 143 synapses have more than one delay, up to 5; NetX has one"
    ):
        write_netx(tmp_path / "a.net", convert(quantised_network(), {}))
    assert not list(tmp_path.iterdir())


def test_a_layer_without_synapses_is_refused(tmp_path):
    network = single(quantised_network())
    network.layers[2].weights[:] = 0
    with pytest.raises(InputError, match="layer 2: has no synapse, and NetX scales weights by the largest"):
        write_netx(tmp_path / "a.net", convert(network, {}))


def test_what_netx_does_not_hold_is_refused(tmp_path):
    network = convert(single(quantised_network()), {})
    biased = dataclasses.replace(network.layers[0], bias=np.ones(12, np.int32))
    with pytest.raises(InputError, match="layer 0: has bias, which is not written to NetX"):
        write_netx(tmp_path / "a.net", dataclasses.replace(network, layers=(biased, *network.layers[1:])))
    with pytest.raises(InputError, match="network tiny: is read out by summed_softmax, but NetX has neurons that fire"):
        write_netx(tmp_path / "a.net", dataclasses.replace(network, readout="summed_softmax", unit=1.0))


@pytest.mark.parametrize(
    ("delay", "expected"),
    [
        (3, [[3, 3, 3], [0, 3, 3]]),
        (np.array([1, 5]), [[1, 1, 1], [0, 5, 5]]),
        (np.array([1, 5, 2]), [[1, 5, 2], [0, 5, 2]]),
        (np.array([[1, 2, 3], [4, 5, 62.0]]), [[1, 2, 3], [0, 5, 62]]),
    ],
)
def test_a_delay_is_one_or_of_neurons_or_of_synapses(tmp_path, delay, expected):
    first = read_theirs(write(tmp_path / "a.net", LAYER | {"delay": delay}), 40).layers[0]
    found = np.array(first.delay_levels)[np.abs(first.weights).argmax(axis=0)] * first.weights.any(axis=0)
    assert found.T.tolist() == expected
    assert (first.scale, first.bits) == (2 / 64, 8)


def test_a_potential_at_the_threshold_does_not_fire(tmp_path):
    at_and_above = LAYER | {"weight": np.array([[80], [81]]), "neuron/vThMant": 80}
    (fired,), _ = run(read_theirs(write(tmp_path / "a.net", at_and_above), 40), np.ones((1, 1, 1)))
    assert fired.ravel().tolist() == [0, 1]


def test_weights_of_nine_bits_are_floats(tmp_path):
    odd = np.array([[3, 254, 0], [1, 1, 1]])
    network = read_theirs(write(tmp_path / "a.net", LAYER | {"weight": odd}), 40)
    assert not network.quantised and (odd == network.layers[0].weights[0].T * 64).all()


@pytest.mark.parametrize(
    ("change", "more", "said"),
    [
        ({"type": np.array([b"conv"])}, {}, "layer/0 is of type 'conv', which is not read here; dense is"),
        ({"weight_rec": 1}, {}, "layer/0 holds weight_rec, which is not read here"),
        ({"neuron/type": "RF"}, {}, "neurons of type 'RF', which is not read here; CUBA is"),
        ({"neuron/sinDecay": 1}, {}, "layer/0 holds neuron/sinDecay, which is not read here"),
        ({"neuron/refDelay": 2}, {}, "neuron/refDelay is 2, but 1 is what is read here"),
        ({"neuron/gradedSpike": True}, {}, "neuron/gradedSpike is True, but 0 is what is read here"),
        ({"neuron/weight_exp": 2}, {}, "neuron/weight_exp is 2, but 0"),
        ({"neuron/vDecay": 4097}, {}, "vDecay is 4097; whole numbers from 0 to 4096 are needed"),
        ({"neuron/vDecay": np.array([1, 2, 3])}, {}, r"vDecay has shape \(3,\); one number, or one of 2"),
        ({"neuron/vThMant": 2**18 - 1}, {}, "as of slayer's Affine, whose neurons never fire"),
        ({"neuron/iDecay": None}, {}, "has no neuron/iDecay"),
        ({"weight": np.full((2, 3), 0.5)}, {}, "weight is 0.5; whole numbers from -256 to 254 are needed"),
        ({"weight": np.ones((3, 2))}, {}, r"weight has shape \(3, 2\), but shape says 2 neurons"),
        ({"weight": None}, {}, "layer/0 has no weight"),
        ({"delay": 63}, {}, "delay is 63; whole numbers from 0 to 62 are needed"),
        ({"delay": np.ones(4)}, {}, r"delay has shape \(4,\), but weight has \(2, 3\)"),
        ({"bias": 2, "neuron/iDecay": 2000}, {}, r"has a bias and currents that last \(iDecay 2000\)"),
        ({"bias": 2, "delay": np.array([1, 5])}, {}, "has a bias and a delay a neuron"),
        ({}, {"extra": 1}, "holds extra, which is not read here; NetX has layer and simulation"),
        ({}, {"simulation__Ts": 2}, "simulation/Ts is 2, but 1 is needed"),
        ({}, {"simulation__tSample": 50}, "simulation/tSample is 50, but 40 is needed"),
    ],
)
def test_what_is_not_understood_is_named(tmp_path, change, more, said):
    path = write(tmp_path / "a.net", LAYER | change, **more)
    with pytest.raises(InputError, match=said):
        read_theirs(path, 40)


def test_files_that_are_none_are_named(tmp_path):
    (tmp_path / "a.net").write_text("no HDF5")
    with pytest.raises(InputError, match=r"a\.net: cannot be read as HDF5"):
        read_theirs(tmp_path / "a.net", 40)
    with pytest.raises(InputError, match=r"b\.net: there is no such file"):
        read_theirs(tmp_path / "b.net", 40)
    write(tmp_path / "c.net", a=1)
    with pytest.raises(InputError, match="holds a, which"):
        read_theirs(tmp_path / "c.net", 40)


def test_an_input_without_neurons_is_passed_over(tmp_path):
    path = write(tmp_path / "a.net", {"type": np.array([b"input"]), "shape": np.array([3])}, LAYER)
    assert read_theirs(path, 40).topology == (3, 2)
