"""Chips that the configuration names are run, and no others."""

import yaml
from configurations import PAPER, ROOT
from dry_runs import dry_run

from delaysnn.settings.configuration import settle


def plan(folder, settings, *arguments):
    (folder / "overlay.yaml").write_text(yaml.safe_dump(settings))
    return dry_run(folder, "--configfile", folder / "overlay.yaml", "--", *arguments)


def test_a_chip_that_is_not_named_is_in_no_job(tmp_path):
    run = plan(tmp_path, {"platforms": ["seneca"]}, "data", "training", "platforms", "seneca")
    assert run.returncode == 0, run.stderr
    assert "/seneca_cost.json" in run.stdout
    assert "loihi" not in run.stdout and "lava.json" not in run.stdout


def test_limits_of_a_chip_that_is_not_named_refuse_nothing():
    wide = {"wide": {"hidden": [2000], "delays": True, "pruning": "none"}}
    config = PAPER | {"networks": wide, "delays": PAPER["delays"] | {"max": 200}, "platforms": ["seneca"]}
    assert settle(config, ROOT).deployed == ["wide"]


def test_without_a_verifier_no_environment_is_built(tmp_path):
    run = plan(tmp_path, {"loihi": {"verify": None}}, "all")
    assert run.returncode == 0, run.stderr
    assert "/loihi_cost.json" in run.stdout and "tables/equality.csv" in run.stdout
    assert "lava.json" not in run.stdout and "build_lava" not in run.stdout
