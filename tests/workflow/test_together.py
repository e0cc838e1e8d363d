"""Seeds of one network that one job trains: here one after another, on a GPU side by side."""

import json
import re

import numpy as np
import yaml
from configurations import PAPER, overlay
from dry_runs import dry_run
from forked_runs import snakemake
from test_folds_together import OWN

from delaysnn.core.dataset import Dataset, write_dataset
from delaysnn.core.network import read_network
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.settings.configuration import read
from delaysnn.settings.networks import DelayLevels, Shape
from delaysnn.training.fine_tuning import fit_pruned
from delaysnn.training.optimise import Run, fit, fit_quantised
from delaysnn.training.shapes import draw_network

TOGETHER = {"training": {"device": "auto", "together": 2}, "recipes": {"authors": {"together": 1}}, "seeds": [1, 2, 3]}
JOBS = [f"{rule}_together0" for rule in ("train_network", "prune_delays", "quantise_network", "quantise_layers")]
WIDTHS = ["8", "8-4-4"]


def jobs(folder, settings, *targets):
    """Return how many jobs of each rule that trains are listed."""
    (folder / "overlay.yaml").write_text(yaml.safe_dump(settings))
    run = dry_run(folder, "--configfile", folder / "overlay.yaml", "--", *targets)
    assert run.returncode == 0, run.stderr
    counted = re.findall(r"^((?:check|train|prune|quantise)_\w+) +(\d+)$", run.stdout, re.MULTILINE)
    return {name: int(count) for name, count in counted}


def test_parts_of_the_seeds_share_a_job_of_every_phase_and_others_stay_alone(tmp_path):
    assert read(PAPER).seeds_together() == []
    plain, together = (jobs(tmp_path, settings, "training") for settings in ({"seeds": [1, 2, 3]}, TOGETHER))
    assert not [name for name in plain if "together" in name]
    # Network 48authors, which has a recipe.
    assert together["train_network"] == together["prune_delays"] == 3 and "quantise_network" not in together
    for phase in ("train_network", "prune_delays", "quantise_network"):
        assert plain[phase] - together.get(phase, 0) == 3 * together[f"{phase}_together0"] > 0
        assert together[f"{phase}_together0"] == together[f"{phase}_together1"]


def test_what_is_checked_before_one_seed_trains_is_checked_before_several(tmp_path):
    late = {"late": PAPER["networks"]["48"] | {"hidden": [16, 16], "input_delays": [0, 8]}}
    found = jobs(tmp_path, TOGETHER | {"networks": late}, "results/models/shd/late/seed1/dense.safetensors")
    assert found == {"check_first_queue": 1, "train_network_together0": 1}


def test_a_job_of_several_seeds_makes_of_each_what_one_alone_makes(tmp_path):
    (tmp_path / "samples.h5").touch()
    data = {}
    for seed, split in enumerate(("train", "validation", "test")):
        spikes = SpikeTrains.from_dense(np.random.default_rng(seed).integers(0, 2, (64, 12, 40)))
        (tmp_path / "results/data/mine").mkdir(parents=True, exist_ok=True)
        data[split] = Dataset(spikes, np.arange(12) % 4, np.full(12, seed), "mine", 4, 1 / 64)
        write_dataset(tmp_path / f"results/data/mine/{split}.npz", data[split])
    own = overlay(OWN, {"networks": {"tiny": {"bits": [8, 4, 4]}}, "seeds": [1, 2]})
    own |= {"quantisation": {"bits": [8], "deployed": 8}}
    (tmp_path / "overlay.yaml").write_text(yaml.safe_dump(own))
    # The samples are there as they are.
    command = ["--cores", "1", "--verbose", "--configfile", tmp_path / "overlay.yaml", "--allowed-rules", *JOBS, "--"]
    command += [f"results/models/mine/tiny/seed{seed}/{bits}bit.safetensors" for seed in (1, 2) for bits in WIDTHS]
    ran = snakemake(tmp_path, *command)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert [ran.stderr.count(f"rule {job}:") for job in JOBS] == [1, 1, 1, 1]
    models = tmp_path / "results/models/mine/tiny/seed2"
    described = json.loads((models / "dense.json").read_text())
    assert described["provenance"]["wildcards"] == {"network": "tiny", "seed": "2"} and described["seed"] == 2
    assert not list(tmp_path.rglob("*.checkpoint"))

    settings = read(overlay(PAPER, own))
    course, shape = settings.course("tiny"), Shape(**settings.shape("tiny"))
    run = Run(data["train"], data["validation"], course, 2, tmp_path / "alone")
    levels = DelayLevels(**settings.levels_before_pruning("tiny"))
    model = draw_network(run.train, shape, levels, course, 2)
    fit(model, run, course.dense)
    dense = model.export(64, "tiny", 2, "mine", {})
    pruned = fit_pruned(dense, "synapse", settings.kept("tiny"), run, course.pruned)[0].export(
        64, "tiny", 2, "mine", {}
    )
    alone = {"dense": dense, "pruned": pruned}
    for name, bits in zip(WIDTHS, (8, [8, 4, 4]), strict=True):
        model = fit_quantised(pruned, bits, run, course.quantised, course.decay_groups)
        alone[f"{name}bit"] = model.export(64, "tiny", 2, "mine", {})
    for name, network in alone.items():
        made = read_network(models / f"{name}.safetensors")
        for layer, other in zip(made.layers, network.layers, strict=True):
            assert layer.weights.tobytes() == other.weights.tobytes() and (layer.decay == other.decay).all(), name
