"""Chips that the configuration names are run, and no others."""

import yaml
from configurations import PAPER, ROOT
from dry_runs import dry_run

from delaysnn.settings.configuration import settle


def plan(folder, settings, *arguments):
    (folder / "overlay.yaml").write_text(yaml.safe_dump(settings))
    return dry_run(folder, "--configfile", folder / "overlay.yaml", "--", *arguments)


def test_a_chip_that_is_not_named_is_in_no_job(tmp_path):
    late = {"late": {"hidden": [48, 48], "delays": True, "pruning": "synapse", "input_delays": [0, 8]}}
    settings = {"platforms": ["seneca"], "networks": late}
    run = plan(tmp_path, settings, "data", "training", "platforms", "seneca")
    assert run.returncode == 0, run.stderr
    # Before this network is trained, and no other.
    assert run.stdout.count("results/metrics/shd/late/first_queue.json") == run.stdout.count("/first_queue.json") > 1
    assert "/seneca_cost.json" in run.stdout
    assert "loihi" not in run.stdout and "lava.json" not in run.stdout


def test_limits_of_a_chip_that_is_not_named_refuse_nothing():
    # Loihi takes delays of 62 steps at the most.
    wide = {"wide": {"hidden": [1000], "delays": True, "pruning": "none"}}
    longest = PAPER["delays"] | {"max": 64, "stride": 1}
    config = PAPER | {"networks": wide, "delays": longest, "platforms": ["seneca"], "fpga": None}
    assert settle(config, ROOT).deployed == ["wide"]


def test_without_a_verifier_no_environment_is_built(tmp_path):
    run = plan(tmp_path, {"loihi": {"verify": None}}, "all")
    assert run.returncode == 0, run.stderr
    assert "/loihi_cost.json" in run.stdout and "tables/equality.csv" in run.stdout
    assert "lava.json" not in run.stdout and "build_lava" not in run.stdout


def test_the_engine_plays_networks_that_it_takes_with_their_first_seed(tmp_path):
    run = plan(tmp_path, {"platforms": ["fpga"]}, "fpga", "platforms", "results/tables/equality.csv")
    assert run.returncode == 0, run.stderr
    played = {name: run.stdout.count(f"results/metrics/shd/{name}/seed1/engine.json") for name in ("48", "85recurrent")}
    assert played["48"] and not played["85recurrent"]
    assert "seed2/engine.json" not in run.stdout and "/seed2/fpga.json" in run.stdout
