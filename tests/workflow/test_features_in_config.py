"""Networks with biases, other resets and readouts beside those without: who runs them, and what is refused."""

import dataclasses
from pathlib import Path

import pytest
import yaml
from configurations import PAPER, ROOT, network, overlay
from dry_runs import dry_run
from test_network_files import write

from delaysnn.core.errors import InputError
from delaysnn.core.network import read_network, write_network
from delaysnn.platforms import registered
from delaysnn.settings.configuration import settle

FEATURES = {"bias": True, "reset": "subtract", "readout": "largest_membrane"}


def settled(*overlays):
    found = PAPER
    for each in overlays:
        found = overlay(found, each)
    return settle(found, ROOT)


@pytest.mark.parametrize("key", FEATURES)
def test_a_network_is_deployed_where_its_features_run_beside_those_without(key):
    settings = settled(network(hidden=[20, 20], **{key: FEATURES[key]}))
    assert settings.network("mine").features == [key] and settings.network("48").features == []
    assert settings.described("mine")["features"] == [key] and settings.described("48")["features"] == []
    taken = [name for name in settings.platforms if key in registered()[name].features]
    assert [name for name in settings.platforms if "mine" in settings.deployed_on(name)] == taken
    assert all("48" in settings.deployed_on(name) for name in settings.platforms)
    assert "mine" in settings.taken_by("pytorch")
    # Such a network is no other network's example, nor does it share a training.
    assert settings.first_like(hidden=[20, 20]) == [] and settings.shares_training("mine") == "mine"


def test_biases_of_currents_that_last_are_refused_of_loihi_before_any_job():
    cuba = network(hidden=[20, 20], neuron="cuba", bias=True)
    said = r"networks\.mine\.bias is true and neuron is cuba, .* platforms without loihi"
    with pytest.raises(InputError, match=said):
        settled(cuba)
    assert "mine" in settled(cuba, {"platforms": ["loihi2", "seneca"]}).deployed_on("loihi2")
    # Baselines and neurons whose currents do not last.
    settled(network(hidden=[20, 20], neuron="cuba", bias=True, delays=False, pruning="none"))
    settled(network(hidden=[20, 20], bias=True))


def test_an_emulator_gets_networks_that_it_runs(tmp_path):
    mine = network(hidden=[20, 20], bias=True) | {"seeds": [1]}
    (tmp_path / "overlay.yaml").write_text(yaml.safe_dump(mine))
    run = dry_run(tmp_path, "--configfile", tmp_path / "overlay.yaml", "--", "second_opinion")
    assert run.returncode == 0, run.stderr
    assert "/48/seed1/brian2loihi.json" in run.stdout and "/mine/seed1/" not in run.stdout


def test_the_loss_follows_a_readout_by_membranes_and_may_not_contradict_it():
    settled(network(readout="largest_membrane"))
    settled(network(readout="summed_membrane"), {"training": {"loss": "mean_membrane"}})
    settled(network(readout="summed_softmax", recipe="authors"))
    said = r"networks\.mine\.readout is largest_membrane, but training\.loss is mean_membrane, .* spike_count, or give"
    with pytest.raises(InputError, match=said):
        settled(network(readout="largest_membrane"), {"training": {"loss": "mean_membrane"}})
    with pytest.raises(InputError, match=r"is summed_membrane, but recipes\.authors\.loss is summed_softmax"):
        settled(network(readout="summed_membrane", recipe="authors"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"bias": 1}, "bias"), ({"reset": "soft"}, "reset"), ({"readout": "membranes"}, "readout is 'membranes'")],
)
def test_what_is_none_of_the_choices_is_refused(changes, said):
    with pytest.raises(InputError, match=rf"networks\.mine\.{said}"):
        settled(network(**changes))


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Settle a network that comes as a file for loihi2, which runs integers and all kinds of neurons."""
    monkeypatch.chdir(tmp_path)

    def make(**training):
        mine = {"networks": {"mine": {"file": "mine.safetensors"}}, "platforms": ["loihi2"], "training": training}
        return settled(mine)

    return make


def test_a_file_is_not_fine_tuned_by_what_its_readout_contradicts(files):
    write("mine", 700, 8, 6, 20)
    found = read_network("mine.safetensors")
    write_network(Path("mine.safetensors"), dataclasses.replace(found, readout="largest_membrane"))
    assert files(loss="spike_count").network("mine").features == ["readout"]
    with pytest.raises(
        InputError, match=r"^mine\.safetensors: readout is largest_membrane, but training\.loss is mean"
    ):
        files(loss="mean_membrane")


def test_adaptive_neurons_of_a_file_are_fine_tuned_within_ranges_alone(files):
    write("mine", 700, 8, 6, 20, adaptive=8)
    assert files().course("mine").adaptation is not None
    said = r"^mine\.safetensors: is fine-tuned with integer weights, but training\.adaptation is null, but adlif"
    with pytest.raises(InputError, match=said):
        files(adaptation=None)
    found = read_network("mine.safetensors")
    layers = [dataclasses.replace(layer, scale=1.0, bits=8) for layer in found.layers]
    write_network(Path("mine.safetensors"), dataclasses.replace(found, layers=tuple(layers)))
    files(adaptation=None)


def test_files_of_two_seeds_decide_alike(files):
    for seed, readout in ((1, "largest_membrane"), (2, "summed_membrane")):
        write(f"mine{seed}", 700, 8, 6, 20)
        found = dataclasses.replace(read_network(f"mine{seed}.safetensors"), readout=readout)
        write_network(Path(f"mine{seed}.safetensors"), found)
    mine = {"mine": {"file": "mine{seed}.safetensors"}}
    said = r"mine1\.safetensors has largest_membrane as readout and mine2\.safetensors summed_membrane"
    with pytest.raises(InputError, match=said):
        settled({"networks": mine, "platforms": ["loihi2"], "seeds": [1, 2]})
