"""`snakemake frontier`: the search over networks, from the configuration to its table, figure and overlays."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from configurations import PAPER, check, overlay

from delaysnn.core.metrics import read_json, read_metrics
from delaysnn.report.tidy import read_table

ROOT = Path(__file__).parents[2]
SMALL = {
    "seeds": [1],
    "speech": {"voices": 4, "takes": 1},
    "data": {"name": "spoken_digits", "duration_s": 0.8, "validation_speakers": [2], "test_speakers": [3]},
    "networks": {"48refined": None},
    "training": {
        "dense": {"epochs": 2, "learning_rate": 0.004},
        "pruned": {"epochs": 1, "learning_rate": 0.002},
        "quantised": {"epochs": 1, "learning_rate": 0.0005},
    },
    "frontier": {
        "budgets_kb": [8, 16],
        "candidates": 3,
        "rungs": [1, 2],
        "share": 0.5,
        "seeds": [1],
        "space": {
            "hidden": [[4, 4], [8, 8], [12, 12]],
            "delays": [True],
            "pruning": ["axon"],
            "max": [32],
            "bits": [8],
        },
    },
}
SEARCH = "results/frontier/spoken_digits"


def snakemake(folder, *arguments, **frontier):
    (folder / "overlay.yaml").write_text(yaml.safe_dump(overlay(SMALL, {"frontier": frontier})))
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder]
    command += ["--cores", "2", "--configfile", folder / "overlay.yaml", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def counts(run):
    """Return how many jobs of each rule a dry run lists."""
    lines = [line.split() for line in run.stdout.partition("Job stats:")[2].partition("total")[0].splitlines()]
    return {words[0]: int(words[1]) for words in lines if len(words) == 2 and words[1].isdigit()}


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"budgets_kb": [8, 4]}, "frontier.budgets_kb is [8, 4]; write each value once, the smallest first"),
        ({"rungs": [5, 5]}, "frontier.rungs is [5, 5]; write each value once, the smallest first"),
        ({"rungs": []}, "frontier.rungs"),
        ({"candidates": 0}, "frontier.candidates is 0; write a whole number, 1 or more"),
        ({"share": 1}, "frontier.share is 1; write a number between 0 and 1"),
        ({"seeds": [1, 1]}, "frontier.seeds"),
        ({"space": {"depth": [2]}}, "frontier.space has no key 'depth'; the keys are hidden, delays, recurrent"),
        ({"space": {"pruning": ["axons"]}}, "frontier.space.pruning.0 is 'axons'; write one of synapse, axon"),
        ({"space": {"pruning": "axon"}}, "frontier.space.pruning is 'axon'; write a list in brackets"),
        ({"space": {"delays": [1]}}, "frontier.space.delays.0 is 1; write one of true, false, random"),
        ({"space": {"hidden": [16]}}, "frontier.space.hidden.0 is 16; write"),
        ({"space": {"bits": [9]}}, "frontier.space.bits.0 is 9; write a whole number from 2 to 8, in bits"),
        ({"space": {"stride": [2, 2]}}, "frontier.space.stride is [2, 2]; 2 stands there twice, so take one out"),
    ],
)
def test_bad_settings_are_refused_by_a_sentence(settings, sentence):
    check(overlay(PAPER, {"frontier": settings}), sentence)


def test_a_space_that_cannot_be_is_refused_before_any_job(tmp_path):
    run = snakemake(tmp_path, "-n", "--", "frontier", candidates=999)
    said = run.stdout + run.stderr
    assert run.returncode and "\nConfiguration: frontier.candidates is 999, but frontier.space has only" in said
    assert "Traceback" not in said and "Exception" not in said
    # Nothing else asks for the search.
    assert snakemake(tmp_path, "-n", "--", "results/metrics/capacity.json", candidates=999).returncode == 0


def test_the_search_halves_scores_its_winners_once_and_makes_nothing_twice(tmp_path):
    run = snakemake(tmp_path, "--", f"{SEARCH}/candidates.json")
    assert run.returncode == 0, run.stderr
    assert "round 1 of 2: as many trainings, 1 dense epochs each" in run.stderr
    assert counts(snakemake(tmp_path, "-n", "--", "frontier"))["train_candidate"] == 3

    run = snakemake(tmp_path, "--", "frontier", "results/frontier/8kB.yaml")
    assert run.returncode == 0, run.stderr
    assert "2 of 3 networks go on; round 2: 2 trainings, 2 dense epochs each" in run.stderr
    search = tmp_path / SEARCH
    drawn = read_json(search / "candidates.json")["candidates"]
    went_on = read_json(search / "rung1.json")["candidates"]
    assert {path.parent.parent.name for path in search.glob("*/rung1/seed1_validation.json")} == set(drawn)
    assert {path.parent.parent.name for path in search.glob("*/rung2/seed1_validation.json")} == set(went_on)
    winners = read_json(search / "winners.json")["budgets_kb"]
    tested = [path.parent.parent.name for path in search.glob("*/rung*/*_test.json")]
    assert set(winners) == {"8", "16"} and sorted(tested) == sorted(set(winners.values()))
    # No training has seen a test sample.
    for path in search.glob("*/*/*_validation.json"):
        inputs = read_metrics(path).provenance["inputs"]
        assert {Path(name).name for name in inputs} == {"train.npz", "validation.npz"}
    table = read_table(tmp_path / "results/tables/frontier.csv")
    assert list(table["budget_kb"]) == [8, 16] and (table["memory_kb"] <= table["budget_kb"]).all()
    assert [drawn[winners[f"{budget:g}"]]["memory_kb"] for budget in table["budget_kb"]] == pytest.approx(
        table["memory_kb"].tolist(), rel=1e-5
    )
    assert (tmp_path / "results/figures/frontier.svg").exists()

    again = snakemake(tmp_path, "--", "frontier", "results/frontier/8kB.yaml")
    assert "Nothing to be done" in again.stdout + again.stderr
    # The overlay is one that the pipeline takes.
    target = "results/metrics/spoken_digits/best/seed1/pytorch.json"
    best = snakemake(tmp_path, tmp_path / "results/frontier/8kB.yaml", "-n", "--", target)
    assert best.returncode == 0, best.stdout + best.stderr
    assert counts(best)["train_network"] == 1


def test_make_best_writes_the_overlay_and_says_what_trains_it():
    command = ["make", "--dry-run", "best", "BUDGET=22kB", "CONFIG=config/quick.yaml"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "\n.venv/bin/snakemake --cores all results/frontier/22kB.yaml --configfile=config/quick.yaml\n" in said
    train = "--configfile config/quick.yaml results/frontier/22kB.yaml -- all"
    assert f'"To train and deploy it: .venv/bin/snakemake --cores all {train}"' in said
