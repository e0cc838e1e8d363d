import os
from dataclasses import replace

import pytest
from small_training import SETTINGS, delayed_pairs

from delaysnn.settings.training import Training
from delaysnn.training import kernels, tries
from delaysnn.training.optimise import Run


@pytest.fixture
def compiler():
    if kernels.library() is None:
        message = "no C++ compiler: the compiled kernels are not tested"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)


@pytest.fixture
def settings():
    return SETTINGS


@pytest.fixture
def run(train, validation, tmp_path):
    """Make a run with a checkpoint of this name; what is named else is another part of it, or another setting."""

    def make(name="c", **changes):
        parts = {key: changes.pop(key) for key in ("train", "validation", "seed", "code") if key in changes}
        training = Training(**{**SETTINGS.model_dump(), **changes})
        return replace(Run(train, validation, training, 1, tmp_path / name), **parts)

    return make


@pytest.fixture
def train():
    return delayed_pairs(192, seed=0)


@pytest.fixture
def validation():
    return delayed_pairs(60, seed=1)


@pytest.fixture
def killed_after(monkeypatch):
    """Run something that is killed once so many epochs were saved."""

    def run(epochs, work):
        original, saved = tries.save, []

        def save_then_die(path, *state):
            original(path, *state)
            saved.append(path)
            if len(saved) == epochs:
                raise KeyboardInterrupt

        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(tries, "save", save_then_die)
            work()

    return run
