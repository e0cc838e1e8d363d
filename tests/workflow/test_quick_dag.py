"""The whole chain on the embedded data as `make` runs it, on a third of the samples and one seed, in its own folder."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from forked_runs import snakemake
from private import find_private

from delaysnn.core.files import sha256
from delaysnn.core.traces import read_traces
from delaysnn.demo.example import read_example
from delaysnn.report.comparisons import COMPARISON_COLUMNS
from delaysnn.report.estimates import ESTIMATE_COLUMNS
from delaysnn.report.registry import registered
from delaysnn.report.tables.area import AREA_COLUMNS
from delaysnn.report.tables.baseline_costs import BASELINE_COST_COLUMNS
from delaysnn.report.tables.budgets import BUDGET_COLUMNS
from delaysnn.report.tables.capacity import CAPACITY_COLUMNS
from delaysnn.report.tables.equality import EQUALITY_COLUMNS
from delaysnn.report.tables.networks import NETWORK_COLUMNS
from delaysnn.report.tables.null_models import NULL_MODEL_COLUMNS
from delaysnn.report.tables.operations import OPERATION_COLUMNS
from delaysnn.report.tables.sensitivity import SENSITIVITY_COLUMNS
from delaysnn.report.tables.validation import VALIDATION_COLUMNS
from delaysnn.report.tidy import COLUMNS, FIDELITY_COLUMNS, INTERVAL, read_table, select

ROOT = Path(__file__).parents[2]
QUICK = ("--cores", "all", "--configfile", ROOT / "config/quick.yaml", ROOT / "tests/workflow/brief.yaml")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("quick")
    run = snakemake(folder, *QUICK)
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-4000:]
    (folder / "screen.txt").write_text(run.stderr)
    return folder


def test_the_screen_has_data_first_steps_by_name_and_answers_last(folder):
    lines = (folder / "screen.txt").read_text().splitlines()
    [first] = [line for line in lines if line.startswith("Data: ")]
    assert re.match(
        r"Data: spoken digits\. \d+ networks, 1 seed each: \d+ steps, \d+ of them for training, about ", first
    )
    steps = [line for line in lines if re.match(r"\d\d:\d\d:\d\d training: network ", line)]
    assert steps and all(
        re.search(r"network \w+, seed 1 \(\d+ of \d+\); \d+ of \d+ steps done", line) for line in steps
    )
    assert any(re.search(r", about \d+ \w+ left$", line) for line in steps)
    assert not [line for line in lines if "Shell command" in line or "jobid" in line]
    end = lines[next(place for place, line in enumerate(lines) if line.startswith("Done after ")) :]
    assert "Open results/report.html." in end[0]
    answers = json.loads((folder / "results/answers.json").read_text())["answers"]
    asked = [line.strip() for line in end if line.endswith("?")]
    assert len(answers) >= 6 and asked == [question for question, _ in answers]
    assert len(lines) < 1.25 * int(re.search(r": (\d+) steps", first)[1])


def checksums(folder):
    """Every file under results with its checksum."""
    return {path.relative_to(folder): sha256(path) for path in sorted((folder / "results").rglob("*.*"))}


def test_a_second_run_has_nothing_to_do(folder):
    run = snakemake(folder, *QUICK)
    assert run.returncode == 0
    assert "Nothing to be done" in run.stdout + run.stderr


def test_every_table_has_its_columns_and_names_its_data(folder):
    tables = {path.stem: read_table(path) for path in (folder / "results/tables").glob("*.csv")}
    assert {"models", "fidelity", "energy", "quantisation", "equality", "capacity", "validation"} <= set(tables)
    wanted = {"equality": EQUALITY_COLUMNS, "fidelity": FIDELITY_COLUMNS, "validation": VALIDATION_COLUMNS}
    wanted |= {"area": AREA_COLUMNS, "capacity": CAPACITY_COLUMNS}
    wanted |= {"comparisons": COMPARISON_COLUMNS, "baseline_costs": BASELINE_COST_COLUMNS}
    wanted |= {"null_models": NULL_MODEL_COLUMNS, "sensitivity": SENSITIVITY_COLUMNS}
    wanted |= {"networks": NETWORK_COLUMNS, "budgets": BUDGET_COLUMNS}
    wanted |= dict.fromkeys(("energy", "three_cores", "edap"), ESTIMATE_COLUMNS)
    settings = {"models": [], "baselines": ["phase"], "levels": ["levels", "control"], "quantisation": ["bits"]}
    wanted |= {name: [*COLUMNS, *own, *INTERVAL] for name, own in settings.items()}
    wanted |= {"sweep": [*COLUMNS, "levels", "bits", "how", *INTERVAL], "operations": OPERATION_COLUMNS}
    for name, table in tables.items():
        assert list(table.columns) == wanted.get(name, COLUMNS), name
    for name in ("models", "fidelity", "energy", "quantisation", "baselines"):
        assert set(tables[name]["dataset"]) == {"spoken_digits"}


def test_every_table_and_figure_that_registered_is_there(folder):
    # Engines are placed, measured and simulated as gates in tests of their own, since that takes minutes.
    engines = ("engine", "engine_parts", "fpga", "switching")
    items = [item for item in registered() if item.section and item.stem not in engines]
    tables, figures = ({item.stem for item in items if item.kind == wanted} for wanted in ("table", "figure"))
    results = folder / "results"
    assert {path.stem for path in (results / "tables").glob("*.csv")} == tables
    for ending, start in (("png", b"\x89PNG"), ("svg", b"<?xml")):
        found = {path.stem: path.read_bytes() for path in (results / "figures").glob(f"*.{ending}")}
        assert set(found) == figures
        assert all(content.startswith(start) for content in found.values())


def test_the_run_is_described_and_no_file_tells_of_this_machine(folder):
    text = (folder / "results/run.json").read_text()
    run = json.loads(text)
    assert run["config"]["seeds"] == [1] and run["data"]["name"] == "spoken_digits"
    assert {"commit", "date", "changed"} == set(run["code"])
    assert find_private(folder / "results") == []


def test_no_spike_differs_in_lava_or_in_the_queue(folder):
    table = read_table(folder / "results/tables/equality.csv")
    assert {"lava_batched", "lava_stock", "scdq_simulator"} <= set(table["comparison"])
    assert (table["differences"] == 0).all()
    assert (table["spikes"] > 0).all()
    assert (select(table, comparison="lava_batched")["samples"] == 200).all()
    assert set(table["platform"].dropna()) <= {"simulation", "Loihi 2"}
    fidelity = read_table(folder / "results/tables/fidelity.csv")
    assert (fidelity["ran_on"].notna() == (fidelity["platform"] == "loihi")).all()
    assert {"seneca", "seneca_rounded_per_step"} <= set(fidelity["platform"])


def test_delays_are_worth_learning(folder):
    table = read_table(folder / "results/tables/models.csv")
    accuracy = {row.network: row.ours_mean for row in select(table, quantity="accuracy").itertuples()}
    assert accuracy["48"] > accuracy["48nodelay"] + 10
    compared = select(read_table(folder / "results/tables/comparisons.csv"), compared="networks", platform="pytorch")
    pair = {(row.network, row.against): row.verdict for row in compared.itertuples()}
    assert pair["48", "48nodelay"] == "better"


def test_an_example_is_packed_that_answers_as_the_run_did(folder):
    run = snakemake(folder, *QUICK, "--", "results/example/48.safetensors")
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-4000:]
    example = read_example(folder / "results/example/48.safetensors")
    traces = read_traces(folder / "results/traces/spoken_digits/48/seed1/loihi.npz")
    assert len(example.answers) == 100 and (example.answers == traces.predictions[:100]).all()
    assert example.network.bits == 8 and example.classes[12] == "zwei"
    # The provenance names what it was made of.
    assert example.network.provenance["rule"] == "quantise_network"


def test_the_report_shows_every_table_and_figure(folder):
    report = (folder / "results/report.html").read_text()
    assert len(report.encode()) < 6e6
    for path in (folder / "results/tables").glob("*.csv"):
        assert f'id="table-{path.stem}"' in report
    for path in (folder / "results/figures").glob("*.png"):
        assert f'id="figure-{path.stem}"' in report


def test_what_is_deleted_comes_back_byte_for_byte(folder):
    before = checksums(folder)
    lost = [
        "models/spoken_digits/48nodelay/seed1/pruned.safetensors",
        "traces/spoken_digits/24/seed1/loihi.npz",
        "metrics/spoken_digits/48ax/seed1/queues.json",
        "metrics/capacity.json",
        "tables/energy.csv",
        "figures/confusion.svg",
    ]
    for name in lost:
        (folder / "results" / name).unlink()
    # Each script in a Python that it starts, with other hashes of text and only its own imports.
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder, *QUICK]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-4000:]
    after = checksums(folder)
    assert [path for path in before if before[path] != after.get(path)] == []
    assert after.keys() == before.keys()


def test_without_network_the_error_names_the_cause_and_the_command_that_needs_none(tmp_path):
    nowhere = {key: "http://127.0.0.1:9" for key in ("http_proxy", "https_proxy")}
    run = snakemake(tmp_path, "--cores", "all", environment=os.environ | nowhere)
    text = run.stdout + run.stderr
    assert run.returncode != 0
    assert "could not be downloaded" in text
    assert "config/quick.yaml" in text
    assert "setting up Lava" not in text
    assert not list((tmp_path / "results").rglob("*.*"))
