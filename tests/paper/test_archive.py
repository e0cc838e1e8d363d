"""An archive for a deposit: complete, described, and the same each time."""

import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from delaysnn.errors import InputError
from delaysnn.files import sha256
from delaysnn.paper.archive import describe_commit, pack, portable


def git(folder, *arguments):
    names = ["-c", "user.name=n", "-c", "user.email=e"]
    subprocess.run(["git", "-C", folder, *names, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path, monkeypatch):
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "Snakefile").write_text("rule all:\n")
    (folder / "config").mkdir()
    (folder / "config/config.yaml").write_text("seeds: [1]\n")
    (folder / "ignored").write_text("not committed")
    (folder / ".gitignore").write_text("ignored\nresults\n")
    git(folder, "init")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "all")
    (folder / "results/tables").mkdir(parents=True)
    (folder / "results/tables/energy.csv").write_text("network\n48\n")
    monkeypatch.chdir(folder)
    return folder


def run_of(repository):
    return {"code": describe_commit(repository), "data": {"name": "spoken_digits"}}


def test_an_archive_holds_code_results_and_what_they_are(repository, tmp_path):
    pack(tmp_path / "a.zip", repository, ["results/tables/energy.csv"], run_of(repository))
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = set(archive.namelist())
        crate = {entry["@id"]: entry for entry in json.loads(archive.read("ro-crate-metadata.json"))["@graph"]}
    files = {"Snakefile", "config/config.yaml", ".gitignore", "results/tables/energy.csv"}
    assert names == files | {"ro-crate-metadata.json"}
    assert {part["@id"] for part in crate["./"]["hasPart"]} == files
    assert crate["./"]["mainEntity"] == {"@id": "Snakefile"}
    assert crate["./"]["isBasedOn"] == {"@id": "https://arxiv.org/abs/2404.10597"}
    assert crate["./"]["version"] == describe_commit(repository)["commit"]


def test_the_same_run_gives_the_same_archive(repository, tmp_path):
    for name in ("a.zip", "b.zip"):
        pack(tmp_path / name, repository, ["results/tables/energy.csv"], run_of(repository))
    assert sha256(tmp_path / "a.zip") == sha256(tmp_path / "b.zip")


def test_what_no_commit_describes_is_not_packed(repository, tmp_path):
    (repository / "Snakefile").write_text("rule other:\n")
    assert describe_commit(repository)["changed"]
    with pytest.raises(InputError, match="changes that are not committed"):
        pack(tmp_path / "a.zip", repository, [], run_of(repository))
    with pytest.raises(InputError, match="no git history"):
        pack(tmp_path / "a.zip", repository, [], run_of(tmp_path))


def test_configuration_loses_the_paths_of_this_machine():
    folders = ["/a", "b/c", "../me", str(Path(__file__).parent)]
    config = {"files": {"train": "/home/me/words.h5", "name": "mine"}, "seeds": [1], "folders": folders}
    assert portable(config) == {
        "files": {"train": "words.h5", "name": "mine"},
        "seeds": [1],
        "folders": ["a", "b/c", "me", "tests/paper"],
    }
