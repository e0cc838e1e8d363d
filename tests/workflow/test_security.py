"""What comes from outside is data: it is never executed, never unpickled, and never leaves its folder."""

import ast
import getpass
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from delaysnn.data.events import Events, write_events

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "workflow").rglob("*.py"))
HOSTILE = ["with space.h5", "semi; touch pwned;.h5", "quote' \" && touch pwned #.h5", "$(touch pwned)`touch pwned`.h5"]


def calls(path):
    """Yield every call in a file: its dotted name, and its keyword arguments."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), {word.arg: ast.unparse(word.value) for word in node.keywords}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (getattr(node, "module", None) or name.name for name in node.names)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(ROOT / "workflow")))
def test_nothing_from_outside_is_executed(path):
    assert not {"pickle", "marshal", "shelve", "joblib"} & set(imports(path))
    for name, arguments in calls(path):
        assert name not in ("eval", "exec", "os.system", "yaml.load", "yaml.unsafe_load")
        assert arguments.get("shell", "False") == "False", name
        assert arguments.get("allow_pickle", "False") == "False", name
        if name == "torch.load":
            assert arguments.get("weights_only") == "True"


def test_the_walk_sees_what_it_forbids(tmp_path):
    path = tmp_path / "bad.py"
    path.write_text("import pickle\ntorch.load('a', weights_only=False)\nsubprocess.run('ls', shell=True)\n")
    with pytest.raises(AssertionError):
        test_nothing_from_outside_is_executed(path)
    path.write_text("torch.load('a')")
    with pytest.raises(AssertionError):
        test_nothing_from_outside_is_executed(path)


@pytest.fixture
def words(tmp_path):
    """A small file in SHD's layout, whose speakers say every class twice."""
    random = np.random.default_rng(0)
    labels, speakers = np.tile(np.arange(4), 8), np.repeat(np.arange(4), 8)
    times = [np.sort(random.uniform(0, 0.9, 50)) for _ in labels]
    units = [random.integers(0, 700, 50) for _ in labels]
    path = tmp_path / "words.h5"
    write_events(path, Events.from_words(times, units, labels, speakers, list("abcd")))
    return path


@pytest.mark.parametrize("name", HOSTILE)
def test_a_path_in_the_configuration_is_no_command(tmp_path, words, name):
    folder = tmp_path / "run"
    folder.mkdir()
    words.rename(folder / name)
    overlay = tmp_path / "overlay.yaml"
    own = {"name": "mine", "train": name, "licence": "CC0; touch pwned", "citation": "$(touch pwned)"}
    data = {"name": "files", "validation_speakers": [2], "test_speakers": [3]}
    overlay.write_text(yaml.safe_dump({"data": data, "files": own}))
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder]
    command += ["--cores", "1", "--configfile", overlay, "--", "results/data/mine/test.npz"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert not list(tmp_path.rglob("pwned*"))

    assert "$(touch pwned)" in (folder / "results/data/mine/provenance.json").read_text()
    for path in (folder / "results").rglob("*.json"):
        for private in (
            str(tmp_path),
            str(ROOT),
            str(Path.home()),
            socket.gethostname() + ".",
            f"/{getpass.getuser()}/",
        ):
            assert private not in path.read_text(), path
