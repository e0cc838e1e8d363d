"""What comes from outside is data: it is never executed, never unpickled, and never leaves its folder."""

import ast
import base64
import getpass
import json
import socket
from pathlib import Path

import numpy as np
import pytest
import yaml
from forked_runs import snakemake
from private import find_private

from delaysnn.data.events import Events, write_events

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "workflow").rglob("*.py"))
HOSTILE = ["with space.h5", "semi; touch pwned;.h5", "quote' \" && touch pwned #.h5", "$(touch pwned)`touch pwned`.h5"]


def calls(path):
    """Yield every call in a file: its dotted name, and its keyword arguments."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}


def imports(path):
    """Yield every module that a file imports something of; an exception alone runs nothing."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and all(name.name.endswith("Error") for name in node.names):
            continue
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
def samples(tmp_path):
    """A small file in SHD's layout, whose speakers say every class twice."""
    random = np.random.default_rng(0)
    labels, speakers = np.tile(np.arange(4), 8), np.repeat(np.arange(4), 8)
    times = [np.sort(random.uniform(0, 0.9, 50)) for _ in labels]
    units = [random.integers(0, 700, 50) for _ in labels]
    path = tmp_path / "samples.h5"
    write_events(path, Events.from_samples(times, units, labels, speakers, list("abcd"), 700))
    return path


@pytest.mark.parametrize("name", HOSTILE)
def test_a_path_in_the_configuration_is_no_command(tmp_path, samples, name):
    folder = tmp_path / "run"
    folder.mkdir()
    samples.rename(folder / name)
    overlay = tmp_path / "overlay.yaml"
    own = {"name": "mine", "train": name, "licence": "CC0; touch pwned", "citation": "$(touch pwned)"}
    data = {"name": "files", "validation_speakers": [2], "test_speakers": [3]}
    overlay.write_text(yaml.safe_dump({"data": data, "files": own}))
    run = snakemake(folder, "--cores", "1", "--configfile", overlay, "--", "results/data/mine/test.npz")
    assert run.returncode == 0, run.stdout + run.stderr
    assert not list(tmp_path.rglob("pwned*"))

    assert "$(touch pwned)" in (folder / "results/data/mine/provenance.json").read_text()
    assert find_private(folder / "results") == []


def test_no_result_tells_of_the_machine_that_made_it(tmp_path, samples):
    """Tables, figures, metrics and the run's description, of data in a folder of the user's own."""
    folder = tmp_path / "run"
    folder.mkdir()
    own = {"name": "mine", "train": str(samples), "licence": "CC0", "citation": "nobody"}
    data = {"name": "files", "validation_speakers": [2], "test_speakers": [3]}
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(yaml.safe_dump({"data": data, "files": own}))
    targets = ["tables/validation.csv", "tables/capacity.csv", "figures/capacity.svg", "figures/event_flow.svg"]
    targets += ["figures/pipeline.svg", "data/mine/test.npz", "run.json"]
    command = ["--cores", "2", "--configfile", overlay, "--", *(f"results/{target}" for target in targets)]
    run = snakemake(folder, *command)
    assert run.returncode == 0, run.stdout + run.stderr
    results = folder / "results"
    assert find_private(results) == []
    read = lambda name: json.loads((results / name).read_text())  # noqa: E731
    constants = {"config/published.yaml", "config/hardware/seneca.yaml"}
    assert set(read("metrics/capacity.json")["provenance"]["inputs"]) == constants
    assert list(read("data/mine/provenance.json")["made_by"]["inputs"]) == ["samples.h5"]
    assert read("run.json")["config"]["files"]["train"] == "samples.h5"


@pytest.mark.parametrize("name", ["a.json", "a.csv", "a.html", "a.svg"])
@pytest.mark.parametrize(
    "private",
    [
        str(ROOT),
        str(Path.home() / "samples.h5"),
        "/opt/data/samples.h5",
        socket.gethostname(),
        f"/{getpass.getuser()}/",
    ],
    ids=["repository", "home", "absolute", "host", "user"],
)
def test_the_search_finds_what_tells_of_a_machine(tmp_path, name, private):
    (tmp_path / name).write_text(f'{{"path": "{private}"}}')
    assert [path for path, _ in find_private(tmp_path)] == [name]


def test_the_search_looks_into_arrays_and_past_images_and_addresses(tmp_path):
    np.savez_compressed(tmp_path / "a.npz", header=np.array(f'{{"path": "{ROOT}"}}'))
    assert [path for path, _ in find_private(tmp_path)] == ["a.npz"]
    (tmp_path / "a.npz").unlink()
    image = base64.b64encode(f"{ROOT}".encode()).decode()
    text = f'<a href="https://arxiv.org/abs/1"><img src="data:image/png;base64,{image}"/></a> results/a/b.csv'
    (tmp_path / "a.html").write_text(text)
    assert find_private(tmp_path) == []
