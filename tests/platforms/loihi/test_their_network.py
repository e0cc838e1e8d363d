"""Networks that were not trained here, through the chain by configuration alone, as Snakemake runs it."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import yaml
from forked_runs import snakemake
from small_networks import layer

from delaysnn.core.dataset import read_dataset
from delaysnn.core.metrics import read_metrics
from delaysnn.core.network import Network, read_network, write_network
from delaysnn.core.traces import read_traces
from delaysnn.data.events import Events, write_events
from delaysnn.platforms.loihi.conversion import convert
from delaysnn.platforms.loihi.fixed_point import simulate

ROOT = Path(__file__).parents[3]
OVERLAY = {
    "seeds": [5],
    "data": {"name": "files", "time_steps": 30, "validation_speakers": [1], "test_speakers": [3]},
    "files": {"name": "noise", "train": "noise.h5", "licence": "CC0", "citation": "Nobody"},
    "delays": {"max": 30, "keep": 10, "sweep": [5]},
    "networks": {"units": {"file": "units.safetensors"}, "floats": {"file": "of_seed{seed}.safetensors"}},
    "training": {"quantised": {"epochs": 1, "learning_rate": 0.0001}},
    "quantisation": {"bits": [8], "deployed": 8},
    "loihi": {"batch": 4, "stock_samples": 1},
}
METRICS = "results/metrics/noise"


def network(levels):
    random = np.random.default_rng(2)
    layers = [layer(random, 1, 700, 10), layer(random, len(levels), 10, 9), layer(random, len(levels), 9, 4)]
    delayed = [dataclasses.replace(each, delay_levels=levels) for each in layers[1:]]
    return Network((layers[0], *delayed), 30, "somebody's", 1, "their_samples")


def make(folder, *targets):
    return snakemake(folder, "--cores", "2", "--configfile", folder / "overlay.yaml", "--", *targets)


@pytest.fixture(scope="module")
def folder(lava, tmp_path_factory):
    """Noise of four speakers; a quantised network and a float one; Lava's environment, so that it is built once."""
    folder = tmp_path_factory.mktemp("theirs")
    random = np.random.default_rng(3)
    times = [np.sort(random.uniform(0, 0.99, 400)) for _ in range(24)]
    units = [random.integers(0, 700, 400) for _ in times]
    labels, speakers = [index % 4 for index in range(24)], [index // 6 for index in range(24)]
    write_events(folder / "noise.h5", Events.from_samples(times, units, labels, speakers, ("a", "b", "c", "d"), 700))
    quantised = network((1, 4, 9))
    write_network(folder / "units.safetensors", quantised)
    floats = tuple(dataclasses.replace(each, scale=None, bits=None) for each in network((0, 3)).layers)
    write_network(folder / "of_seed5.safetensors", dataclasses.replace(quantised, layers=floats))
    (folder / "overlay.yaml").write_text(yaml.safe_dump(OVERLAY))
    (folder / ".envs").mkdir()
    (folder / ".envs/lava").symlink_to(lava.parents[1])
    (folder / ".envs/lava/ready").touch()
    return folder


def test_both_reach_lava_and_what_came_quantised_is_deployed_unchanged(folder):
    parts = ("lava", "loihi", "loihi_mapping")
    targets = [f"{METRICS}/units/seed5/{part}.json" for part in parts]
    run = make(folder, *targets, f"{METRICS}/floats/seed5/loihi.json")
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    test = read_dataset(folder / "results/data/noise/test.npz")
    expected = simulate(convert(read_network(folder / "units.safetensors"), {}), test.spikes).layers
    found = read_traces(folder / "results/traces/noise/units/seed5/loihi.npz").layers
    assert all((a.dense() == b.dense()).all() for a, b in zip(found, expected, strict=True))
    batched, stock = read_metrics(folder / targets[0]).details["equality"]
    assert (batched["samples"], batched["differences"], stock["differences"]) == (6, 0, 0)
    assert batched["spikes"] > 100
    tuned = read_network(folder / "results/models/noise/floats/seed5/8bit.safetensors")
    assert tuned.quantised and tuned.provenance["rule"] == "quantise_network"


@pytest.mark.parametrize(
    ("path", "samples"),
    [
        ("absent.safetensors", "networks.theirs.file is absent.safetensors, but there is no such file"),
        ("units.npz", "units.npz"),
    ],
)
def test_a_file_that_cannot_be_is_named_before_any_job(folder, tmp_path, path, samples):
    (tmp_path / "noise.h5").symlink_to(folder / "noise.h5")
    (tmp_path / "overlay.yaml").write_text(yaml.safe_dump(OVERLAY | {"networks": {"theirs": {"file": path}}}))
    run = make(tmp_path, f"{METRICS}/theirs/seed5/loihi.json")
    assert run.returncode != 0
    assert samples in run.stdout + run.stderr
