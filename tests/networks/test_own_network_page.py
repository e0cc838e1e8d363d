"""docs/own-network.md is followed: networks of other tools are trained, read, deployed and priced as it is printed."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import page
import pytest
import yaml

from delaysnn.networks.readers import registered
from delaysnn.settings.networks import NetworkFile

ROOT = Path(__file__).parents[2]
LINES = ("accuracy", "energy", "latency", "memory")


@pytest.fixture(scope="module")
def follow(python_of, tmp_path_factory):
    """Return what runs a section's commands in a folder that holds the page's files."""
    folder = tmp_path_factory.mktemp("page")
    blocks = page.blocks("own-network.md")
    for block in blocks:
        if block.file:
            (folder / block.file).write_text(block.text)
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "workflow").symlink_to(ROOT / "workflow")
    (folder / ".envs").mkdir()
    (folder / ".envs/peers").symlink_to(python_of("peers").parents[1])
    environment = os.environ | {"PYTHONPATH": str(ROOT / "workflow")}

    def run(heading):
        (text,) = (block.text for block in blocks if block.heading == heading and not block.file)
        # That environment is there.
        text = re.sub(r".*\.envs/peers/ready\n", "", text).replace(
            "snakemake ", f"snakemake --snakefile '{ROOT}/Snakefile' "
        )
        done = subprocess.run(["bash", "-ec", text], cwd=folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-5000:]
        return done.stdout

    run("What the examples below share")
    return run


def test_every_script_overlay_and_json_can_be_read():
    read = {"python": ast.parse, "yaml": yaml.safe_load, "json": json.loads}
    endings = {".py": "python", ".yaml": "yaml"}
    named = [(endings[Path(each.file).suffix], each.text) for each in page.blocks("own-network.md") if each.file]
    parts = [(each.language, each.text) for each in page.fragments("own-network.md")]
    found = {}
    for language, text in named + parts:
        found.setdefault(language, []).append(read[language](text))
    networks = [each["networks"] for each in found["yaml"] if "networks" in each]
    brought = [NetworkFile(**file) for each in networks for file in each.values() if file]
    # The own format has its place in config/README.md.
    assert {each.reader.name for each in brought} == set(registered()) - {"delaysnn"}


@pytest.mark.slow  # in an environment of its own, a minute each
@pytest.mark.parametrize("tool", ["snnTorch", "SpikingJelly", "NIR"])
def test_a_section_ends_with_the_four_lines_that_people_want(follow, tool):
    if tool == "NIR":
        follow("SpikingJelly")
    accuracy, *costs = follow(tool).splitlines()[-4:]
    said = dict(re.findall(r"(\w+) ([\d.]+) %", accuracy))
    assert {"pytorch", "loihi", "seneca"} <= set(said)
    # By chance it would be a third; without its delay, NIR's network is another one than was trained.
    assert all(float(value) > (60 if tool == "NIR" else 85) for value in said.values())
    for line, name in zip(costs, LINES[1:], strict=True):
        assert line.startswith(name) and "loihi_1core" in line and "seneca_scdq" in line
    if tool == "SpikingJelly":
        assert float(re.search(r"in snnTorch ([\d.]+) %", follow("Back to a tool"))[1]) == float(said["pytorch"])
