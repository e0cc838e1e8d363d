import dataclasses
from pathlib import Path

import numpy as np
import pytest
from small_networks import adaptive_network, quantised_network

from delaysnn.core.errors import InputError
from delaysnn.core.network import Layer, Network
from delaysnn.platforms import registered
from delaysnn.platforms.loihi.conversion import convert as convert_plain
from delaysnn.platforms.loihi.integer_network import IntegerLayer, read_integer_network, write_integer_network
from delaysnn.platforms.loihi2.conversion import convert
from delaysnn.platforms.loihi2.integer_network import AdaptiveLayer, read_network
from delaysnn.platforms.protocol import Planned


def one_neuron(weight=127, bits=8, neuron="adlif", **own):
    """One adaptive neuron with one synapse, whose weights are in hundredths."""
    arrays = {"adaptation_decay": 0.95, "adaptation_membrane": 0.1, "adaptation_spike": 0.25} | own
    layer = Layer(
        np.full((1, 1, 1), weight / 100, np.float32), (0,), np.float32([0.9]), np.float32([0.613]), 0.01, bits,
        neuron=neuron, own={name: np.float32([value]) for name, value in arrays.items()},
    )  # fmt: skip
    return Network((layer,), 3, "one", 1, "d")


def test_a_neuron_converted_by_hand():
    (layer,) = convert(one_neuron(), {}).layers
    assert isinstance(layer, AdaptiveLayer)
    # Weights of 8 bits are doubled, so one is 200 of the chip's units.
    assert layer.weights.tolist() == [[[254]]] and layer.threshold.tolist() == [123] and layer.decay.tolist() == [410]
    assert layer.adaptation_decay.tolist() == [205]  # 4096 * 0.05 = 204.8
    assert layer.adaptation_membrane.tolist() == [410]  # 4096 * 0.1 = 409.6
    assert layer.adaptation_spike.tolist() == [50]  # 200 * 0.25


def test_small_weights_fill_their_registers_less_where_the_step_by_a_spike_would_not_fit():
    for spike, unit in ((10, 128), (20, 64), (40, 32)):
        (layer,) = convert(one_neuron(weight=1, adaptation_spike=spike), {}).layers
        assert layer.weights.item() == unit and layer.adaptation_spike.item() == unit * 100 * spike < 2**17


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"adaptation_decay": 0}, "has adaptation_decay 0, which is a loss of 4096 in 4096 a step; 12 bits .* 4095"),
        ({"adaptation_membrane": 2}, "has adaptation_membrane 2, which is 8192 in 4096 of the potential; 13 bits"),
        ({"adaptation_spike": 700}, "has adaptation_spike 700, which is 140000 in the chip's units; 17 bits .* 131071"),
        (
            {"adaptation_decay": 0.99995},
            "has adaptation_decay 0.99995, which is a loss of 0 .* at most 0.999756 is needed",
        ),
    ],
)
def test_an_adaptation_that_does_not_fit_is_refused_with_neuron_and_value(own, said):
    with pytest.raises(InputError, match=f"^network one, layer 0: neuron 0 {said}"):
        convert(one_neuron(**own), {})


def test_an_adaptation_that_nothing_drives_may_last():
    (layer,) = convert(one_neuron(adaptation_decay=1, adaptation_membrane=0, adaptation_spike=0), {}).layers
    assert layer.adaptation_decay.item() == 0


def test_other_neurons_are_refused():
    with pytest.raises(InputError, match="layer 0: neurons are adex; Loihi 2 runs lif, adlif, cuba here"):
        convert(one_neuron(neuron="adex"), {})


def test_what_loihi_refuses_is_refused_here(network):
    floats = tuple(dataclasses.replace(layer, scale=None, bits=None) for layer in network.layers)
    with pytest.raises(InputError, match="network tiny, layer 0: weights are not quantised"):
        convert(dataclasses.replace(network, layers=floats), {})
    layers = [network.layers[0], dataclasses.replace(network.layers[1], delay_levels=(0, 2, 4, 6, 63))]
    with pytest.raises(InputError, match="layer 1: a delay of 63 steps"):
        convert(dataclasses.replace(network, layers=(*layers, network.layers[2])), {})


@pytest.mark.parametrize("bits", [2, 8])
def test_a_network_of_plain_neurons_has_loihis_own_form(bits):
    plain, ours = (each(quantised_network(bits), {}).layers for each in (convert_plain, convert))
    for a, b in zip(plain, ours, strict=True):
        assert type(b) is IntegerLayer
        assert all((np.asarray(vars(a)[name]) == np.asarray(vars(b)[name])).all() for name in vars(a))


def test_the_file_gives_the_same_network_and_loihi_does_not_read_it(tmp_path, network):
    integer = convert(network, {"rule": "x"})
    write_integer_network(tmp_path / "a.npz", integer)
    again = read_network(tmp_path / "a.npz")
    assert [type(layer) for layer in again.layers] == [AdaptiveLayer, AdaptiveLayer, IntegerLayer]
    for a, b in zip(again.layers, integer.layers, strict=True):
        assert all((np.asarray(vars(a)[name]) == np.asarray(vars(b)[name])).all() for name in vars(b))
    with pytest.raises(InputError, match=r"a\.npz: holds .*layer0_adaptation_decay"):
        read_integer_network(tmp_path / "a.npz")


def test_before_any_job_delays_and_brought_networks_are_checked():
    loihi2 = registered()["loihi2"]
    planned = Planned("n", (20, 12, 12, 4), (0, 30, 60, 90), 4, 10, 8)
    with pytest.raises(InputError, match=r"delays\.max and stride 30 the longest delay is 90 steps"):
        loihi2.check(planned, {}, {})
    files = {"a.safetensors": adaptive_network()}
    loihi2.check(dataclasses.replace(planned, levels=(), files=files), {}, {})
    files["b.safetensors"] = adaptive_network(adaptation_membrane=np.full(12, 2.1))
    with pytest.raises(InputError, match=r"network n, layer 0: neuron 0 has adaptation_membrane 2\.1"):
        loihi2.check(dataclasses.replace(planned, levels=(), files=files), {}, {})


def test_it_runs_by_its_name_alone():
    config = (Path(__file__).parents[3] / "config/config.yaml").read_text()
    assert "platforms: [loihi, seneca]" in config
    assert registered()["loihi2"].neurons == ("lif", "adlif", "cuba") and not registered()["loihi2"].setups
