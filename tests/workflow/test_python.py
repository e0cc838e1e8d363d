"""Which Python make takes, and how one is brought where there is no 3.11 (envs/python.sh)."""

import os
import re
import shutil
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = "sh sed grep head cut uname mkdir chmod rm dirname curl sha256sum unzip perl".split()
UV = Path(sys.prefix) / "bin/uv"
OURS = Path(sys.base_prefix) / "bin"


@pytest.fixture
def machine(tmp_path):
    """A machine without Python: programs, an empty home, and a folder in which uv's own Pythons would be."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in TOOLS:
        (programs / name).symlink_to(shutil.which(name))
    shutil.copytree(ROOT / "envs", tmp_path / "envs", ignore=shutil.ignore_patterns("ready"))
    known = {name: value for name, value in os.environ.items() if "CERT" in name or "CA_BUNDLE" in name}
    return tmp_path, programs, known | {
        "PATH": str(programs),
        "HOME": str(tmp_path / "home"),
        "UV_PYTHON_INSTALL_DIR": str(tmp_path / "pythons"),
        # Nothing is fetched from where uv's Pythons lie.
        "UV_PYTHON_INSTALL_MIRROR": "http://127.0.0.1:9",
        "UV_HTTP_RETRIES": "0",
    }  # fmt: skip


def find(machine):
    folder, _, environment = machine
    run = subprocess.run(
        ["sh", folder / "envs/python.sh"], env=environment, capture_output=True, text=True, check=False
    )
    return run.returncode, run.stdout.strip(), run.stderr


def give_managed(folder):
    """A Python 3.11 as uv keeps it, once it is fetched."""
    name = f"cpython-3.11.{sys.version_info[2]}-linux-x86_64-gnu"
    (folder / "pythons" / name).mkdir(parents=True)
    (folder / "pythons" / name / "bin").symlink_to(OURS)
    return folder / "pythons" / name / "bin/python3.11"


def test_the_first_3_11_on_the_path_is_taken(machine):
    _, programs, _ = machine
    for name, version in (("python3.11", "broken"), ("python3", "3 11"), ("python", "3 11")):
        (programs / name).write_text(f"#!/bin/sh\necho {version}\n")
        (programs / name).chmod(0o755)
    assert find(machine) == (0, "python3", "")


def test_an_uv_that_is_there_says_where_a_3_11_is(machine):
    folder, programs, _ = machine
    (programs / "uv").symlink_to(UV)
    managed = give_managed(folder)
    assert find(machine) == (0, str(managed), "")


def test_where_uv_cannot_fetch_one_it_says_what_to_do(machine):
    _, programs, _ = machine
    (programs / "uv").symlink_to(UV)
    code, found, said = find(machine)
    assert code and not found
    assert "uv could not fetch Python 3.11 either" in said and "UV_PYTHON_INSTALL_MIRROR" in said


def test_where_nothing_can_fetch_anything_it_says_what_is_needed(machine):
    _, programs, _ = machine
    (programs / "curl").unlink()
    code, _, said = find(machine)
    assert code and "uv, pip, curl or wget. Install one of these, or Python 3.11" in said


def test_an_uv_with_another_checksum_is_not_used(machine):
    folder, _, environment = machine
    (version,) = re.findall(r"^uv==([\d.]+)", (ROOT / "envs/uv/requirements.txt").read_text(), re.MULTILINE)
    index = folder / "index/uv"
    index.mkdir(parents=True)
    wheel = f"uv-{version}-py3-none-manylinux_2_17_{os.uname().machine}.whl"
    (index / wheel).write_text("something else")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=index.parent)) as server:
        threading.Thread(target=server.serve_forever).start()
        address = f"http://127.0.0.1:{server.server_port}"
        (index / "index.html").write_text(f'<a href="{address}/uv/{wheel}#sha256={"0" * 64}">{wheel}</a>')
        environment["PIP_INDEX_URL"] = address
        code, found, said = find(machine)
        server.shutdown()
    assert code and not found and f"{wheel}: its checksum is none of those in envs/uv/requirements.txt" in said
    assert not (folder / ".envs/uv/bin/uv").exists()


def fetch(machine, how):
    folder, _, _ = machine
    managed = give_managed(folder)
    code, found, said = find(machine)
    assert (code, found) == (0, str(managed)), said
    assert f"uv is fetched{how}, which brings one" in said
    # The next call fetches nothing.
    assert find(machine) == (0, str(managed), "")


@pytest.mark.slow  # uv is fetched, 20 MB
@pytest.mark.parametrize("minor", [8, 12, 13, 14])
def test_pip_of_another_python_brings_uv(machine, minor):
    name = f"python3.{minor}"
    kept = Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/{name}")
    places = [*kept, *filter(None, [shutil.which(name)])]
    python = next((path for path in places if not subprocess.call([path, "-m", "pip", "--version"])), None)
    if python is None:
        pytest.skip(f"{name} with pip is not on this machine")
    (machine[1] / "python3").symlink_to(python)
    fetch(machine, " by pip")


@pytest.mark.slow  # uv is fetched, 20 MB
@pytest.mark.parametrize("unpack", ["unzip", "perl"])
def test_without_any_python_curl_brings_uv(machine, unpack):
    (machine[1] / {"unzip": "perl", "perl": "unzip"}[unpack]).unlink()
    fetch(machine, "")
