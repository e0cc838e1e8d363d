"""A run packed for publication: code, configuration, tables, figures and report with RO-Crate metadata."""

import os
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rocrate.rocrate import ROCrate

from delaysnn.core.errors import InputError
from delaysnn.core.files import atomic, portable_name

_PAPER = "https://arxiv.org/abs/2404.10597"
# What runs, as far as it is not told by the configuration.
_CODE = ("Snakefile", "workflow/", "envs/")
# The earliest that a zip can hold; times of writing would make every archive another one.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def describe_commit(repository: str | Path) -> dict[str, Any]:
    """Return the commit that is checked out, its date, and whether the code differs from it.

    The commit is ``None`` outside of git, as in an unpacked archive. It is ``None``, too, where the repository's folder
    is not under git, even inside another repository, and where the commit does not hold this code.
    """
    try:
        # Files the user keeps beside the code, such as an overlay, are no change of it.
        files = _git(repository, "status", "--porcelain", "-z", "--untracked-files=normal").split("\0")
        own = tuple(f"?? {name}" for name in _CODE)
        changed = any(file and (file[:2] != "??" or file.startswith(own)) for file in files)
        _git(repository, "rev-parse", "--verify", "HEAD:Snakefile")
        # As scripts should ask: `git log` prints what the user's settings say.
        _, commit, date = _git(repository, "rev-list", "--max-count=1", "--format=%cI", "HEAD").split()
    except (OSError, subprocess.CalledProcessError):
        return {"commit": None, "date": None, "changed": None}
    return {"commit": commit, "date": date, "changed": changed}


def portable(value: Any) -> Any:
    """Return configuration without what belongs to one machine: paths as :func:`delaysnn.core.files.portable_name`."""
    if isinstance(value, Mapping):
        return {key: portable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [portable(inner) for inner in value]
    leaves = isinstance(value, str) and (value.startswith("/") or ".." in Path(value).parts)
    return portable_name(value) if leaves else value


def pack(path: str | Path, repository: Path, results: Sequence[str | Path], run: Mapping[str, Any]) -> None:
    """Write a zip with RO-Crate metadata; the same run gives the same bytes.

    Args:
        path: of the zip.
        repository: whose committed files go into the archive.
        results: files below the working folder that go in with them.
        run: what :func:`describe_commit` and the configuration say, as rule ``describe_run`` writes it.

    Raises:
        InputError: the repository's files are not the committed ones, its commit is not the run's, or it is no git
            repository.
    """
    if run["code"]["commit"] is None or run["code"]["changed"]:
        found = "changes that are not committed" if run["code"]["changed"] else "no git history of its own"
        raise InputError(
            f"An archive names the commit that made it, but the repository has {found}; commit, run again."
        )
    here = describe_commit(repository)["commit"]
    if here != run["code"]["commit"]:
        raise InputError(
            f"run.json names commit {run['code']['commit'][:10]}, but the repository now has another, "
            f"{str(here)[:10]}; run again, so that the archive holds the code that made the results."
        )
    crate = ROCrate()
    crate.name = f"Spiking networks with synaptic delays on digital neuromorphic hardware: {run['data']['name']}"
    crate.description = "Code, configuration, tables, figures and report of one run of the workflow."
    crate.license = "MIT"
    crate.datePublished = datetime.fromisoformat(run["code"]["date"])
    crate.root_dataset["isBasedOn"] = {"@id": _PAPER}
    crate.root_dataset["version"] = run["code"]["commit"]
    crate.add_workflow(repository / "Snakefile", "Snakefile", main=True, lang="snakemake")
    for name in sorted(_git(repository, "ls-files", "-z").split("\0")):
        if name and name != "Snakefile":
            crate.add_file(repository / name, name)
    for name in sorted(map(str, results)):
        crate.add_file(name, name)
    with tempfile.TemporaryDirectory() as folder, atomic(path) as temporary:
        crate.write(folder)
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(entry for entry in Path(folder).rglob("*") if entry.is_file()):
                entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), _EPOCH)
                archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)


def _git(repository: str | Path, *arguments: str) -> str:
    """Ask git about this folder alone: not the one around it, nor the one that the environment names.

    With the folder named, git asks neither whose it is (`safe.directory`) nor a monitor of its files, which may be any
    program.
    """
    folder = Path(repository).resolve()
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name.startswith("GIT_CONFIG")
    }
    command = ["git", f"--git-dir={folder / '.git'}", f"--work-tree={folder}", "--no-optional-locks"]
    command += ["-c", "core.fsmonitor=false", *arguments]
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return run.stdout
