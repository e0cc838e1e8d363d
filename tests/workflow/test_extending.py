"""docs/extending.md is followed to the letter, in a copy of the repository."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import page
import pytest

from delaysnn.report.tidy import read_table, select

# It runs the whole chain twice, four minutes on two cores.
pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
HEADINGS = {
    "A chip": ["workflow/delaysnn/platforms/pico/platform.py", "workflow/delaysnn/platforms/pico/constants.yaml",
               "tests/platforms/test_pico.py"],
    "A delay queue": ["workflow/delaysnn/queues/structures/calendar.py", "tests/queues/test_calendar.py"],
    "A neuron": ["workflow/delaysnn/neurons/tiring.py", "tests/neurons/test_tiring.py"],
    "A data source": ["workflow/delaysnn/data/sources/bars.py", "tests/data/test_bars.py"],
    "A figure or a table": ["workflow/delaysnn/report/figures/spike_counts.py", "tests/report/test_spike_counts.py"],
    "A network, and the run": ["mine.yaml"],
    "A chip's constants": ["my_pico.yaml", "measured.yaml"],
}  # fmt: skip


def git(folder, *arguments):
    command = ["git", "-c", "user.name=stranger", "-c", "user.email=stranger@example.org", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A clone of the repository as it stands, with its environment."""
    folder = tmp_path_factory.mktemp("stranger")
    # What Numba compiled for other tests comes along.
    compiled = [str(file.relative_to(ROOT)) for file in (ROOT / "workflow").rglob("__pycache__/*.nb[ci]")]
    for name in git(ROOT, "ls-files", "-z").split("\0")[:-1] + compiled:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "as it was")
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / ".git/info/exclude").write_text(".venv\n")
    return folder


@pytest.fixture(scope="module")
def followed(clone):
    """The clone after the whole page, and the tables after each of its runs."""
    runs = []
    for _, file, text in page.blocks():
        if file:
            (clone / file).parent.mkdir(parents=True, exist_ok=True)
            (clone / file).write_text(text)
            continue
        environment = os.environ | {"PYTHONPATH": str(clone / "workflow")}
        run = subprocess.run(["bash", "-ec", text], cwd=clone, env=environment, capture_output=True, text=True)
        assert run.returncode == 0, f"{text}{run.stdout[-4000:]}{run.stderr[-4000:]}"
        if "snakemake" in text:
            runs.append({table.stem: read_table(table) for table in (clone / "results/tables").glob("*.csv")})
    return clone, runs


@pytest.fixture
def tables(followed):
    return followed[1][0]


def test_each_thing_costs_the_files_that_the_page_lists():
    found = {heading: [] for heading in HEADINGS}
    for block in page.blocks():
        found[block.heading] += [block.file] if block.file else []
    assert found == HEADINGS


def test_nothing_else_is_touched_and_the_linter_has_nothing_to_say(followed):
    folder, _ = followed
    touched = git(folder, "status", "--porcelain", "--untracked-files=all").splitlines()
    assert sorted(touched) == sorted(f"?? {file}" for files in HEADINGS.values() for file in files)
    for command in (["format", "--check"], ["check"]):
        subprocess.run([sys.executable, "-m", "ruff", *command, "."], cwd=folder, check=True)


def test_the_chip_is_in_tables_and_figures(followed, tables):
    for quantity in ("accuracy", "agreement"):
        (share,) = select(tables["fidelity"], platform="pico", quantity=quantity)["ours_mean"]
        assert share > 50
    (energy,) = select(tables["energy"], platform="pico").itertuples()
    assert (energy.quantity, energy.unit, energy.how) == ("energy", "uJ", "counted") and energy.ours_mean > 0
    assert "pico" in set(tables["comparisons"]["platform"])
    for name in ("confusion", "spikes", "membranes", "energy", "pareto"):
        assert "Pico" in (followed[0] / f"results/figures/{name}.svg").read_text(), name


def test_the_queue_delivers_what_scdq_delivers_and_is_priced_by_what_it_moves(tables):
    equality = tables["equality"].set_index("comparison")[["samples", "spikes", "differences"]]
    calendar = equality.loc["calendar_simulator"]
    assert calendar.equals(equality.loc["scdq_simulator"].rename(calendar.name))
    assert calendar["spikes"] > 0 and calendar["differences"] == 0
    assert set(select(tables["structures"], platform="calendar")["quantity"]) >= {"provisioned_bits", "needed_bits"}
    counted = select(tables["energy"], quantity="delay_ip_energy", how="counted").set_index("platform")["ours_mean"]
    pops = select(tables["variants"], quantity="pops").set_index("platform")["ours_mean"]
    ratio = counted["seneca_calendar"] / counted["seneca_scdq"]
    assert ratio == pytest.approx(pops["calendar"] / pops["scdq"], rel=1e-3) and ratio < 1


def test_the_source_names_every_row_and_the_network_is_the_only_one(tables):
    for name in ("models", "fidelity", "energy", "structures", "variants", "comparisons", "quantisation"):
        assert set(tables[name]["dataset"]) == {"bars"}, name
        assert set(tables[name]["network"]) == {"16"}, name
    (accuracy,) = select(tables["models"], quantity="accuracy")["ours_mean"]
    assert accuracy > 60


def test_the_report_shows_all_of_it(followed):
    report = (followed[0] / "results/report.html").read_text()
    for text in ("Pico", "calendar queue", "bars", 'id="figure-spike_counts"', "Spikes a sample"):
        assert text in report, text
    assert (followed[0] / "results/figures/spike_counts.png").read_bytes().startswith(b"\x89PNG")


def test_other_constants_change_what_they_are_of_and_nothing_else(followed):
    before, after = followed[1]
    energy = [select(tables["energy"], platform="pico")["ours_mean"].iloc[0] for tables in (before, after)]
    assert energy[1] == pytest.approx(2 * energy[0])
    changed = {name for name in before if not before[name].equals(after[name])}
    assert changed == {"energy"}
