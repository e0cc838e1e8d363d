"""docs/own-data.md is followed: any number of channels, a camera, nobody who speaks, and no difference anywhere."""

import os
import subprocess
import sys
from pathlib import Path

import page
import pytest

from delaysnn.core.dataset import read_dataset
from delaysnn.core.metrics import read_json, read_metrics
from delaysnn.report.tidy import read_table, select

ROOT = Path(__file__).parents[2]
HEADINGS = {"arm": "Electrodes", "camera": "A camera", "skin": "A thousand channels"}
COMPARED = {"lava_batched", "lava_stock", "scdq_simulator", "scdq_rtl", "scdq_gates"}


def follow(folder, lava, name, targets):
    """Write the page's files and run one example's commands, with other targets than ``all`` where these are given."""
    blocks = page.blocks("own-data.md")
    for block in blocks:
        if block.file:
            (folder / block.file).write_text(block.text)
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / ".envs").mkdir()
    (folder / ".envs/lava").symlink_to(lava.parents[1])
    (command,) = (block.text for block in blocks if block.heading == HEADINGS[name] and not block.file)
    command = command.replace("snakemake ", f"snakemake --snakefile '{ROOT}/Snakefile' ").replace("-- all", targets)
    environment = os.environ | {"PYTHONPATH": str(ROOT / "workflow")}
    run = subprocess.run(["bash", "-ec", command], cwd=folder, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-5000:]
    return run.stdout + run.stderr


def check(folder, name, channels):
    fidelity = select(read_table(folder / "results/tables/fidelity.csv"), quantity="accuracy")
    assert {"pytorch", "loihi", "seneca"} <= set(fidelity["platform"])
    assert read_dataset(folder / f"results/data/{name}/train.npz").spikes.n_neurons == channels
    assert "speaker" not in (folder / f"results/data/{name}/provenance.json").read_text()


@pytest.mark.slow  # 85 seconds of one core
def test_a_camera_runs_on_all_platforms_without_a_difference(lava, tmp_path):
    # But for the queue's Verilog, which takes a minute and never sees the input: it is in the test below.
    own = [f"results/metrics/camera/12/seed1/{name}.json" for name in ("lava", "queues")]
    said = follow(tmp_path, lava, "camera", " ".join(["--", *own, "results/tables/fidelity.csv"]))
    found = [each for path in own for each in read_metrics(tmp_path / path).details["equality"]]
    assert {"lava_batched", "lava_stock", "scdq_simulator"} <= {each["comparison"] for each in found}
    assert all(each["spikes"] > 0 and each["differences"] == 0 for each in found)
    check(tmp_path, "camera", 34 * 34 * 2)
    train = read_dataset(tmp_path / "results/data/camera/train.npz")
    assert train.sensor == (34, 34, 2) and "speaker" not in said and "voice" not in said
    assert "of the spikes beyond the edges" in (tmp_path / "logs/camera/12/seed1/train_network.log").read_text()


@pytest.mark.slow  # the whole chain, two minutes each on two cores
@pytest.mark.parametrize(("name", "channels"), [("arm", 64), ("camera", 34 * 34 * 2), ("skin", 1000)])
def test_every_example_runs_as_it_is_printed(lava, tmp_path, name, channels):
    said = follow(tmp_path, lava, name, "-- all")
    check(tmp_path, name, channels)
    equality = read_table(tmp_path / "results/tables/equality.csv")
    assert set(equality["differences"]) == {0} and (equality["spikes"] > 0).all()
    assert set(equality["comparison"]) >= COMPARED
    card = read_json(tmp_path / "results/data/card.json")
    assert not {"voices", "unseen"} & set(card)
    for figures in ("card", "confusion"):
        assert (tmp_path / f"results/figures/{figures}.png").exists()
    assert "speaker" not in said and "samples of unseen voices" not in (tmp_path / "results/report.html").read_text()
