"""Input channels that share weights: the file keeps what is stored, and says whose it is."""

import dataclasses
import json

import numpy as np
import pytest
from small_networks import sharing_network

from delaysnn.core.errors import InputError
from delaysnn.core.network import expand_inputs, read_network, write_network
from delaysnn.core.network_checks import check_network


def test_the_file_keeps_a_row_a_run_and_says_how_many_channels_there_are(tmp_path):
    network = sharing_network()
    write_network(tmp_path / "a.safetensors", network)
    description = json.loads((tmp_path / "a.json").read_text())
    assert description["topology"] == [23, 12, 12, 4]
    assert [(layer.get("input_sharing"), layer.get("input_channels")) for layer in description["layers"]] == [
        (5, 23),
        (None, None),
        (None, None),
    ]
    again = read_network(tmp_path / "a.safetensors")
    assert again.topology == (23, 12, 12, 4)
    assert (again.layers[0].input_sharing, again.layers[0].inputs) == (5, 23)
    assert again.layers[0].weights.shape == (1, 5, 12)
    assert again.parameters == network.parameters == sum(np.count_nonzero(layer.weights) for layer in network.layers)


def test_a_network_without_sharing_is_described_as_before(tmp_path):
    write_network(tmp_path / "a.safetensors", expand_inputs(sharing_network()))
    layers = json.loads((tmp_path / "a.json").read_text())["layers"]
    assert all(set(layer) == {"delay_levels", "scale", "bits"} for layer in layers)


def test_expanded_each_channel_has_the_row_of_its_run():
    network = sharing_network()
    expanded = expand_inputs(network)
    assert expanded.topology == network.topology
    for channel in range(23):
        assert (expanded.layers[0].weights[:, channel] == network.layers[0].weights[:, channel // 5]).all()
    assert (expanded.layers[0].input_sharing, expanded.layers[0].input_channels) == (1, None)
    check_network(expanded, "here")
    assert expand_inputs(expanded) is expanded


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"input_sharing": 0}, "input_sharing must be a whole number from 1, found 0"),
        ({"input_sharing": 2.5}, r"input_sharing must be a whole number from 1, found 2\.5"),
        ({"input_sharing": True}, "input_sharing must be a whole number from 1, found True"),
        ({"input_sharing": None}, "input_sharing must be a whole number from 1, found None"),
        ({"input_channels": None}, "input_sharing is 5, so input_channels must be a whole number from 5 to 65535"),
        ({"input_channels": 4}, ".*input_channels must be .*, found 4"),
        ({"input_channels": 70000}, ".*input_channels must be .*, found 70000"),
        ({"input_channels": 26}, "weights have 5 rows, but 26 input channels in runs of 5 have 6"),
        ({"input_channels": 20}, "weights have 5 rows, but 20 input channels in runs of 5 have 4"),
        ({"input_sharing": 4}, "weights have 5 rows, but 23 input channels in runs of 4 have 6"),
        ({"input_sharing": 1}, "weights have 5 rows, but 23 input channels in runs of 1 have 23"),
    ],
)
def test_a_sharing_that_the_arrays_do_not_have_is_refused(tmp_path, changes, message):
    write_network(tmp_path / "a.safetensors", sharing_network())
    content = json.loads((tmp_path / "a.json").read_text())
    content["layers"][0] |= changes
    (tmp_path / "a.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match=rf"a\.safetensors: layer 0: {message}"):
        read_network(tmp_path / "a.safetensors")


@pytest.mark.parametrize("changes", [{"input_sharing": 5, "input_channels": 60}, {"input_channels": 12}])
def test_only_the_first_layer_may_share(changes):
    network = sharing_network()
    layers = list(network.layers)
    layers[1] = dataclasses.replace(layers[1], **changes)
    with pytest.raises(InputError, match=r"here: layer 1: input_sharing is .* only layer 0 has input channels"):
        check_network(dataclasses.replace(network, layers=tuple(layers)), "here")


def test_the_topology_counts_channels(tmp_path):
    write_network(tmp_path / "a.safetensors", sharing_network())
    content = json.loads((tmp_path / "a.json").read_text()) | {"topology": [5, 12, 12, 4]}
    (tmp_path / "a.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match=r"topology is \[5, 12, 12, 4\], but the arrays are \[23, 12, 12, 4\]"):
        read_network(tmp_path / "a.safetensors")
