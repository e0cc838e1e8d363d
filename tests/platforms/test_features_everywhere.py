"""Networks with biases, other resets and readouts and delayed recurrence, through the workflow on all platforms.

Lava, the delay queue and its Verilog repeat every spike, and plain loops what PyTorch decides. What a chip does not run
is said before any job.
"""

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from dry_runs import dry_run
from float_loop import run as run_plainly
from small_networks import layer, quantised_network, returning_network, with_features

from delaysnn.core.dataset import read_dataset
from delaysnn.core.network import read_network, write_network
from delaysnn.core.readout import score
from delaysnn.core.traces import read_traces
from delaysnn.report.tidy import read_table

ROOT = Path(__file__).parents[2]
STEPS, CHANNELS, CLASSES = 30, 20, 4
PAPER = yaml.safe_load((ROOT / "config/config.yaml").read_text())["networks"]
SETTINGS = {
    "seeds": [1],
    "platforms": ["loihi", "loihi2", "seneca"],
    "data": {
        "name": "files",
        "time_steps": STEPS,
        "substeps": 1,
        "duration_s": 0.3,
        "validation_speakers": [],
        "test_speakers": [],
        "validation_share": 0.2,
        "test_share": 0.3,
    },
    "files": {"name": "drawn", "train": "drawn.npz", "channels": CHANNELS, "licence": "CC0", "citation": "nobody"},
    "delays": {"max": 8, "stride": 2, "keep": 2, "sweep": [1]},
    "training": {"batch": 10, "decay_groups": 4}
    | {phase: {"epochs": 2, "learning_rate": 0.004} for phase in ("dense", "pruned", "quantised")},
    "quantisation": {"bits": [8], "deployed": 8},
    "loihi": {"cores": [1], "stock_samples": 2},
    "seneca": {"rtl_samples": 1},
}
TRAINED = {"hidden": [12], "delays": True, "input_delays": [0, 4], "pruning": "none", "bias": True}
TRAINED |= {"reset": "subtract", "readout": "summed_membrane"}
NETWORKS = {
    "brought": {"file": "brought.safetensors"},
    "trained": TRAINED,
    "returning": {"file": "returning.safetensors"},
}
# Loihi resets to zero alone.
ON_LOIHI = ("brought", "returning")
COMPARED = {
    *((comparison, name) for comparison in ("lava_batched", "lava_stock") for name in ON_LOIHI),
    *(
        (comparison, name)
        for comparison in ("lava_loihi2", "scdq_simulator", "scdq_rtl", "scdq_gates")
        for name in NETWORKS
    ),
}


def few_decays(network):
    """The network with three decays a layer, so that a core of Loihi has profiles for all of them."""
    decays = [np.resize(np.float32([0.5, 0.75, 0.9]), len(each.decay)) for each in network.layers]
    layers = [dataclasses.replace(each, decay=decay) for each, decay in zip(network.layers, decays, strict=True)]
    return dataclasses.replace(network, layers=tuple(layers))


def brought():
    """Biases, delays in front of the first layer, and the largest membrane decides."""
    network = quantised_network()
    first = layer(np.random.default_rng(2), 3, CHANNELS, 12)
    delayed = dataclasses.replace(network, layers=(first, *network.layers[1:]))
    return with_features(few_decays(delayed), "bias", "readout")


def returning():
    """Spikes of both hidden layers return after 1, 4 and 10 steps, by weights of eight bits."""
    network = few_decays(returning_network())
    layers = [
        each if each.recurrent is None else dataclasses.replace(each, recurrent=np.clip(each.recurrent, -most, most))
        for each in network.layers
        for most in [np.float32(127 * each.scale)]
    ]
    return dataclasses.replace(network, layers=tuple(layers))


def write(folder, **changes):
    """Write samples, networks and the configuration."""
    random = np.random.default_rng(1)
    samples, events = 60, 120
    units = random.integers(0, CHANNELS, (samples, events))
    times = np.sort(0.3 * random.random((samples, events)), axis=1)
    labels, keys = np.arange(samples) % CLASSES, np.array(list("abcd"))
    arrays = {"times": times.ravel(), "units": units.ravel().astype("u2"), "offsets": events * np.arange(samples + 1)}
    np.savez(folder / "drawn.npz", **arrays, labels=labels, keys=keys)
    for name, network in (("brought", brought()), ("returning", returning())):
        write_network(folder / f"{name}.safetensors", network)
    settings = SETTINGS | {"networks": dict.fromkeys(PAPER) | NETWORKS} | changes
    (folder / "own.yaml").write_text(yaml.safe_dump(settings))


def check(folder):
    """Nothing differs, every comparison is there, and spikes and membranes are those of a plain loop."""
    table = read_table(folder / "results/tables/equality.csv")
    assert set(table["differences"]) == {0} and (table["spikes"] > 0).all()
    assert set(zip(table["comparison"], table["network"], strict=True)) >= COMPARED
    assert not set(table[table["network"] == "trained"]["comparison"]) & {"lava_batched", "lava_stock"}
    # Where membranes decide their potentials are compared, too.
    by_membranes = table["comparison"].str.startswith("lava") & table["network"].isin(["brought", "trained"])
    assert ((table["potentials"] > 0) == by_membranes).all()
    inputs = read_dataset(folder / "results/data/drawn/test.npz").spikes.dense()
    for name, file in (("brought", "imported"), ("trained", "pruned")):
        network = read_network(folder / f"results/models/drawn/{name}/seed1/{file}.safetensors")
        _, potentials = run_plainly(network, inputs)
        expected = score(network.readout, potentials.transpose(1, 0, 2))
        # In float32, and rounded to 16 bits, where single spikes move.
        for platform, most in (("pytorch", 1e-4), ("seneca", 0.05)):
            scores = read_traces(folder / f"results/traces/drawn/{name}/seed1/{platform}.npz").scores
            assert np.median(np.abs(scores - expected)) < most * np.abs(expected).max(), (name, platform)
    # A second implementation of the same deployment would not notice that it lacks a feature; a plain loop over the
    # network's file does. Rounding moves single spikes, to 16 bits on Seneca more of them.
    for name, file in (("brought", "imported"), ("trained", "pruned"), ("returning", "imported")):
        models, traces = (folder / f"results/{kind}/drawn/{name}/seed1" for kind in ("models", "traces"))
        for platform in ("pytorch", "seneca", *(["loihi"] if name in ON_LOIHI else []), "loihi2"):
            network = read_network(models / f"{'8bit' if 'loihi' in platform else file}.safetensors")
            fired = read_traces(traces / f"{platform}.npz").layers
            for layer_fired, expected in zip(fired, run_plainly(network, inputs)[0], strict=True):
                share = (layer_fired.dense() != expected).mean()
                assert share < (0.05 if platform == "seneca" else 0.02), (name, platform, share)


@pytest.mark.slow  # Lava, and the Verilog of the queue, two minutes of one core
def test_every_platform_fires_what_its_second_implementation_fires(lava, tmp_path):
    (tmp_path / ".envs").mkdir()
    (tmp_path / ".envs/lava").symlink_to(lava.parents[1])
    write(tmp_path)
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--configfile", "own.yaml"]
    command += ["--cores", "1", "--", "results/tables/equality.csv"]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "workflow")}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-5000:]
    check(tmp_path)


@pytest.mark.parametrize(
    ("networks", "said"),
    [
        (
            {"trained": TRAINED},
            "features that one of platforms runs (loihi runs lif, cuba, and biases, recurrent synapses, a readout by",
        ),
        ({"brought": {"file": "subtracted.safetensors"}}, "has neurons that are reset by subtraction, but loihi takes"),
        ({"brought": {"file": "late.safetensors"}}, "layer 0 feeds itself after 64 steps"),
    ],
)
def test_what_loihi_does_not_run_is_said_before_any_job(tmp_path, networks, said):
    longer = {"data": SETTINGS["data"] | {"time_steps": 70}}
    write(tmp_path, platforms=["loihi"], networks=dict.fromkeys(PAPER) | networks, **longer)
    subtracted = dataclasses.replace(with_features(few_decays(quantised_network()), "reset"), n_steps=70)
    write_network(tmp_path / "subtracted.safetensors", subtracted)
    first, *others = few_decays(quantised_network()).layers
    back = np.full((1, 12, 12), first.scale, np.float32)
    late = dataclasses.replace(first, recurrent=back, recurrent_delays=(64,))
    write_network(tmp_path / "late.safetensors", dataclasses.replace(subtracted, layers=(late, *others)))
    done = dry_run(tmp_path, "--configfile", tmp_path / "own.yaml", "--", "results/tables/equality.csv")
    assert done.returncode != 0 and said in done.stdout + done.stderr, done.stdout + done.stderr
