import sys

import pytest

from delaysnn.core.errors import InputError
from delaysnn.platforms.loihi import environment


def test_a_candidate_counts_only_if_it_runs_and_is_310(tmp_path, monkeypatch):
    shim = tmp_path / "python3.10"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setattr(environment, "candidates", lambda: iter([str(tmp_path / "absent"), str(shim), sys.executable]))
    assert environment.find_python() is None


def test_the_named_python_comes_first(monkeypatch):
    monkeypatch.setenv("LAVA_PYTHON", "/named/python")
    assert next(environment.candidates()) == "/named/python"


@pytest.mark.parametrize("variable", ["PYENV_ROOT", "HOME"])
def test_pyenvs_versions_are_found_wherever_it_is(tmp_path, monkeypatch, variable):
    root = tmp_path if variable == "PYENV_ROOT" else tmp_path / ".pyenv"
    python = root / "versions/3.10.13/bin/python"
    python.parent.mkdir(parents=True)
    python.touch()
    for name in ("PYENV_ROOT", "LAVA_PYTHON"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, str(tmp_path))
    assert list(environment.candidates()) == [str(python), "python3.10"]


@pytest.mark.parametrize("link", ["envs/lava", "envs"])
def test_what_a_link_leads_to_is_left_alone(tmp_path, link):
    own = tmp_path / "own/lava"
    own.mkdir(parents=True)
    (own / "file").touch()
    (tmp_path / link).parent.mkdir(exist_ok=True)
    (tmp_path / link).symlink_to(own if link == "envs/lava" else own.parent)
    with pytest.raises(InputError, match=f"{link}: is a link to .*own.* Remove the link"):
        environment.build(tmp_path / "envs/lava", tmp_path / "requirements.txt")
    assert (own / "file").exists()


def test_without_any_the_error_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "find_python", lambda: None)
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_PYTHON_PREFERENCE", "only-managed")
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path))
    with pytest.raises(InputError, match=r"Lava needs Python 3\.10; .* LAVA_PYTHON"):
        environment.build(tmp_path / "env", tmp_path / "requirements.txt")
