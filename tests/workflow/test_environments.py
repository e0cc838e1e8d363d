"""Environments: those that are there are used or left as they are, new ones hold what is locked."""

import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import distributions
from pathlib import Path

import pytest
from dry_runs import dry_run
from forked_runs import snakemake
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from delaysnn.core import environments
from delaysnn.core.errors import InputError
from delaysnn.core.files import sha256

ROOT = Path(__file__).parents[2]
LOCKS = sorted(ROOT.glob("envs/*/requirements.txt"))


def test_an_environment_older_than_the_clone_is_used(tmp_path):
    ready = tmp_path / ".envs/lava/ready"
    ready.parent.mkdir(parents=True)
    ready.touch()
    os.utime(ready, (1, 1))
    run = dry_run(tmp_path, ".envs/lava/ready")
    assert run.returncode == 0 and "Nothing to be done" in run.stdout + run.stderr, run.stdout + run.stderr


@pytest.mark.parametrize("name", ["lava", "peers", "lava_dl"])
def test_an_environment_that_is_a_link_is_not_made_anew(tmp_path, name):
    own = tmp_path / "own"
    own.mkdir()
    # Older than what the environments of peers and lava-dl are made by.
    for file in ("file",) if name == "lava" else ("file", "ready"):
        (own / file).touch()
        os.utime(own / file, (1, 1))
    (tmp_path / ".envs").mkdir()
    (tmp_path / f".envs/{name}").symlink_to(own)
    before = sorted(own.iterdir())
    run = snakemake(tmp_path, "--cores", "1", f".envs/{name}/ready")
    assert run.returncode != 0
    assert f".envs/{name}: is a link to {own}, so nothing is built or deleted" in run.stdout + run.stderr
    assert sorted(own.iterdir()) == before


@pytest.fixture
def index(tmp_path):
    """Serve one package, as an index of Python packages does; return its address and the package's checksum."""
    wheel = tmp_path / "index/one/one-1.0-py3-none-any.whl"
    wheel.parent.mkdir(parents=True)
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("one.py", "")
        archive.writestr("one-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: one\nVersion: 1.0\n")
        archive.writestr("one-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("one-1.0.dist-info/RECORD", "")
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "index"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}", sha256(wheel)
        server.shutdown()


def test_a_lock_is_installed_from_the_index_that_pip_is_told(tmp_path, monkeypatch, index):
    address, checksum = index
    monkeypatch.setenv("PIP_INDEX_URL", address)
    environments.create(tmp_path / "environment", sys.executable)
    lock = tmp_path / "lock.txt"
    lock.write_text(f"one==1.0 --hash=sha256:{checksum}\n")
    environments.install(tmp_path / "environment", lock)
    assert list((tmp_path / "environment").rglob("site-packages/one.py"))
    lock.write_text(f"one==1.0 --hash=sha256:{'0' * 64}\n")
    environments.create(tmp_path / "environment", sys.executable)
    with pytest.raises(InputError, match=r"(?s)uv pip install .*failed.*[Hh]ash mismatch"):
        environments.install(tmp_path / "environment", lock)


@pytest.mark.parametrize("writes", [True, False])
def test_packages_are_compiled_once_where_python_writes_no_bytecode(tmp_path, monkeypatch, index, writes):
    address, checksum = index
    monkeypatch.setenv("PIP_INDEX_URL", address)
    monkeypatch.setattr(sys, "dont_write_bytecode", not writes)
    environments.create(tmp_path / "environment", sys.executable)
    lock = tmp_path / "lock.txt"
    lock.write_text(f"one==1.0 --hash=sha256:{checksum}\n")
    environments.install(tmp_path / "environment", lock)
    assert bool(list((tmp_path / "environment").rglob("one.*.pyc"))) != writes


def test_uv_trusts_what_pip_trusts_unless_it_is_told_itself(tmp_path, monkeypatch):
    (tmp_path / "pip.conf").write_text("[global]\ncert = /of/the/file\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    for name in ("PIP_CERT", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    assert environments.as_pip()["SSL_CERT_FILE"] == "/of/the/file"
    monkeypatch.setenv("PIP_CERT", "/of/the/variable")
    assert environments.as_pip()["SSL_CERT_FILE"] == "/of/the/variable"
    monkeypatch.setenv("SSL_CERT_FILE", "/of/its/own")
    assert environments.as_pip()["SSL_CERT_FILE"] == "/of/its/own"


def locked(lock):
    """Return the version of every package that a lock file has for this Python."""
    lines = re.findall(r"^([a-z0-9].*) \\$", lock.read_text(), re.MULTILINE)
    pinned = [Requirement(line) for line in lines]
    return {each.name: str(each.specifier) for each in pinned if each.marker is None or each.marker.evaluate()}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.parent.name)
def test_every_locked_package_has_a_version_and_a_checksum_but_no_host(lock):
    text = re.sub(r"^( *#.*)?\n", "", lock.read_text(), flags=re.MULTILINE)
    one = r"[a-z0-9.-]+==[^ ;]+( ;.*)?( \\\n    --hash=sha256:[0-9a-f]{64})+\n"
    assert re.fullmatch(rf"({one})+", text)
    assert "://" not in lock.read_text()


def test_locks_hold_what_their_sources_name(tmp_path):
    """``make lock`` changes no version."""
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "envs", tmp_path / "envs")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    command = ["make", "lock", "--assume-old=.venv/ready"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    for lock in LOCKS:
        assert locked(tmp_path / lock.relative_to(ROOT)) == locked(lock)


def test_what_runs_here_is_what_is_locked():
    installed = {canonicalize_name(each.name): f"=={each.version}" for each in distributions()}
    pins = locked(ROOT / "envs/main/requirements.txt") | locked(ROOT / "envs/uv/requirements.txt")
    assert {name: installed.get(name) for name in pins} == pins
