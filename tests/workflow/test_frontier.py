"""`snakemake frontier`: the search over networks, from the configuration to its table, figure and overlays."""

import subprocess
from pathlib import Path

import pytest
import yaml
from configurations import PAPER, check, overlay
from dry_runs import dry_run
from forked_runs import snakemake

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
        # No network takes as little as the first.
        "budgets_uj": [0.0001, 1000],
        "energy_platform": "seneca",
        "candidates": 3,
        "rungs": [1, 2],
        "share": 0.5,
        "seeds": [1],
        "space": {
            "hidden": [[4, 4], [8, 8], [12, 12]],
            "delays": [True],
            "neuron": ["lif"],
            "pruning": ["axon"],
            "max": [32],
            "bits": [[8, 4, 4]],
        },
    },
}
SEARCH = "results/frontier/spoken_digits"


def plan(folder, *arguments, **frontier):
    """Return what a dry run says."""
    (folder / "overlay.yaml").write_text(yaml.safe_dump(overlay(SMALL, {"frontier": frontier})))
    return dry_run(folder, "--configfile", folder / "overlay.yaml", *arguments)


def run_small(folder, *arguments):
    (folder / "overlay.yaml").write_text(yaml.safe_dump(SMALL))
    return snakemake(folder, "--cores", "2", "--configfile", folder / "overlay.yaml", *arguments)


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
        ({"space": {"bits": [[8, 9, 4]]}}, "frontier.space.bits.0.1 is 9; write a whole number from 2 to 8, in bits"),
        ({"energy_platform": None}, "but frontier.energy_platform is null; write the chip whose estimate is used"),
        ({"budgets_uj": None}, "but frontier.budgets_uj is null; write energies there, or null in both"),
        ({"energy_platform": "loihi2"}, "frontier.energy_platform is 'loihi2'; write one of fpga, loihi, seneca"),
        ({"space": {"stride": [2, 2]}}, "frontier.space.stride is [2, 2]; 2 is there twice, so take one out"),
    ],
)
def test_bad_settings_are_refused_by_a_sentence(settings, sentence):
    check(overlay(PAPER, {"frontier": settings}), sentence)


def test_a_network_says_a_width_for_each_of_its_layers():
    shape = {"hidden": [48, 48], "delays": True, "pruning": "synapse"}
    for bits, sentence in (
        (
            [8, 4],
            "networks.48.bits is [8, 4], but with its output layer the network has 3 layers; write a width for each",
        ),
        ([8, 4, 9], "networks.48.bits.2 is 9; write a whole number from 2 to 8, in bits"),
        (8, "networks.48.bits is 8; write a list of one or more"),
    ):
        check(overlay(PAPER, {"networks": {"48": shape | {"bits": bits}}}), sentence)


def test_a_space_that_cannot_be_is_refused_before_any_job(tmp_path):
    run = plan(tmp_path, "--", "frontier", candidates=999)
    said = run.stdout + run.stderr
    assert run.returncode and "\nConfiguration: frontier.candidates is 999, but frontier.space has only" in said
    assert "Traceback" not in said and "Exception" not in said
    # Nothing else asks for the search.
    assert plan(tmp_path, "--", "results/metrics/capacity.json", candidates=999).returncode == 0


def test_the_search_halves_scores_its_winners_once_and_makes_nothing_twice(tmp_path):
    run = run_small(tmp_path, "--", f"{SEARCH}/candidates.json")
    assert run.returncode == 0, run.stderr
    assert "round 1 of 2: as many trainings, 1 dense epochs each" in run.stderr
    assert counts(plan(tmp_path, "--", "frontier"))["train_candidate"] == 3

    run = run_small(tmp_path, "--", "frontier", "results/frontier/1000uJ.yaml")
    assert run.returncode == 0, run.stderr
    assert "0.0001 uJ: no network of the last round is within that" in run.stderr
    search = tmp_path / SEARCH
    drawn = read_json(search / "candidates.json")["candidates"]
    went_on = read_json(search / "rung1.json")["candidates"]
    assert f"{len(went_on)} of 3 networks go on; round 2: {len(went_on)} trainings, 2 dense epochs each" in run.stderr
    assert {path.parent.parent.name for path in search.glob("*/rung1/seed1_validation.json")} == set(drawn)
    assert {path.parent.parent.name for path in search.glob("*/rung2/seed1_validation.json")} == set(went_on)
    winners, by_energy = (read_json(search / "winners.json")[key] for key in ("budgets_kb", "budgets_uj"))
    tested = [path.parent.parent.name for path in search.glob("*/rung*/*_test.json")]
    assert set(winners) == {"8", "16"} and by_energy["0.0001"] is None
    assert sorted(tested) == sorted({*winners.values(), by_energy["1000"]})
    scores = {path.parent.parent.name: read_metrics(path) for path in search.glob("*/rung2/*_validation.json")}
    best = max(scores.values(), key=lambda score: score.cells[0].value)
    assert best.cells[0].bits == "8/4/4" and scores[by_energy["1000"]].cells[0].value == best.cells[0].value
    # No training has seen a test sample.
    for path in search.glob("*/*/*_validation.json"):
        inputs = read_metrics(path).provenance["inputs"]
        assert {Path(name).name for name in inputs} == {"train.npz", "validation.npz"}
        priced = read_metrics(path.with_name("seed1_energy.json"))
        assert priced.cells[0].platform == "seneca_scdq" and priced.cells[0].how == "counted"
        assert {"validation.npz", "seed1.safetensors"} < {Path(name).name for name in priced.provenance["inputs"]}
        assert not any("test.npz" in name for name in priced.provenance["inputs"])
    table = read_table(tmp_path / "results/tables/frontier.csv")
    assert list(table["quantity"]) == ["memory", "memory", "energy"] and list(table["budget"]) == [8, 16, 1000]
    assert list(table["unit"]) == ["kB", "kB", "uJ"] and set(table["bits"]) == {"8/4/4"}
    names = [winners["8"], winners["16"], by_energy["1000"]]
    assert table["memory_kb"].tolist() == pytest.approx([drawn[name]["memory_kb"] for name in names], rel=1e-5)
    assert (table["memory_kb"][:2] <= table["budget"][:2]).all() and (table["energy_uj"] <= 1000).all()
    assert (tmp_path / "results/figures/frontier.svg").exists()

    again = plan(tmp_path, "--", "frontier", "results/frontier/1000uJ.yaml")
    assert "Nothing to be done" in again.stdout + again.stderr
    # The overlay is one that the pipeline takes.
    target = "results/metrics/spoken_digits/best/seed1/loihi.json"
    best = plan(tmp_path, tmp_path / "results/frontier/1000uJ.yaml", "--", target)
    assert best.returncode == 0, best.stdout + best.stderr
    assert counts(best)["train_network"] == counts(best)["quantise_layers"] == 1


def test_make_best_writes_the_overlay_and_says_what_trains_it():
    command = ["make", "--dry-run", "best", "BUDGET=22kB", "CONFIG=config/quick.yaml"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "\n.venv/bin/snakemake --cores all results/frontier/22kB.yaml --configfile=config/quick.yaml\n" in said
    train = "--configfile config/quick.yaml results/frontier/22kB.yaml -- all"
    assert f'"To train and deploy it: .venv/bin/snakemake --cores all {train}"' in said
