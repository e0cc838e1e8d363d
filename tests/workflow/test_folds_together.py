"""Several seeds of a fold trained by one job of the workflow: here one after another, on a GPU side by side."""

import copy
import json
from pathlib import Path

import numpy as np
import pytest
import yaml
from configurations import PAPER, check, overlay
from forked_runs import snakemake

from delaysnn.core.dataset import Dataset, write_dataset
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.settings.configuration import read

ROOT = Path(__file__).parents[2]
PHASE = {"epochs": 1, "learning_rate": 0.004}
OWN = {
    "data": {"name": "files", "validation_speakers": [2], "test_speakers": [3]},
    "files": {"name": "mine", "train": "samples.h5", "licence": "CC0", "citation": "nobody", "channels": 40},
    "networks": dict.fromkeys(PAPER["networks"]) | {"tiny": {"hidden": [16, 16], "delays": True, "pruning": "synapse"}},
    "training": {
        "threshold": 0.1,
        "device": "auto",
        "together": 2,
        "dense": PHASE,
        "pruned": PHASE,
        "quantised": PHASE,
    },
    "folds": [{"test": [0], "validation": [1], "seeds": [1, 2]}],
}


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        (
            {"training": {"threshold": 0.1, "device": "cpu", "together": 8}},
            "training.together is 8, but with training.device cpu",
        ),
        (
            {"training": {"threshold": 0.1, "device": "mps", "together": 2}},
            "training.together is 2, but with training.device mps",
        ),
        ({"recipes": {"authors": {"together": 3}}}, "recipes.authors.together is 3, but with recipes.authors.device"),
        ({"training": {"together": 0}}, "training.together is 0; write a whole number, 1 or more"),
    ],
)
def test_networks_are_not_put_together_where_no_gpu_takes_them(settings, key):
    check(overlay(PAPER, settings), key)


def test_a_job_has_seeds_of_one_list_in_its_order_and_networks_as_many_as_their_recipe_says():
    found = read(overlay(PAPER, {"recipes": {"authors": {"device": "cuda", "together": 2}}}))
    assert found.folds_together() == [
        (["48authors"], [0], [1, 2]),
        (["48authors"], [0], [3]),
        (["48authors"], [1, 2, 3, 4, 5], [1]),
    ]
    assert read(PAPER).folds_together() == []


def test_a_job_of_several_seeds_writes_a_file_for_each_and_one_seed_less_trains_nothing(tmp_path):
    (tmp_path / "samples.h5").touch()
    for seed, split in enumerate(("train", "validation", "test")):
        random = np.random.default_rng(seed)
        spikes = SpikeTrains.from_dense(random.integers(0, 2, (64, 12, 40)))
        (tmp_path / "results/data/mine").mkdir(parents=True, exist_ok=True)
        samples = Dataset(spikes, np.arange(12) % 4, np.full(12, seed), "mine", 4, 1 / 64)
        write_dataset(tmp_path / f"results/data/mine/{split}.npz", samples)
    targets = [f"results/metrics/mine/tiny/seed{seed}/fold0.json" for seed in (1, 2)]
    files = [tmp_path / target for target in targets]

    def run(settings, *arguments):
        (tmp_path / "overlay.yaml").write_text(yaml.safe_dump(settings))
        command = ["--cores", "1", "--configfile", tmp_path / "overlay.yaml"]
        # The samples are there as they are.
        command += ["--allowed-rules", "train_fold", "train_fold_together0", *arguments]
        done = snakemake(tmp_path, *command)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    said = run(OWN, "--", *targets)
    assert said.count("training a fold: network tiny, fold 0, seeds 1 and 2; 0 of 1 steps done") == 1
    assert "together0" not in said
    [log] = (tmp_path / "logs").rglob("train_fold_0_of_1_2.log")
    assert "(seed 2)" in log.read_text()
    assert " train_fold network tiny, fold 0, seeds 1 and 2: " in log.read_text()
    found = [json.loads(file.read_text()) for file in files]
    assert [metrics["seed"] for metrics in found] == [1, 2]
    wildcards = [metrics["provenance"]["wildcards"] for metrics in found]
    assert wildcards == [{"network": "tiny", "fold": "0", "seed": seed} for seed in "12"]
    assert not list(tmp_path.rglob("*.checkpoint"))

    fewer = copy.deepcopy(OWN)
    fewer["folds"][0]["seeds"] = [2]
    assert "Nothing to be done" in run(fewer, "-n", "--", targets[1])
