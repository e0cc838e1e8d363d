"""A wrong value ends before any job with one sentence that names the key."""

import pytest
import torch
import yaml
from configurations import PAPER, check, overlay
from dry_runs import dry_run
from forked_runs import snakemake

OWN = {"name": "mine", "train": "mine.h5", "licence": "CC0", "citation": "nobody"}
AUDIO = {"name": "mine", "folder": "audio", "table": "audio/samples.csv", "sample_rate": 48000, "seed": 1}
AUDIO |= {"licence": "CC0", "citation": "nobody"}
SSC = {"data": {"name": "ssc", "validation_speakers": [], "test_speakers": []}, "loihi": {"cores": [3]}}


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
        (
            {"delays": {"max": 66}, "data": {"time_steps": 128}},
            "by delays.max and stride 2 the longest delay is 64 steps",
        ),
        ({"delays": {"max": 2, "keep": 1, "sweep": [1]}}, "delays.max is 2, which at stride 2 gives only delay 0"),
        ({"delays": {"keep": 5}}, "delays.sweep [1, 3, 5, 8, 10, 20, 30] holds 5"),
        ({"delays": {"stride": 1}}, "networks.48refined.pruning is refined, which halves delays.stride, but that is 1"),
        ({"training": {"pruned": {"epochs": 1}}}, "networks.48refined.pruning is refined, which splits"),
        (
            {"loihi": {"cores": [1, 4]}},
            "Network 48 has 3 layers, which cannot be mapped onto 4 cores; write fewer in loihi.cores",
        ),
        (
            {"networks": {"wide": {"hidden": [200, 200], "delays": True, "pruning": "axon"}}},
            "add fewest to loihi.cores, which divides layers over as many cores as they need",
        ),
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
        ({"data": {"name": "ssc"}}, "ssc comes with its own split"),
        ({**SSC, "loihi": {"cores": [1]}}, "needs 8384 dendritic accumulators, but a core has 8192"),
        ({"data": {"validation_speakers": []}}, "data.validation_speakers is empty"),
        ({"data": {"validation_speakers": [99]}}, "data.validation_speakers names [99], but the speakers are [0, 1, "),
        (
            {"data": {"name": "spoken_digits", "test_speakers": [40]}, "speech": {"voices": 3}},
            "data.test_speakers names [40], but the speakers are [0, 1, 2]",
        ),
    ],
)
def test_a_wrong_value_is_named(change, samples):
    check(overlay(PAPER, change), samples)


@pytest.mark.parametrize(
    ("change", "samples"),
    [({"sedes": [1]}, "sedes"), ({"delays": {"keep": 31}}, "only 30 delay levels")],
)
def test_snakemake_says_what_is_wrong_and_nothing_of_the_code(tmp_path, change, samples):
    (tmp_path / "overlay.yaml").write_text(yaml.safe_dump(change))
    run = dry_run(tmp_path, "--configfile", tmp_path / "overlay.yaml")
    assert run.returncode != 0
    assert samples in run.stderr + run.stdout and "Traceback (most" not in run.stderr + run.stdout


@pytest.mark.skipif(torch.cuda.is_available() or torch.backends.mps.is_available(), reason="there is a GPU")
@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_a_gpu_that_is_not_there_is_named_before_any_job(tmp_path, device):
    (tmp_path / "overlay.yaml").write_text(yaml.safe_dump({"training": {"device": device}, "seeds": [1]}))
    command = ["--cores", "1", f"--configfile={tmp_path / 'overlay.yaml'}"]
    run = snakemake(tmp_path, *command, "results/models/shd/48/seed1/dense.safetensors")
    assert run.returncode != 0
    assert f"training.device is {device}, but this torch" in run.stderr and "Traceback" not in run.stderr
    assert "getting the data" not in run.stdout + run.stderr
    # Nothing of this asks for a GPU.
    assert snakemake(tmp_path, *command, "results/metrics/loihi_validation.json").returncode == 0
