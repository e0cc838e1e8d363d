"""The Containerfile's lines are followed in a Debian that debootstrap makes."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# By the number in the image's tag.
SUITES = {"12": "bookworm", "13": "trixie"}
BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")


def lines():
    """Every line of the Containerfile, as a word and what follows it."""
    text = (ROOT / "Containerfile").read_text()
    return re.findall(r"^([A-Z]+) (.*)$", text, re.MULTILINE)


def of(word):
    return [rest for name, rest in lines() if name == word]


def test_it_is_built_of_words_that_the_test_below_follows():
    assert {word for word, _ in lines()} == {"FROM", "RUN", "WORKDIR", "COPY", "CMD"}
    assert of("COPY") == [". ."] and json.loads(of("CMD")[0]) == ["make"]
    # What git does not know stays outside. Podman reads this file, too.
    ignored = (ROOT / ".dockerignore").read_text()
    assert {".venv", ".envs", "results", "logs", ".snakemake"} == set(ignored.split())


@pytest.fixture(scope="module")
def debian(tmp_path_factory):
    """A root of the image's Debian, with the names, certificates and wheels that this machine has."""
    if os.geteuid() or shutil.which("debootstrap") is None:
        message = "the Containerfile is not followed: that needs the rights of root and debootstrap"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    (number,) = re.findall(r"/debian:(\d+)-slim$", of("FROM")[0])
    root = tmp_path_factory.mktemp("debian") / "root"
    subprocess.run(["debootstrap", "--variant=minbase", SUITES[number], root], check=True, capture_output=True)
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    # Of a container, too, these are the machine's.
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "DEBIAN_FRONTEND": "noninteractive"}
    if BUNDLE.exists():
        shutil.copy(BUNDLE, root / "bundle.crt")
        environment |= dict.fromkeys(("PIP_CERT", "SSL_CERT_FILE"), "/bundle.crt")
    if wheels := os.environ.get("PIP_FIND_LINKS"):
        shutil.copytree(wheels, root / "wheels")
        environment["PIP_FIND_LINKS"] = "/wheels"
    for name in ("proc", "dev"):
        subprocess.run(["mount", "--rbind", f"/{name}", root / name], check=True)
        subprocess.run(["mount", "--make-rslave", root / name], check=True)
    yield root, environment
    for name in ("proc", "dev"):
        subprocess.run(["umount", "--recursive", root / name], check=True)


@pytest.mark.slow  # three minutes
def test_its_lines_make_a_machine_on_which_the_first_look_runs(debian):
    root, environment = debian
    folder = "/"

    def run(command):
        script = f"cd {folder} && {command}"
        done = subprocess.run(["chroot", root, "sh", "-ec", script], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]

    for word, rest in lines():
        if word == "RUN":
            run(rest)
        elif word == "WORKDIR":
            folder = rest
            (root / folder.lstrip("/")).mkdir()
        elif word == "COPY":
            known = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
            for name in known.stdout.split("\0")[:-1]:
                target = root / folder.lstrip("/") / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, target)
    run("make demo")
    assert "spoken digits" in (root / folder.lstrip("/") / "results/demo.html").read_text()
