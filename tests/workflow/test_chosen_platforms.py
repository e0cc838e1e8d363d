"""Chips that the configuration names are run, and no others; a stranger's chip is one folder."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from small_networks import quantised_network

from delaysnn.core.dataset import Dataset, write_dataset
from delaysnn.core.network import write_network
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.core.traces import Traces, decide, write_traces
from delaysnn.platforms import registered
from delaysnn.settings.configuration import settle

ROOT = Path(__file__).parents[2]
PAPER = yaml.safe_load((ROOT / "config/config.yaml").read_text())


def snakemake(folder, settings, *arguments, repository=ROOT):
    (folder / "overlay.yaml").write_text(yaml.safe_dump(settings))
    command = [sys.executable, "-m", "snakemake", "--snakefile", repository / "Snakefile", "--directory", folder]
    command += ["--cores", "1", "--configfile", folder / "overlay.yaml", *arguments]
    environment = {"PYTHONPATH": str(repository / "workflow"), "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_a_chip_that_is_not_named_is_in_no_job(tmp_path):
    run = snakemake(tmp_path, {"platforms": ["seneca"]}, "-n", "--", "data", "training", "platforms", "seneca")
    assert run.returncode == 0, run.stderr
    assert "/seneca_cost.json" in run.stdout
    assert "loihi" not in run.stdout and "lava.json" not in run.stdout


def test_limits_of_a_chip_that_is_not_named_refuse_nothing():
    wide = {"wide": {"hidden": [2000], "delays": True, "pruning": "none"}}
    config = PAPER | {"networks": wide, "delays": PAPER["delays"] | {"max": 200}, "platforms": ["seneca"]}
    assert settle(config, ROOT).deployed == ["wide"]


def test_without_a_verifier_no_environment_is_built(tmp_path):
    run = snakemake(tmp_path, {"loihi": {"verify": None}}, "-n", "--", "all")
    assert run.returncode == 0, run.stderr
    assert "/loihi_cost.json" in run.stdout and "tables/equality.csv" in run.stdout
    assert "lava.json" not in run.stdout and "build_lava" not in run.stdout


@pytest.fixture
def repository(tmp_path):
    """A copy of the repository with one more folder."""
    copy = tmp_path / "copy"
    for name in ("workflow", "config", "profiles", "envs"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.nb[ci]"))
    shutil.copy(ROOT / "Snakefile", copy)
    shutil.copytree(ROOT / "tests/platforms/toy", copy / "workflow/delaysnn/platforms/toy")
    return copy


def test_a_strangers_chip_is_one_folder(repository, tmp_path):
    network = quantised_network()
    spikes = SpikeTrains.from_dense(np.random.default_rng(1).random((30, 9, 20)) < 0.15)
    labels = np.arange(9, dtype=np.int16) % 4
    layers = registered()["pytorch"].run(registered()["pytorch"].deploy(network), spikes).layers
    traces, models, data = (tmp_path / f"results/{name}" for name in ("traces", "models", "data"))
    write_dataset(data / "shd/test.npz", Dataset(spikes, labels, labels, "shd", 4, 0.01))
    write_network(models / "shd/48/seed1/pruned.safetensors", network)
    write_traces(traces / "shd/48/seed1/pytorch.npz", Traces(layers, labels, decide(layers[-1]), "pytorch"))
    asked = ("results/metrics/shd/48/seed1/toy_cost.json", "results/traces/shd/48/seed1/toy_membranes.npz")
    settings = {"platforms": ["loihi", "seneca", "toy"]}
    run = snakemake(tmp_path, settings, "--rerun-triggers", "mtime", "--", *asked, repository=repository)
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    (cell,) = json.loads((tmp_path / asked[0]).read_text())["cells"]
    assert (cell["platform"], cell["unit"], cell["how"]) == ("toy", "uJ", "counted")
    assert cell["value"] > 0
    measured = json.loads((tmp_path / "results/metrics/shd/48/seed1/toy.json").read_text())["cells"]
    (agreement,) = [cell["value"] for cell in measured if cell["quantity"] == "agreement"]
    assert agreement > 50
    everything = snakemake(tmp_path, settings, "-n", "--", "all", repository=repository)
    assert everything.returncode == 0, everything.stderr
    for file in ("metrics/shd/24/seed3/toy.json", "traces/shd/48/seed1/toy_membranes.npz"):
        assert file in everything.stdout
