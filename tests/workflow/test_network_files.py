"""Networks that come as files are read before any job: what they hold and say is checked there."""

import dataclasses
import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import yaml
from safetensors.numpy import load_file, save_file

from delaysnn.core.errors import InputError
from delaysnn.core.network import Layer, Network, read_network, write_network
from delaysnn.platforms import registered
from delaysnn.settings.configuration import settle
from delaysnn.training.model import DelayNetwork

ROOT = Path(__file__).parents[2]
# No engine is placed for networks that are not here.
PAPER = yaml.safe_load((ROOT / "config/config.yaml").read_text()) | {"fpga": None}


def write(name, *neurons, recurrent=None, reset=None, adaptive=None):
    layers = [
        Layer(np.ones((1, pre, post), np.float32), (0,), np.ones(post), np.ones(post))
        for pre, post in pairwise(neurons)
    ]
    if recurrent:
        layers[0] = dataclasses.replace(layers[0], recurrent=np.eye(recurrent))
    if reset:
        layers[0] = dataclasses.replace(layers[0], reset=np.ones(reset))
    if adaptive:
        own = {f"adaptation_{each}": np.full(adaptive, 0.1) for each in ("decay", "membrane", "spike")}
        layers[0] = dataclasses.replace(layers[0], neuron="adlif", own=own)
    write_network(Path(f"{name}.safetensors"), Network(tuple(layers), 64, name, 1, "shd"))


def settled(seeds=(1,), **files):
    networks = {name: {"file": file} for name, file in files.items()}
    return settle(PAPER | {"seeds": list(seeds), "networks": networks}, ROOT)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write("own", 700, 8, 6, 20)
    return tmp_path


def edit(name, **changes):
    path = Path(f"{name}.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_network_has_the_shape_of_its_arrays():
    assert settled(own="own.safetensors").network("own").hidden == [8, 6]


def test_an_array_that_is_not_read_is_named():
    save_file(load_file("own.safetensors") | {"layer1.gain": np.ones(6, np.float32)}, "own.safetensors")
    with pytest.raises(InputError, match=r"own\.safetensors: holds layer1\.gain, which is not read here"):
        settled(own="own.safetensors")


@pytest.mark.parametrize("topology", [[700, "8", 6, 20], [700, -5, 20], [700], "abcd", [700, 48.5, 6, 20]])
def test_a_topology_that_cannot_be_is_named(topology):
    edit("own", topology=topology)
    with pytest.raises(InputError, match=r"own\.json: topology is .*, but the arrays are \[700, 8, 6, 20\]"):
        settled(own="own.safetensors")


def test_a_network_that_no_chip_runs_is_named():
    write("own", 700, 8, 6, 20, reset=8)
    with pytest.raises(
        InputError, match=r"own\.safetensors: has neurons that are reset by subtraction, but loihi takes"
    ):
        settle(PAPER | {"platforms": ["loihi"], "networks": {"own": {"file": "own.safetensors"}}}, ROOT)
    write("own", 700, 20)
    with pytest.raises(InputError, match=r"own\.safetensors: has one layer"):
        settled(own="own.safetensors")


def test_a_network_is_deployed_where_its_neurons_run_and_refused_where_none_does():
    write("adaptive", 700, 8, 6, 20, adaptive=8)
    files = {"own": {"file": "own.safetensors"}, "adaptive": {"file": "adaptive.safetensors"}}
    settings = settle(PAPER | {"networks": files}, ROOT)
    assert settings.deployed_on("loihi") == ["own"] and settings.deployed_on("seneca") == ["own", "adaptive"]
    assert settings.deployed == ["own", "adaptive"] and settings.in_nir == settings.as_integers == ["own"]
    said = (
        r"^adaptive\.safetensors: layer 0 has neurons of the kind adlif, but loihi takes lif, cuba; networks of other"
    )
    with pytest.raises(InputError, match=said):
        settle(PAPER | {"networks": files, "platforms": ["loihi"]}, ROOT)


def test_a_network_that_feeds_itself_is_deployed_where_that_runs():
    write("returning", 700, 8, 6, 20)
    network = read_network("returning.safetensors")
    first = replace(network.layers[0], recurrent=np.eye(8, dtype=np.float32))
    write_network(Path("returning.safetensors"), replace(network, layers=(first, *network.layers[1:])))
    files = {"own": {"file": "own.safetensors"}, "returning": {"file": "returning.safetensors"}}
    settings = settle(PAPER | {"networks": files}, ROOT)
    for name in ("loihi", "seneca"):
        runs = "recurrent" in registered()[name].features
        assert settings.deployed_on(name) == ["own", "returning"][: 1 + runs]
    assert "returning" in settings.deployed_on("seneca")


def test_a_network_of_several_kinds_of_neurons_is_fine_tuned_by_what_each_needs():
    write("several", 700, 6, 6, 20, adaptive=6)
    network = read_network("several.safetensors")
    adaptive, second, last = network.layers
    first = replace(adaptive, neuron="cuba", own={"current_decay": np.full(6, 0.5, np.float32)})
    second = replace(second, neuron="adlif", own=adaptive.own)
    write_network(Path("several.safetensors"), replace(network, layers=(first, second, last)))
    files = {"own": {"file": "own.safetensors"}, "several": {"file": "several.safetensors"}}
    settings = settle(PAPER | {"networks": files, "platforms": ["loihi2", "loihi", "seneca"]}, ROOT)
    course = settings.course("several")
    assert course.adaptation == settings.training.adaptation and settings.course("own").adaptation is None
    DelayNetwork.restore(read_network("several.safetensors"), course).limit(course)


def test_seeds_are_of_the_same_neurons():
    write("of1", 700, 8, 6, 20)
    write("of2", 700, 8, 6, 20, adaptive=8)
    said = r"of1\.safetensors has lif-lif-lif models of neurons and of2\.safetensors adlif-lif-lif; give each"
    with pytest.raises(InputError, match=said):
        settled(seeds=(1, 2), own="of{seed}.safetensors")


def test_a_missing_description_is_named():
    Path("own.json").unlink()
    with pytest.raises(InputError, match=r"own\.json: there is no such file; a network of your own is"):
        settled(own="own.safetensors")


def test_one_file_is_one_network():
    Path("link.safetensors").symlink_to("own.safetensors")
    Path("link.json").symlink_to("own.json")
    for other in ("own.safetensors", "./own.safetensors", "link.safetensors"):
        with pytest.raises(InputError, match=r"networks\.other\.file is .*, the same file as that of networks\.own"):
            settled(own="own.safetensors", other=other)
    assert settled(seeds=(1, 2), own="own.safetensors").brought == ["own"]


def test_seeds_are_of_one_shape():
    write("of1", 700, 8, 6, 20)
    write("of2", 700, 8, 7, 20)
    assert settled(own="of{seed}.safetensors").network("own").hidden == [8, 6]
    with pytest.raises(InputError, match=r"of1\.safetensors has 700-8-6-20 neurons .* of2\.safetensors 700-8-7-20"):
        settled(seeds=(1, 2), own="of{seed}.safetensors")


def write_sharing(name, sharing):
    write(name, 700, 8, 6, 20)
    network = read_network(f"{name}.safetensors")
    weights = network.layers[0].weights[:, : -(-700 // sharing)]
    first = replace(network.layers[0], weights=weights, input_sharing=sharing, input_channels=700)
    write_network(Path(f"{name}.safetensors"), replace(network, layers=(first, *network.layers[1:])))


def test_a_network_that_shares_input_weights_says_so():
    write_sharing("own", 6)
    assert settled(own="own.safetensors").network("own").input_sharing == 6
    for seed, sharing in ((1, 6), (2, 5)):
        write_sharing(f"of{seed}", sharing)
    with pytest.raises(InputError, match=r"of1\.safetensors has 6 input channels a weight and of2\.safetensors 5; "):
        settled(seeds=(1, 2), own="of{seed}.safetensors")


def write_two_layers(most, least, scale):
    """Decays from ``most`` down in the first layer, from ``least`` up in the second, 30 and 20 of them."""
    random = np.random.default_rng(0)
    layers = [
        Layer(
            random.integers(-4, 5, shape).astype(np.float32),
            tuple(range(shape[0])),
            decay.astype(np.float32),
            np.full(shape[2], 2.5, np.float32),
            scale=scale,
            bits=scale and 4,
        )
        for shape, decay in (((1, 700, 30), most - np.arange(30) / 64), ((2, 30, 20), least + np.arange(20) / 64))
    ]
    write_network(Path("own.safetensors"), Network(tuple(layers), 64, "own", 1, "shd"))


def test_what_comes_quantised_and_does_not_fit_a_core_is_named():
    def on_one_core(**excess):
        networks = {"own": {"file": "own.safetensors"}}
        settle(PAPER | {"networks": networks, "loihi": PAPER["loihi"] | {"cores": [1], "excess": excess}}, ROOT)

    write_two_layers(0.96875, 0.5, 1.0)
    on_one_core()
    write_two_layers(0.96875, 0.25, 1.0)
    with pytest.raises(InputError, match=r"own on 1 of .* needs 47 compartment profiles .* a core has 32, 15 fewer"):
        on_one_core()
    on_one_core(compartment_profiles=50)
    # Fine-tuning will let neurons of floats share.
    write_two_layers(0.96875, 0.25, None)
    on_one_core()


def write_delayed(levels, n_steps=64, channels=700, outputs=20):
    """Floats with the given delays a layer."""
    sizes = (channels, 8, 6, outputs)
    layers = [
        Layer(np.ones((len(delays), pre, post), np.float32), delays, np.ones(post), np.ones(post))
        for delays, (pre, post) in zip(levels, pairwise(sizes), strict=True)
    ]
    write_network(Path("own.safetensors"), Network(tuple(layers), n_steps, "own", 1, "shd"))


@pytest.mark.parametrize(
    ("found", "samples"),
    [
        ({"levels": ((0,), (0, 63), (0,))}, "layer 1 has a delay of 63 steps, but Loihi delays by 62 at the most"),
        ({"levels": ((0,), (0, 10**30), (0,))}, f"layer 1 has weights at delay {10**30}, but samples have 64 time"),
        ({"levels": ((0, 63), (0,), (0,))}, "layer 0 has a delay of 63 steps, but Loihi delays by 62 at the most"),
        ({"n_steps": 100}, "is made for 100 time steps, but samples have 64; set data.time_steps"),
        ({"channels": 699}, "takes 699 inputs, but shd has 700 channels"),
        ({"outputs": 19}, "has 19 outputs, but shd has 20 classes"),
    ],
)
def test_floats_that_neither_platform_nor_data_take_are_named_before_any_job(found, samples):
    write_delayed(((0, 5), (0, 62), (0,)))
    settled(own="own.safetensors")
    write_delayed(**({"levels": ((0,), (0, 62), (0,))} | found))
    with pytest.raises(InputError, match=rf"^own\.safetensors: {samples}"):
        settled(own="own.safetensors")


def test_a_format_is_named_where_the_ending_does_not_say_it(folder):
    Path("own.bin").symlink_to("own.safetensors")
    with pytest.raises(InputError, match=r"networks\.own\.file is own\.bin: its ending does not say"):
        settled(own="own.bin")
    with pytest.raises(InputError, match=r"networks\.own\.format is 'pickle'; write .*delaysnn"):
        settle(PAPER | {"networks": {"own": {"file": "own.bin", "format": "pickle"}}}, ROOT)
    with pytest.raises(
        InputError, match=r"networks\.own has no key 'dtt'; the keys are file, format, layers, dt, readout"
    ):
        settle(PAPER | {"networks": {"own": {"file": "own.safetensors", "dtt": 1}}}, ROOT)
    with pytest.raises(InputError, match=r"networks\.own\.dt is 0\.1, which is not read of the format delaysnn"):
        settle(PAPER | {"networks": {"own": {"file": "own.safetensors", "dt": 0.1}}}, ROOT)
    brought = settle(PAPER | {"networks": {"own": {"file": "own.bin", "format": "delaysnn"}}}, ROOT).network("own")
    assert (brought.format, brought.hidden, brought.beside(1)) == ("delaysnn", [8, 6], ["own.json"])
