"""What dry runs list: the whole paper, and what overlays add, change and leave out."""

import re
from pathlib import Path

import numpy as np
import pytest
import yaml
from configurations import PAPER, ROOT
from dry_runs import dry_run

from delaysnn.core.network import Layer, Network, write_network
from delaysnn.report.registry import registered
from delaysnn.settings.configuration import settle

ADAPTIVE = {"48adlif": {"hidden": [48, 48], "delays": True, "pruning": "synapse", "neuron": "adlif"}}
SHAPES = ((700, 8), (8, 8), (8, 20))
SSC = {"data": {"name": "ssc", "validation_speakers": [], "test_speakers": []}, "loihi": {"cores": [3]}}


@pytest.mark.parametrize("overlay", [None, "quick.yaml"])
def test_both_configurations_list_the_whole_paper(tmp_path, overlay):
    arguments = ["--configfile", ROOT / "config" / overlay] if overlay else []
    run = dry_run(tmp_path, *arguments)
    assert run.returncode == 0, run.stderr
    for rule in (
        # Gates of engines are simulated with the paper's configuration alone.
        *(item.name for item in registered() if item.section and not (overlay and item.stem == "switching")),
        "build_report",
        "train_network",
        "deploy_loihi",
        "fetch_data",
    ):
        assert f"\n{rule} " in run.stdout, rule
    # Only pruning tells networks apart that share a dense training; baselines are not deployed.
    trained = {name for name in PAPER["networks"] if f"/{name}/seed1/dense.csv" in run.stdout}
    left_out = {"48authors"} if overlay else set()
    assert trained == set(PAPER["networks"]) - {"48ax", "48refined"} - left_out
    deployed = {name for name in PAPER["networks"] if f"/{name}/seed1/lava.json" in run.stdout}
    assert deployed == {"48", "32", "24", "48ax"}


def test_an_overlay_takes_networks_out(tmp_path):
    (tmp_path / "overlay.yaml").write_text(yaml.safe_dump({"networks": {"48authors": None, "24": None}}))
    run = dry_run(tmp_path, "--configfile", tmp_path / "overlay.yaml", "--", "all")
    assert run.returncode == 0, run.stderr
    assert "/48authors/" not in run.stdout and "/24/" not in run.stdout
    assert "/32/seed1/lava.json" in run.stdout


@pytest.mark.parametrize(("width", "cores"), [(64, [3]), (256, [1, "fewest"])])
def test_where_nothing_is_laid_on_one_core_nothing_is_swept_on_one(tmp_path, width, cores):
    wide = {"hidden": [width, width], "delays": True, "pruning": "synapse"}
    overlay = {"networks": dict.fromkeys(PAPER["networks"]) | {"wide": wide}, "loihi": {"cores": cores}}
    (tmp_path / "overlay.yaml").write_text(yaml.safe_dump(overlay))
    run = dry_run(tmp_path, "--configfile", tmp_path / "overlay.yaml", "--", "all")
    assert run.returncode == 0, run.stderr
    assert "figures/levels.png" in run.stdout and "tables/mapping.csv" in run.stdout
    assert "tables/sweep.csv" not in run.stdout and "figures/pareto.png" in run.stdout


def test_a_network_of_ones_own_is_taken_in_anew_when_its_description_changes(tmp_path):
    layers = [Layer(np.ones((1, pre, post), np.float32), (0,), *[np.full(post, 0.5)] * 2) for pre, post in SHAPES]
    write_network(tmp_path / "own.safetensors", Network(tuple(layers), 64, "own", 1, "shd"))
    (tmp_path / "overlay.yaml").write_text(yaml.safe_dump({"networks": {"own": {"file": "own.safetensors"}}}))
    target = "results/models/shd/own/seed1/imported.safetensors"
    run = dry_run(tmp_path, "--configfile", tmp_path / "overlay.yaml", "--", target)
    assert run.returncode == 0, run.stderr
    (job,) = [job for job in run.stdout.split("\n\n") if "rule import_network" in job]
    assert {"own.safetensors", "own.json"} <= set(job.split("input: ")[1].split("\n")[0].split(", "))


def test_where_no_network_is_pruned_nothing_is_swept(tmp_path):
    networks = dict.fromkeys(PAPER["networks"]) | {"whole": {"hidden": [24, 24], "delays": True, "pruning": "none"}}
    (tmp_path / "overlay.yaml").write_text(yaml.safe_dump({"networks": networks}))
    run = dry_run(tmp_path, "--configfile", tmp_path / "overlay.yaml", "--", "all")
    assert run.returncode == 0, run.stderr
    assert "tables/quantisation.csv" in run.stdout and "figures/capacity.png" in run.stdout
    for left_out in ("tables/levels.csv", "figures/levels.png", "tables/sweep.csv"):
        assert left_out not in run.stdout


def test_a_gpu_is_asked_for_the_networks_whose_recipe_wants_one(tmp_path):
    overlay = {"seeds": [1], "recipes": {"authors": {"device": "cuda"}}}
    (tmp_path / "overlay.yaml").write_text(yaml.safe_dump(overlay))
    targets = [f"results/models/shd/{name}/seed1/pruned.safetensors" for name in ("48", "48authors")]
    run = dry_run(tmp_path, "--configfile", tmp_path / "overlay.yaml", "--", *targets)
    assert run.returncode == 0, run.stderr
    jobs = [job for job in run.stdout.split("\n\n") if "gpu=" in job]
    assert len(jobs) == 4
    assert all(("gpu=1" in job) == ("48authors" in job) for job in jobs)


@pytest.fixture(scope="module")
def ablations(tmp_path_factory):
    """What is listed for the overlay of ablations."""
    folder = tmp_path_factory.mktemp("ablations")
    run = dry_run(folder, "--configfile", ROOT / "config/ablations/settings.yaml", "--", "all")
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_an_overlay_trains_a_network_whose_input_channels_share_weights(ablations):
    assert "/48shared/seed1/loihi_mapping.json" in ablations
    # Its first weights are others than network 48's, so it is trained from the start.
    assert "/48shared/seed1/dense.safetensors" in ablations


def test_adaptive_neurons_are_deployed_where_they_run(ablations):
    made = (
        "pytorch.json",
        "seneca.json",
        "seneca_cost.json",
        "queues.json",
        "rtl.json",
        "float_cost.json",
        "levels.json",
    )
    for file in made:
        assert f"/48/seed1/{file}" in ablations and f"/48adlif/seed1/{file}" in ablations, file
    left_out = (
        "lava.json",
        "loihi.json",
        "loihi_cost.json",
        "loihi_mapping.json",
        "loihi_sweep.json",
        "loihi_bits.json",
    )
    for file in (*left_out, "8bit.safetensors", "network.nir"):
        assert f"/48/seed1/{file}" in ablations and f"/48adlif/seed1/{file}" not in ablations, file
    # Loihi runs currents that last, and NIR holds them.
    for file in (*made, *left_out, "8bit.safetensors", "network.nir"):
        assert f"/48cuba/seed1/{file}" in ablations, file


def test_where_no_platform_runs_its_neurons_a_network_is_trained_and_scored_only(tmp_path):
    overlay = {"networks": dict.fromkeys(PAPER["networks"]) | {"48": PAPER["networks"]["48"]} | ADAPTIVE}
    (tmp_path / "overlay.yaml").write_text(
        yaml.safe_dump(overlay | {"platforms": ["loihi"], "loihi": {"verify": None}})
    )
    run = dry_run(tmp_path, "--configfile", tmp_path / "overlay.yaml", "--", "all")
    assert run.returncode == 0, run.stderr
    made = {Path(path).name for path in re.findall(r"results/\S+/48adlif/seed1/[\w.]+", run.stdout)}
    assert made == {
        *(f"{phase}.{ending}" for phase in ("dense", "pruned") for ending in ("csv", "json", "safetensors")),
        *("pytorch.json", "pytorch.npz", "neurobench.json"),
    }


def test_a_network_is_shown_on_the_platforms_that_run_it(tmp_path):
    overlay = {"networks": ADAPTIVE, "report": {"show": "48adlif"}}
    (tmp_path / "overlay.yaml").write_text(yaml.safe_dump(overlay))
    run = dry_run(tmp_path, "--configfile", tmp_path / "overlay.yaml", "--", "all")
    assert run.returncode == 0, run.stderr
    for file in ("pytorch_membranes.npz", "seneca_membranes.npz"):
        assert f"/48adlif/seed1/{file}" in run.stdout
    assert "loihi_membranes.npz" not in run.stdout


def test_a_platform_without_a_network_is_named(tmp_path):
    overlay = {"networks": dict.fromkeys(PAPER["networks"]) | ADAPTIVE}
    (tmp_path / "overlay.yaml").write_text(yaml.safe_dump(overlay))
    run = dry_run(tmp_path, "--configfile", tmp_path / "overlay.yaml", "--", "all")
    assert run.returncode != 0
    said = r"loihi, but no network is deployed on it \(loihi runs lif, cuba, and biases.*; seneca runs lif, adlif, cuba"
    assert re.search(said, run.stderr + run.stdout)


def test_how_adaptive_neurons_start_changes_no_other_network():
    settings = settle(PAPER | {"networks": PAPER["networks"] | ADAPTIVE}, ROOT)
    assert settings.course("48").adaptation is None and settings.course("48adlif").adaptation is not None
    # The two have a dense training each.
    assert settings.shares_training("48adlif") == "48adlif"
    assert settings.course("48").current_decay is settings.course("48adlif").current_decay is None


def test_a_configuration_without_lasting_currents_is_as_good():
    written = PAPER | {"training": {key: value for key, value in PAPER["training"].items() if key != "current_decay"}}
    assert settle(written, ROOT).course("48") == settle(PAPER, ROOT).course("48")


def test_a_network_that_keeps_other_levels_is_deployed_but_not_swept(tmp_path):
    few = {"48two": {"hidden": [48, 48], "delays": True, "pruning": "synapse", "keep": 2}}
    (tmp_path / "overlay.yaml").write_text(yaml.safe_dump({"seeds": [1], "networks": few}))
    run = dry_run(tmp_path, "--configfile", tmp_path / "overlay.yaml", "--", "training", "loihi")
    assert run.returncode == 0, run.stderr
    for file in ("levels.json", "loihi_sweep.json"):
        assert f"/48/seed1/{file}" in run.stdout and f"/48two/seed1/{file}" not in run.stdout
    assert "/48two/seed1/lava.json" in run.stdout
    # One dense training serves both.
    assert sum(f"/{name}/seed1/dense.csv" in run.stdout for name in ("48", "48two")) == 1


def test_learned_delays_are_deployed_and_how_they_are_learned_changes_no_other_network():
    learned = {"48learned": {"hidden": [48, 48], "delays": "learned", "pruning": "none"}}
    settings = settle(PAPER | {"networks": PAPER["networks"] | learned}, ROOT)
    assert "48learned" in settings.deployed and settings.network("48learned").learns_delays
    assert settings.course("48").positions is None and settings.course("48learned").positions is not None
    assert settings.levels_before_pruning("48learned") == {"max": 60, "stride": 2, "keep": 15}


def test_a_network_on_all_platforms_is_shown_before_one_on_some():
    networks = ADAPTIVE | {"48": PAPER["networks"]["48"]}
    assert settle(PAPER | {"networks": networks, "fpga": None}, ROOT).shown == "48"
    assert settle(PAPER | {"networks": networks, "fpga": None, "platforms": ["seneca"]}, ROOT).shown == "48adlif"


def test_ssc_brings_a_validation_file(tmp_path):
    (tmp_path / "overlay.yaml").write_text(yaml.safe_dump(SSC))
    run = dry_run(tmp_path, "--configfile", tmp_path / "overlay.yaml", "--", "results/data/ssc/validation.npz")
    assert run.returncode == 0, run.stderr
    assert "fetch_data" in run.stdout and "results/data/ssc/validation.h5" in run.stdout
