from dataclasses import replace

import numpy as np
import pytest

from delaysnn.core.dataset import Dataset
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.settings.training import Augmentation, Training
from delaysnn.training import optimise
from delaysnn.training.optimise import Run

SETTINGS = Training(
    device="cpu",
    threshold=0.3,
    surrogate_slope=10,
    decay=[0.6, 0.98],
    loss="spike_count",
    logit_gain=0.3,
    label_smoothing=0,
    batch=16,
    schedule="one_cycle",
    decay_rate_factor=5,
    warm_up=0.2,
    gradient_norm=5,
    weight_decay=0,
    dropout=0,
    choose="best",
    augmentation=Augmentation(
        channel_shift=0,
        pitch_shift=0,
        channel_stretch=0,
        channel_jitter=0,
        time_shift=0,
        time_stretch=0,
        channel_fade=0,
        drop=[0.1, 0.1],
    ),
)


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


def delayed_pairs(samples, seed):
    """Two clicks; the class is the time between them, so that only a network with memory can tell."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 3, samples)
    spikes = np.zeros((32, samples, 12))
    for sample, label in enumerate(labels):
        start = random.integers(0, 6)
        spikes[start, sample, :6] = 1
        spikes[start + (4, 10, 16)[label], sample, 6:] = 1
    return Dataset(SpikeTrains.from_dense(spikes), labels, np.zeros(samples), "delayed_pairs", 3, 0.02)


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
        original, saved = optimise.save, []

        def save_then_die(path, *state):
            original(path, *state)
            saved.append(path)
            if len(saved) == epochs:
                raise KeyboardInterrupt

        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(optimise, "save", save_then_die)
            work()

    return run
