"""What a network has beyond the paper's: written, read, named and refused."""

import dataclasses
import json

import numpy as np
import pytest
from small_networks import quantised_network

from delaysnn.core.errors import InputError
from delaysnn.core.features import FEATURES, check_features, features
from delaysnn.core.network import read_network, write_network
from delaysnn.core.readout import READOUTS, score


def full(value):
    return np.full(12, value, np.float32)


WITH = {
    "bias": {"bias": full(-0.1)},
    "reset": {"reset": full(0.61)},
    # Whole units of the layer's scale, as its other weights.
    "recurrent": {"recurrent": np.float32(100 * quantised_network().layers[1].scale) * np.eye(12, dtype=np.float32)},
}


def with_second(**changes):
    network = quantised_network()
    second = dataclasses.replace(network.layers[1], **changes)
    return dataclasses.replace(network, layers=(network.layers[0], second, network.layers[2]))


def network_with(*names):
    changes = {key: value for name in names for key, value in WITH.get(name, {}).items()}
    return dataclasses.replace(with_second(**changes), readout="largest_membrane" if "readout" in names else "spikes")


@pytest.mark.parametrize("name", FEATURES)
def test_a_feature_comes_back_from_its_file_and_is_named(tmp_path, name):
    written = network_with(name)
    write_network(tmp_path / "a.safetensors", written)
    found = read_network(tmp_path / "a.safetensors")
    assert features(found) == {name}
    assert found.readout == written.readout
    for ours, theirs in zip(found.layers, written.layers, strict=True):
        assert sorted(ours.arrays) == sorted(theirs.arrays)
        for key, values in ours.arrays.items():
            np.testing.assert_array_equal(values, theirs.arrays[key])


def test_the_first_version_of_the_format_is_read_as_well(tmp_path):
    write_network(tmp_path / "a.safetensors", quantised_network())
    described = json.loads((tmp_path / "a.json").read_text())
    assert described["version"] == 2
    del described["readout"]
    (tmp_path / "a.json").write_text(json.dumps(described | {"version": 1}))
    assert features(read_network(tmp_path / "a.safetensors")) == set()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"bias": np.zeros(3, np.float32)}, r"layer 1: bias must have one value for each of 12 neurons, found \(3,\)"),
        ({"bias": full(np.nan)}, "layer 1: bias holds a value that is not finite"),
        ({"reset": full(0)}, "layer 1: reset must be above 0, found 0.0; without it neurons are reset to zero"),
        ({"reset": np.ones((2, 12), np.float32)}, "layer 1: reset must have one value for each"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, changes, said):
    with pytest.raises(InputError, match=said):
        write_network(tmp_path / "a.safetensors", with_second(**changes))


def test_a_readout_that_is_not_known_is_refused(tmp_path):
    write_network(tmp_path / "a.safetensors", network_with("readout"))
    described = json.loads((tmp_path / "a.json").read_text())
    for wrong in ("mean", 3, None, ["spikes"]):
        (tmp_path / "a.json").write_text(json.dumps(described | {"readout": wrong}))
        with pytest.raises(InputError, match=r"a\.json: readout must be one of spikes, largest_membrane, summed"):
            read_network(tmp_path / "a.safetensors")


def test_one_of_the_takers_has_to_take_all_that_a_network_has():
    both = network_with("bias", "readout")
    check_features(quantised_network(), "a", {"chip": ()})
    check_features(both, "a", {"chip": (), "other": ("bias", "readout", "reset")})
    said = r"^a: has biases, a readout by membranes, but chip takes biases; other takes a readout by membranes\.$"
    with pytest.raises(InputError, match=said):
        check_features(both, "a", {"chip": ("bias",), "other": ("readout",)})
    with pytest.raises(InputError, match=r"^a: has a readout by membranes, but chip takes biases\.$"):
        check_features(both, "a", {"chip": ("bias",)})


def test_readouts_score_potentials_over_time():
    membranes = np.array([[[1.0, 0.0], [-1.0, 3.0], [2.0, 0.5]]])
    found = {readout: score(readout, membranes)[0] for readout in READOUTS[1:]}
    np.testing.assert_allclose(found["largest_membrane"], [2, 3])
    np.testing.assert_allclose(found["summed_membrane"], [2, 3.5])
    shares = [1 / (1 + np.exp(b - a)) for a, b in membranes[0]]
    np.testing.assert_allclose(found["summed_softmax"], [sum(shares), 3 - sum(shares)])
    assert np.isfinite(score("summed_softmax", 1e9 * membranes)).all()
