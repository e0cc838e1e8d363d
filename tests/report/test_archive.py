"""An archive for a deposit: complete, described, and the same each time."""

import json
import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from delaysnn.core.errors import InputError
from delaysnn.core.files import sha256
from delaysnn.report.archive import describe_commit, pack, portable


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


def test_what_was_committed_after_the_run_is_not_packed(repository, tmp_path):
    run = run_of(repository)
    (repository / "Snakefile").write_text("rule other:\n")
    git(repository, "commit", "--all", "-m", "other")
    with pytest.raises(InputError, match=f"run.json names commit {run['code']['commit'][:10]}, .* has another"):
        pack(tmp_path / "a.zip", repository, [], run)


NOTHING = {"commit": None, "date": None, "changed": None}


def test_the_commit_is_never_that_of_another_repository(repository, tmp_path, monkeypatch):
    ours = describe_commit(repository)
    assert len(ours["commit"]) == 40 and ours["date"][:2] == "20" and ours["changed"] is False
    outer = tmp_path / "outer"
    (outer / "unpacked").mkdir(parents=True)
    git(outer, "init")
    (outer / "notes").write_text("theirs")
    git(outer, "add", "notes")
    git(outer, "commit", "-m", "notes")
    (outer / "unpacked/Snakefile").write_text("rule all:\n")
    assert describe_commit(outer / "unpacked") == NOTHING
    # A repository at the same place, but of something else.
    (outer / "Snakefile").write_text("rule all:\n")
    assert describe_commit(outer) == NOTHING
    # As hooks of git see the world.
    monkeypatch.setenv("GIT_DIR", str(outer / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(outer))
    monkeypatch.setenv("GIT_INDEX_FILE", str(outer / ".git/index"))
    assert describe_commit(repository) == ours
    assert describe_commit(tmp_path) == NOTHING
    pack(tmp_path / "a.zip", repository, ["results/tables/energy.csv"], run_of(repository))
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert {"Snakefile", "config/config.yaml"} < set(archive.namelist())


def test_a_second_worktree_has_its_own_commit(repository, tmp_path):
    git(repository, "worktree", "add", tmp_path / "second")
    assert describe_commit(tmp_path / "second") == describe_commit(repository)


def test_a_repository_without_a_commit_or_without_git_has_none(tmp_path, monkeypatch):
    git(tmp_path, "init")
    (tmp_path / "Snakefile").write_text("rule all:\n")
    assert describe_commit(tmp_path) == NOTHING
    monkeypatch.setenv("PATH", str(tmp_path))
    assert describe_commit(tmp_path) == NOTHING
    (tmp_path / "git").write_text("no program")
    assert describe_commit(tmp_path) == NOTHING


def test_the_users_settings_of_git_change_nothing(repository, tmp_path, monkeypatch):
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\necho '[GNUPG:] GOODSIG 1 n' >&2\necho signed\n")
    program.chmod(0o755)
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n aaaa\n -----END PGP SIGNATURE-----\n\nall"
    head = subprocess.run(["git", "cat-file", "commit", "HEAD"], capture_output=True, text=True, check=True).stdout
    signed = subprocess.run(
        ["git", "hash-object", "-t", "commit", "-w", "--stdin"],
        input=head.replace("\n\nall", f"\n{signature}"), capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    git(repository, "reset", "--soft", signed)
    git(repository, "config", "core.fsmonitor", str(program))
    config = tmp_path / "gitconfig"
    config.write_text(f'[log]\nshowSignature = true\n[gpg]\nprogram = "{program}"\n[core]\nquotePath = true\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    shown = subprocess.run(["git", "log", "-1"], capture_output=True, text=True, check=True).stdout
    assert (tmp_path / "ran").exists() and len(shown.split("commit")) > 1
    (tmp_path / "ran").unlink()
    assert describe_commit(repository)["commit"] == signed
    assert not (tmp_path / "ran").exists()


@pytest.mark.skipif(os.getuid() != 0, reason="giving files to somebody else needs the rights of root")
def test_a_repository_that_belongs_to_somebody_else_is_read(repository, monkeypatch):
    before = describe_commit(repository)
    for path in (repository, *repository.rglob("*")):
        os.chown(path, 1234, 1234)
    monkeypatch.setenv("HOME", str(repository))
    refused = subprocess.run(["git", "log"], capture_output=True, text=True, check=False)
    assert "dubious ownership" in refused.stderr
    assert describe_commit(repository) == before


def test_code_that_is_in_no_commit_is_a_change(repository):
    (repository / "notes").write_text("mine")
    assert describe_commit(repository)["changed"] is False
    (repository / "workflow").mkdir()
    (repository / "workflow/new.smk").write_text("rule new:\n")
    assert describe_commit(repository)["changed"] is True


def test_files_of_any_name_are_packed(repository, tmp_path):
    (repository / "config/ä b.yaml").write_text("seeds: [2]\n")
    git(repository, "add", ".")
    git(repository, "commit", "-m", "more")
    pack(tmp_path / "a.zip", repository, [], run_of(repository))
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert "config/ä b.yaml" in archive.namelist()


def test_configuration_loses_the_paths_of_this_machine():
    folders = ["/a", "b/c", "../me", str(Path(__file__).parent)]
    config = {"files": {"train": "/home/me/samples.h5", "name": "mine"}, "seeds": [1], "folders": folders}
    assert portable(config) == {
        "files": {"train": "samples.h5", "name": "mine"},
        "seeds": [1],
        "folders": ["a", "b/c", "me", "tests/report"],
    }
