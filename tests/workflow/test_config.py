"""Bad configuration ends before any job with one sentence that names the key."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml

from delaysnn.core.network import Layer, Network, write_network
from delaysnn.report.registry import registered
from delaysnn.settings.configuration import settle

ROOT = Path(__file__).parents[2]
PAPER = yaml.safe_load((ROOT / "config/config.yaml").read_text())
OWN = {"name": "mine", "train": "mine.h5", "licence": "CC0", "citation": "nobody"}


AUDIO = {"name": "mine", "folder": "audio", "table": "audio/samples.csv", "sample_rate": 48000, "seed": 1}
AUDIO |= {"licence": "CC0", "citation": "nobody"}
ADAPTIVE = {"48adlif": {"hidden": [48, 48], "delays": True, "pruning": "synapse", "neuron": "adlif"}}
SHAPES = ((700, 8), (8, 8), (8, 20))
SSC = {"data": {"name": "ssc", "validation_speakers": [], "test_speakers": []}, "loihi": {"cores": [3]}}


def snakemake(folder, *arguments):
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder]
    return subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)


def dry_run(folder, *arguments):
    return snakemake(folder, "-n", *arguments)


@pytest.mark.parametrize("overlay", [None, "quick.yaml"])
def test_both_configurations_list_the_whole_paper(tmp_path, overlay):
    arguments = ["--configfile", ROOT / "config" / overlay] if overlay else []
    run = dry_run(tmp_path, *arguments)
    assert run.returncode == 0, run.stderr
    for rule in (
        *(item.name for item in registered() if item.section),
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


def test_where_nothing_is_laid_on_one_core_nothing_is_swept_on_one(tmp_path):
    wide = {"hidden": [64, 64], "delays": True, "pruning": "synapse"}
    overlay = {"networks": dict.fromkeys(PAPER["networks"]) | {"wide": wide}, "loihi": {"cores": [3]}}
    (tmp_path / "overlay.yaml").write_text(yaml.safe_dump(overlay))
    run = dry_run(tmp_path, "--configfile", tmp_path / "overlay.yaml", "--", "all")
    assert run.returncode == 0, run.stderr
    assert "figures/levels.png" in run.stdout
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


def test_folds_train_every_network_for_every_entry_and_seed(tmp_path):
    run = dry_run(tmp_path, "--", "folds")
    assert run.returncode == 0, run.stderr
    assert "\ntrain_fold" in run.stdout
    for name in ("48", "48ax", "85recurrent"):
        for seed, fold in ((1, 0), (3, 0), (1, 5)):
            assert f"/{name}/seed{seed}/fold{fold}.json" in run.stdout
        assert f"/{name}/seed2/fold1.json" not in run.stdout
    assert all(f"/convolutional/fold{fold}.json" in run.stdout for fold in range(6))


def test_a_fold_by_a_speaker_who_does_not_exist_is_named_before_any_job(tmp_path):
    overlay = {"folds": [{"test": [0], "validation": [77], "seeds": [1]}]}
    (tmp_path / "overlay.yaml").write_text(yaml.safe_dump(overlay))
    arguments = ("--configfile", tmp_path / "overlay.yaml", "--")
    run = dry_run(tmp_path, *arguments, "folds")
    assert run.returncode != 0
    assert "\nConfiguration: folds.0.validation names [77], but the speakers are [0, 1, " in run.stderr
    assert "Traceback" not in run.stdout + run.stderr and "Exception" not in run.stdout + run.stderr
    # Nothing else asks for folds.
    assert dry_run(tmp_path, *arguments, "results/tables/models.csv").returncode == 0


def test_ablations_rotate_network_48_alone(tmp_path):
    run = dry_run(tmp_path, "--configfile", ROOT / "config/ablations.yaml", "--", "folds")
    assert run.returncode == 0, run.stderr
    networks = yaml.safe_load((ROOT / "config/ablations.yaml").read_text())["networks"]
    for name in ("48", *(name for name, network in networks.items() if network)):
        assert f"/{name}/seed1/fold5.json" in run.stdout
    assert "/32/" not in run.stdout and "/48authors/" not in run.stdout


def test_an_overlay_trains_a_network_whose_input_channels_share_weights(tmp_path):
    overlay = ROOT / "config/ablations.yaml"
    for target, file in (("folds", "48shared/seed1/fold5.json"), ("all", "48shared/seed1/loihi_mapping.json")):
        run = dry_run(tmp_path, "--configfile", overlay, "--", target)
        assert run.returncode == 0, run.stderr
        assert f"/{file}" in run.stdout
    # Its first weights are others than network 48's, so it is trained from the start.
    assert "/48shared/seed1/dense.safetensors" in run.stdout


def test_adaptive_neurons_are_compared_over_folds_and_deployed_where_they_run(tmp_path):
    arguments = ("--configfile", ROOT / "config/ablations.yaml", "--")
    run = dry_run(tmp_path, *arguments, "folds")
    assert run.returncode == 0, run.stderr
    for name in ("48", "48adlif", "48cuba"):
        assert f"/{name}/seed1/fold5.json" in run.stdout
    assert "/32/" not in run.stdout
    run = dry_run(tmp_path, *arguments, "all")
    assert run.returncode == 0, run.stderr
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
        assert f"/48/seed1/{file}" in run.stdout and f"/48adlif/seed1/{file}" in run.stdout, file
    left_out = (
        "lava.json",
        "loihi.json",
        "loihi_cost.json",
        "loihi_mapping.json",
        "loihi_sweep.json",
        "loihi_bits.json",
    )
    for file in (*left_out, "8bit.safetensors", "network.nir"):
        assert f"/48/seed1/{file}" in run.stdout and f"/48adlif/seed1/{file}" not in run.stdout, file
    # Loihi runs currents that last, and NIR does not hold them.
    for file in (*made, *left_out, "8bit.safetensors"):
        assert f"/48cuba/seed1/{file}" in run.stdout, file
    assert "/48cuba/seed1/network.nir" not in run.stdout


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
        *("pytorch.json", "pytorch.npz"),
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
    said = r"loihi, but no network is deployed on it \(loihi runs lif, cuba.*; seneca runs lif, adlif, cuba.*\); give"
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


def test_few_delays_are_compared_over_folds_by_every_way_to_choose_them(tmp_path):
    run = dry_run(tmp_path, "--configfile", ROOT / "config/few_delays.yaml", "--", "folds")
    assert run.returncode == 0, run.stderr
    for way in ("synapse", "gradual", "random", "learned"):
        for keep in (1, 2, 3, 5):
            for kind in ("", "ad"):
                assert f"/48{kind}{way}{keep}/seed1/fold5.json" in run.stdout
    assert "/48/seed1/fold5.json" in run.stdout and "/48random/" not in run.stdout


def test_validation_speakers_take_turns_in_every_fold(tmp_path):
    overlay = ROOT / "config/validation_speakers.yaml"
    folds = yaml.safe_load(overlay.read_text())["folds"]
    groups = {tuple(entry["test"]): 0 for entry in folds}
    for entry in folds:
        groups[tuple(entry["test"])] += len(entry["validation"])
    # Every speaker is tested once and no fold has more choices than another.
    assert sorted(speaker for group in groups for speaker in group) == list(range(12)) and set(groups.values()) == {3}
    run = dry_run(tmp_path, "--configfile", overlay, "--", "folds")
    assert run.returncode == 0, run.stderr
    assert f"/48/seed1/fold{len(folds) - 1}.json" in run.stdout


def test_networks_of_few_weights_are_compared_over_folds(tmp_path):
    run = dry_run(tmp_path, "--configfile", ROOT / "config/few_weights.yaml", "--", "folds")
    assert run.returncode == 0, run.stderr
    for name in ("48lif4", "48adlif4", "24adlif4", "48adlif4averaged", "24adlif4averaged"):
        assert f"/{name}/seed1/fold5.json" in run.stdout
    assert "/48/" not in run.stdout


def test_learned_delays_are_deployed_and_how_they_are_learned_changes_no_other_network():
    learned = {"48learned": {"hidden": [48, 48], "delays": "learned", "pruning": "none"}}
    settings = settle(PAPER | {"networks": PAPER["networks"] | learned}, ROOT)
    assert "48learned" in settings.deployed and settings.network("48learned").learns_delays
    assert settings.course("48").positions is None and settings.course("48learned").positions is not None
    assert settings.levels_before_pruning("48learned") == {"max": 60, "stride": 2, "keep": 15}


def test_a_network_on_all_platforms_is_shown_before_one_on_some():
    networks = ADAPTIVE | {"48": PAPER["networks"]["48"]}
    assert settle(PAPER | {"networks": networks}, ROOT).shown == "48"
    assert settle(PAPER | {"networks": networks, "platforms": ["seneca"]}, ROOT).shown == "48adlif"


def test_ssc_brings_a_validation_file(tmp_path):
    (tmp_path / "overlay.yaml").write_text(yaml.safe_dump(SSC))
    run = dry_run(tmp_path, "--configfile", tmp_path / "overlay.yaml", "--", "results/data/ssc/validation.npz")
    assert run.returncode == 0, run.stderr
    assert "fetch_data" in run.stdout and "results/data/ssc/validation.h5" in run.stdout


@pytest.mark.parametrize(
    ("change", "samples"),
    [
        ({"sedes": [1]}, "sedes"),
        ({"seeds": []}, "seeds"),
        ({"seeds": [1, 1]}, "seeds"),
        ({"delays": {"stride": 0}}, "stride"),
        ({"quantisation": {"bits": [40]}}, "40"),
        ({"networks": {"a b": {"hidden": [3], "delays": True, "pruning": "none"}}}, "a b"),
        ({"data": {"name": "mnist"}}, "mnist"),
        ({"delays": {"keep": 31}}, "only 30 delay levels"),
        ({"delays": {"sweep": [2, 40]}}, "delays.sweep is 40"),
        ({"delays": {"max": 66}}, "by delays.max and stride 2 the longest delay is 64 steps"),
        ({"delays": {"max": 2, "keep": 1, "sweep": [1]}}, "delays.max is 2, which at stride 2 gives delay 0 alone"),
        ({"delays": {"keep": 5}}, "delays.sweep [1, 3, 5, 8, 10, 20, 30] holds 5"),
        ({"delays": {"stride": 1}}, "networks.48refined.pruning is refined, which halves delays.stride, but that is 1"),
        ({"training": {"pruned": {"epochs": 1}}}, "networks.48refined.pruning is refined, which splits"),
        (
            {"loihi": {"cores": [1, 4]}},
            "Network 48 has 3 layers, which cannot lie on 4 cores; give fewer in loihi.cores",
        ),
        ({"networks": {"wide": {"hidden": [200, 200], "delays": True, "pruning": "axon"}}}, "Network wide on 1 of"),
        ({"data": {"name": "files"}, "files": OWN}, "files.train is mine.h5, but there is no such file"),
        ({"quantisation": {"bits": [2, 4]}}, "deployed is 8"),
        (
            {"networks": {"x": {"hidden": [8], "delays": True, "pruning": "none", "recipe": "their"}}},
            "recipe is 'their'",
        ),
        ({"recipes": {"their": {"decay": [0.9, 0.6]}}}, "recipes.their.decay is [0.9, 0.6]"),
        ({"training": {"augmentation": {"drop": [0.5, 0.1]}}}, "training.augmentation.drop is [0.5, 0.1]"),
        ({"folds": [{"test": [], "validation": [1], "seeds": [1]}]}, "folds.0.test"),
        ({"folds": [{"test": [1], "validation": [1], "seeds": [1]}]}, "speaker 1 is in folds.0.test"),
        (
            {"folds": [{"test": tested, "validation": [1], "seeds": [1]} for tested in ([3], [3, 4])]},
            "speaker 3 is in folds.1.test and in that of entry 0",
        ),
        (
            {"folds": [{"test": [3], "validation": who, "seeds": [1]} for who in ([1, 2], [4], [2, 1])]},
            "folds.2 has the test and validation speakers of entry 0",
        ),
        ({"rotations": []}, "rotations is now called folds; rename it."),
        ({"report": {"show": "48nodelay"}}, "report.show is '48nodelay'"),
        ({"data": {"name": "files"}}, "there is no section files"),
        ({"data": {"name": "files"}, "files": {**OWN, "name": "SHD"}}, "the name of a known data set"),
        ({"data": {"name": "files"}, "files": {**OWN, "name": "my/samples"}}, "my/samples"),
        ({"data": {"name": "files", "test_speakers": []}, "files": OWN}, "data.test_speakers is empty"),
        (
            {"data": {"name": "recordings"}, "recordings": AUDIO},
            "recordings.folder is audio, but there is no such file or folder",
        ),
        ({"data": {"name": "ssc"}}, "ssc comes split"),
        ({**SSC, "loihi": {"cores": [1]}}, "needs 8384 dendritic accumulators, but a core has 8192"),
        ({"data": {"validation_speakers": []}}, "data.validation_speakers is empty"),
        ({"data": {"validation_speakers": [99]}}, "data.validation_speakers names [99], but the speakers are [0, 1, "),
        (
            {"data": {"name": "spoken_digits", "test_speakers": [40]}, "speech": {"voices": 3}},
            "data.test_speakers names [40], but the speakers are [0, 1, 2]",
        ),
    ],
)
def test_a_wrong_value_is_named(tmp_path, change, samples):
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(yaml.safe_dump(change))
    run = dry_run(tmp_path, "--configfile", overlay)
    assert run.returncode != 0
    assert samples in run.stderr + run.stdout


@pytest.mark.skipif(torch.cuda.is_available() or torch.backends.mps.is_available(), reason="there is a GPU")
@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_a_gpu_that_is_not_there_is_named_before_any_job(tmp_path, device):
    (tmp_path / "overlay.yaml").write_text(yaml.safe_dump({"training": {"device": device}, "seeds": [1]}))
    arguments = ("--cores", "1", f"--configfile={tmp_path / 'overlay.yaml'}")
    run = snakemake(tmp_path, *arguments, "results/models/shd/48/seed1/dense.safetensors")
    assert run.returncode != 0
    assert f"training.device is {device}, but this torch" in run.stderr and "Traceback" not in run.stderr
    assert "rule fetch_data" not in run.stdout + run.stderr
    # Nothing of this asks for a GPU.
    assert snakemake(tmp_path, *arguments, "results/metrics/loihi_validation.json").returncode == 0
