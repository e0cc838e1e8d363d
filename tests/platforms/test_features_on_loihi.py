"""Biases, resets by subtraction, recurrence and membranes that decide, as both chips' integers.

Spikes and potentials by the plainest loop over the chips' equations, and nearly those of floating point.
"""

import dataclasses

import numpy as np
import pytest
from small_networks import (
    adaptive_network,
    current_network,
    late_network,
    one_hidden_layer,
    quantised_network,
    with_features,
)

from delaysnn.core.errors import InputError
from delaysnn.core.network import Layer, Network, expand_inputs
from delaysnn.core.readout import BY_MEMBRANES
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms import registered
from delaysnn.platforms.loihi.integer_network import read_integer_network, write_integer_network
from delaysnn.platforms.loihi2.integer_network import ProgrammedLayer, read_network
from delaysnn.platforms.protocol import Planned

CHIPS = ("loihi", "loihi2")
BOTH = ("bias", "recurrent", "readout")
ALL = (*BOTH, "reset")
# Networks with features that only a programmable neuron has, and those of either chip.
NETWORKS = {
    "plain": (CHIPS, with_features(quantised_network(), *BOTH)),
    "late": (CHIPS, with_features(late_network(), *BOTH)),
    "one": (CHIPS, one_hidden_layer("bias", "readout")),
    "spikes": (CHIPS, with_features(quantised_network(4), "bias", "recurrent")),
    "currents": (CHIPS, with_features(current_network(), *BOTH)),
    "subtracted": (["loihi2"], with_features(quantised_network(), *ALL)),
    "biased_currents": (["loihi2"], with_features(current_network(), "current_bias", *ALL)),
    "adaptive": (["loihi2"], with_features(adaptive_network(), *ALL)),
}
RUNS = [(chip, name) for name, (chips, _) in NETWORKS.items() for chip in chips]


def inputs(network, samples=6):
    random = np.random.default_rng(1)
    return SpikeTrains.from_dense(random.random((network.n_steps, samples, network.topology[0])) < 0.15)


def part(state, of_4096):
    """Return state * of_4096 / 4096 without what is behind the point."""
    return int(abs(state) * of_4096 // 4096) * (1 if state >= 0 else -1)


def stopped(state):
    return max(1 - 2**23, min(2**23 - 1, state))


def plain_layer(layer, spikes):
    """One step, one neuron at a time with Python's integers; spikes [time, batch, pre].

    Returns spikes and potentials, [time, batch, post] each.
    """
    has = {name: values for name, values in vars(layer).items() if values is not None}
    shape = (*spikes.shape[:2], len(layer.decay))
    fired, potentials = np.zeros(shape, int), np.zeros(shape, int)
    for sample in range(shape[1]):
        u, v, w = ([0] * shape[2] for _ in range(3))
        for step in range(shape[0]):
            for post in range(shape[2]):

                def of(name, otherwise=0, post=post):
                    return int(has[name][post]) if name in has else otherwise

                arriving = sum(
                    int(weights[level, :, post].astype(int) @ sent[step - delay, sample])
                    for weights, delays, sent in (
                        (layer.weights, layer.delay_levels, spikes),
                        (layer.recurrent, layer.recurrent_delays, fired),
                    )
                    for level, delay in enumerate(delays)
                    if step >= delay
                )
                u[post] = part(u[post], 4096 - of("current_decay", 4096)) + 64 * arriving + of("bias")
                owed = 64 * of("reset") * fired[step - 1, sample, post] if step else 0
                v[post] = stopped(part(v[post], 4096 - of("decay")) - owed + u[post] - w[post])
                potentials[step, sample, post] = v[post]
                w[post] = part(w[post], 4096 - of("adaptation_decay", 4096)) + part(v[post], of("adaptation_membrane"))
                if v[post] > 64 * of("threshold"):
                    fired[step, sample, post] = 1
                    w[post] += 64 * of("adaptation_spike")
                    v[post] = v[post] if of("reset") else 0
                w[post] = stopped(w[post])
    return fired, potentials


def float_layer(layer, spikes, fires):
    """The network's own equations in double precision."""
    shape = (*spikes.shape[:2], len(layer.decay))
    fired, potentials = np.zeros(shape), np.zeros(shape)
    u, i, w, b, g = (np.zeros(shape[1:]) for _ in range(5))
    bias, reset = (0 if each is None else each.astype(float) for each in (layer.bias, layer.reset))
    g = layer.own.get("current_decay", 0)
    b, c, d = (layer.own.get(f"adaptation_{name}", 0) for name in ("decay", "membrane", "spike"))
    for step in range(shape[0]):
        before = fired[step - 1] if step else 0
        arriving = bias + sum(
            sent[step - delay] @ weights.astype(float)
            for weights, delays, sent in (
                (layer.weights, layer.delay_levels, spikes),
                (layer.feedback, layer.recurrent_delays if layer.feedback is not None else (), fired),
            )
            for weights, delay in zip([] if weights is None else weights, delays, strict=True)
            if step >= delay
        )
        i = g * i + arriving
        kept = layer.decay * u * (1 - before) if layer.reset is None else layer.decay * u - reset * before
        u = kept + i - w
        potentials[step], fired[step] = u, (u >= layer.threshold) * fires
        w = b * w + c * u + d * fired[step]
    return fired, potentials


@pytest.mark.parametrize(("chip", "name"), RUNS)
def test_every_spike_and_potential_equals_the_plain_loop(chip, name):
    platform, network = registered()[chip], NETWORKS[name][1]
    deployed, given = platform.deploy(network), inputs(network)
    run, spikes = platform.run(deployed, given), given.dense().astype(int)
    shown = platform.membranes(deployed, given.select(np.array([2])))
    for index, (layer, found) in enumerate(zip(deployed.layers, run.layers, strict=True)):
        decides = index == len(deployed.layers) - 1 and network.readout != "spikes"
        spikes, potentials = plain_layer(layer, spikes)
        assert (found.dense() == spikes).all() and (decides or 0.01 < spikes.mean() < 0.9)
        unit = deployed.unit if decides else 1 / (64 * layer.threshold)
        assert np.allclose(shown[index], potentials[:, 2] * unit, rtol=1e-12)
    if decides:
        assert spikes.sum() == 0 and (run.potentials == potentials.transpose(1, 0, 2)).all()
        scores = BY_MEMBRANES[network.readout](run.potentials * deployed.unit)
        assert (run.scores == scores).all()
    else:
        assert run.scores is None and run.potentials is None


@pytest.mark.parametrize(("chip", "name"), RUNS)
def test_integers_do_nearly_what_floats_do(chip, name):
    platform, network = registered()[chip], NETWORKS[name][1]
    given = inputs(network)
    run, spikes = platform.run(platform.deploy(network), given), given.dense().astype(float)
    for index, (layer, found) in enumerate(zip(expand_inputs(network).layers, run.layers, strict=True)):
        fires = index < len(run.layers) - 1 or network.readout == "spikes"
        expected, potentials = float_layer(layer, spikes, fires)
        # Fed the integer spikes before it. Few bits make coarse thresholds, and feedback repeats what differs.
        assert (found.dense() != expected).mean() < 0.02
        spikes = found.dense().astype(float)
    if network.readout != "spikes":
        # In units of the network's weights, as floats are.
        expected = BY_MEMBRANES[network.readout](potentials.transpose(1, 0, 2))
        assert np.abs(run.scores - expected).max() < 0.02 * np.abs(expected).max()


def one_neuron(decay=0.9, **more):
    """One neuron with one synapse of weight 1.27, in units of a hundredth; of the chip's units one is 200."""
    arrays = (np.float32([each]) for each in (decay, 0.613))
    layer = Layer(np.full((1, 1, 1), 1.27, np.float32), (0,), *arrays, 0.01, 8)
    return Network((dataclasses.replace(layer, **more),), 3, "one", 1, "d")


@pytest.mark.parametrize("chip", CHIPS)
@pytest.mark.parametrize(
    ("bias", "integer"),
    [
        # 64 * 200 = 12800 is one.
        (0.1, 1280),
        (-0.00004, -1),
        (0.3199, 4095),
        (0.32, 4096),
        (-0.33333, -4266),
        (1.0001, 12800),
        (-40.945, -4094 * 128),
    ],
)
def test_a_bias_has_13_bits_and_the_smallest_exponent_that_holds_it(chip, bias, integer):
    (layer,) = registered()[chip].deploy(one_neuron(bias=np.float32([bias]))).layers
    assert layer.bias.tolist() == [integer]


@pytest.mark.parametrize("chip", CHIPS)
def test_a_bias_that_does_not_fit_is_refused_and_small_weights_leave_it_room(chip):
    deploy = registered()[chip].deploy
    with pytest.raises(InputError, match=r"layer 0: neuron 0 has bias 41, which is 524800 .* up to 524160 in size"):
        deploy(one_neuron(bias=np.float32([41])))
    small = one_neuron(bias=np.float32([10]), weights=np.full((1, 1, 1), 0.01, np.float32))
    (layer,) = deploy(small).layers
    # One is a hundred weights: at the widest, 128 * 64 * 100 of them, ten are more than there is room for.
    assert layer.weights.item() == 8 and layer.bias.item() == 10 * 8 * 64 * 100


def test_a_threshold_below_a_sum_of_weights_is_for_potentials_that_are_such_sums():
    deploy = registered()["loihi2"].deploy
    usual = {"decay": 1, "threshold": np.float32([2.5385])}
    assert deploy(one_neuron(**usual)).layers[0].threshold.item() == 507
    for more in ({"bias": np.float32([0.1])}, {"reset": np.float32([2.5385])}):
        assert deploy(one_neuron(**usual, **more)).layers[0].threshold.item() == 508


def test_a_reset_by_subtraction_is_rounded_in_units_of_thresholds():
    (layer,) = registered()["loihi2"].deploy(one_neuron(reset=np.float32([0.613]))).layers
    assert isinstance(layer, ProgrammedLayer)
    assert (layer.reset.item(), layer.threshold.item(), layer.current_decay.item()) == (123, 123, 4096)
    with pytest.raises(InputError, match="neuron 0 has reset 700, which is 140000 in the chip's units; 1 to 131071"):
        registered()["loihi2"].deploy(one_neuron(reset=np.float32([700])))


def test_three_steps_of_a_reset_by_subtraction_by_hand():
    network = one_neuron(reset=np.float32([0.5]), bias=np.float32([0.1]))
    deployed = registered()["loihi2"].deploy(network)
    spikes = SpikeTrains.from_dense(np.array([1, 0, 0]).reshape(3, 1, 1))
    # 64 * 254 + 1280 = 17536 fires above 64 * 123 = 7872. Then trunc(17536 * 3686 / 4096) = 15780, less 64 * 100, and
    # 1280: 10660 fires, too; trunc(10660 * 3686 / 4096) - 6400 + 1280 = 9592 - 5120.
    assert registered()["loihi2"].run(deployed, spikes).layers[0].dense()[:, 0, 0].tolist() == [1, 1, 0]
    potentials = registered()["loihi2"].membranes(deployed, spikes)[0] * 64 * 123
    assert np.allclose(potentials[:, 0], [17536, 10660, 4472])


def test_loihi_refuses_what_its_compartments_do_not_do():
    deploy = registered()["loihi"].deploy
    with pytest.raises(InputError, match="network one: has neurons that are reset by subtraction, but loihi takes"):
        deploy(one_neuron(reset=np.float32([0.613])))
    biased = with_features(current_network(), "current_bias")
    with pytest.raises(InputError, match=r"layer 0 has biases that reach currents .* deploy it on loihi2"):
        deploy(biased)
    planned = Planned("n", biased.topology, (), 4, 10, 8, {"a.safetensors": biased})
    with pytest.raises(InputError, match=r"^a\.safetensors: layer 0 has biases that reach currents"):
        registered()["loihi"].check(planned, {}, {"cores": [1], "excess": {}})
    registered()["loihi2"].check(planned, {}, {})


@pytest.mark.parametrize("chip", CHIPS)
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"recurrent": np.full((1, 1), 0.515, np.float32)}, r"layer 0: recurrent\[0, 0\] is 0.515, which is no mul"),
        ({"recurrent": np.full((1, 1), -1.28, np.float32)}, r"is -1.28, which is more than 127 times scale"),
        (
            {"recurrent": np.ones((1, 1, 1), np.float32), "recurrent_delays": (64,)},
            "a delay of 64 steps is above .* 63",
        ),
    ],
)
def test_recurrent_synapses_that_do_not_fit_are_refused(chip, changes, said):
    with pytest.raises(InputError, match=said):
        registered()[chip].deploy(one_neuron(**changes))


def test_a_delay_of_recurrence_is_refused_before_any_job():
    late = one_neuron(recurrent=np.ones((1, 1, 1), np.float32), recurrent_delays=(64,))
    for chip in CHIPS:
        planned = Planned("n", late.topology, (), 4, 10, 8, {"a.safetensors": late})
        with pytest.raises(InputError, match=r"^a\.safetensors: layer 0 feeds itself after 64 steps, .* 63 at the"):
            registered()[chip].check(planned, {}, {"cores": [1], "excess": {}})


@pytest.mark.parametrize("chip", CHIPS)
def test_recurrent_weights_count_for_accumulators(chip):
    # 128 times 254 from the layer itself, and 254 more from the one before, are 2^15 - 2 and would fit; 129 do not.
    layer = Layer(
        np.full((1, 1, 129), 1.27, np.float32), (0,), np.full(129, 0.9, np.float32), np.full(129, 1.27, np.float32),
        0.01, 8, recurrent=np.full((129, 129), 1.27, np.float32),
    )  # fmt: skip
    platform, spikes = registered()[chip], SpikeTrains.from_dense(np.ones((3, 1, 1)))
    with pytest.raises(InputError, match=r"layer 0: a current reaches 2113280 .* but Loihi's dendritic accumulators"):
        platform.run(platform.deploy(Network((layer,), 3, "wide", 1, "d")), spikes)


@pytest.mark.parametrize("chip", CHIPS)
def test_potentials_that_would_fire_at_the_highest_threshold_are_refused(chip):
    network = dataclasses.replace(one_neuron(decay=1), n_steps=600, readout="summed_membrane")
    platform = registered()[chip]
    deployed = platform.deploy(network)
    assert deployed.layers[0].threshold.item() == 2**17 - 1 and deployed.unit == 0.01 / 128
    with pytest.raises(InputError, match=r"layer 0: its membranes decide, .* reaches 8388607, above the highest"):
        platform.run(deployed, SpikeTrains.from_dense(np.ones((600, 1, 1))))


@pytest.mark.parametrize(("chip", "name"), RUNS)
def test_the_file_gives_the_same_network(chip, name, tmp_path):
    integer = registered()[chip].deploy(NETWORKS[name][1])
    write_integer_network(tmp_path / "a.npz", integer)
    again = (read_integer_network if chip == "loihi" else read_network)(tmp_path / "a.npz")
    assert (again.readout, again.unit) == (integer.readout, integer.unit)
    for a, b in zip(again.layers, integer.layers, strict=True):
        assert type(a) is type(b) and vars(a).keys() == vars(b).keys()
        assert all(np.array_equal(vars(a)[key], vars(b)[key]) for key in vars(b))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"layer9_weights": np.ones(3)}, "holds layer9_weights, which is not read here"),
        ({"layer0_recurrent_delays": None}, "holds only one of layer0_recurrent and layer0_recurrent_delays"),
        ({"layer0_reset": np.ones(12)}, "holds .*layer0_reset, but"),
    ],
)
def test_what_a_file_holds_that_is_not_read_is_refused(change, said, tmp_path):
    write_integer_network(tmp_path / "a.npz", registered()["loihi"].deploy(NETWORKS["plain"][1]))
    arrays = dict(np.load(tmp_path / "a.npz")) | change
    np.savez(tmp_path / "a.npz", **{key: values for key, values in arrays.items() if values is not None})
    with pytest.raises(InputError, match=rf"a\.npz: {said}"):
        read_integer_network(tmp_path / "a.npz")


def test_a_network_without_features_has_the_file_that_it_had(tmp_path):
    write_integer_network(tmp_path / "a.npz", registered()["loihi"].deploy(quantised_network()))
    arrays = dict(np.load(tmp_path / "a.npz"))
    assert set(arrays) == {"header"} | {
        f"layer{index}_{name}" for index in range(3) for name in ("weights", "delay_levels", "decay", "threshold")
    }
    assert not {"readout", "unit"} & set(str(arrays["header"]).split('"'))
