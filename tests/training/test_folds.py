import dataclasses

import numpy as np
import pytest

from delaysnn.training.folds import train_and_score

NETWORK = {"hidden": [16], "delays": True, "recurrent": False, "pruning": "synapse"}
DELAYS = {"max": 20, "stride": 2, "keep": 5}
PHASES = {
    "device": "cpu",
    "dense": {"epochs": 12, "learning_rate": 0.02},
    "pruned": {"epochs": 4, "learning_rate": 0.01},
    "quantised": {"epochs": 1, "learning_rate": 0.001},
}


@pytest.fixture
def scored(settings, train, validation, tmp_path):
    def run(test):
        data = {"train": train, "validation": validation, "test": test}
        rest = {"settings": settings | PHASES, "seed": 1, "checkpoint": tmp_path / f"{len(test)}.checkpoint"}
        cells = train_and_score(data, NETWORK, DELAYS, bits=8, **rest)
        return by_name(cells)

    return run


def by_name(cells):
    return {(cell.quantity, cell.split, cell.phase, cell.bits): cell.value for cell in cells}


# What a cell of each phase says of it: dense, pruned, quantised.
SCORED = [("dense", None), (None, None), (None, 8)]


def test_each_phase_is_scored_on_validation_and_on_test_samples_and_none_learns_from_the_test(scored, validation):
    wrong = dataclasses.replace(validation, labels=(validation.labels + 1) % 3)
    # So many that a network which learned from them would take the wrong names for the right ones.
    wrong = type(wrong).join([wrong] * 10)
    right_samples, wrong_samples = scored(validation), scored(wrong)
    assert set(right_samples) == {("accuracy", split, *phase) for split in (None, "validation") for phase in SCORED}
    for phase in SCORED:
        test, chosen = ("accuracy", None, *phase), ("accuracy", "validation", *phase)
        # The same network in both runs, whatever the test samples are called.
        assert right_samples[test] == right_samples[chosen] > 90
        assert wrong_samples[chosen] == right_samples[chosen]
        assert wrong_samples[test] < 10


def test_a_network_whose_loss_reads_membranes_is_scored_by_them_too(settings, train, validation, tmp_path):
    brief = {key: {**PHASES[key], "epochs": 1} for key in ("dense", "pruned", "quantised")}
    changed = settings | PHASES | brief | {"loss": "mean_membrane"}
    data = {"train": train, "validation": validation, "test": validation}
    cells = train_and_score(data, NETWORK, DELAYS, 8, changed, 1, tmp_path / "c")
    found = by_name(cells)
    for phase in SCORED:
        test, chosen = (("accuracy_membranes", split, *phase) for split in (None, "validation"))
        assert found[test] == found[chosen]
    assert len(found) == 12
    # One epoch leaves output spikes undecided, so what they say is not what membranes say.
    assert found["accuracy_membranes", None, "dense", None] != found["accuracy", None, "dense", None]


def test_a_recurrent_network_is_scored_too_but_not_quantised(settings, train, validation, tmp_path):
    network = NETWORK | {"delays": False, "recurrent": True, "pruning": "none"}
    data = {"train": train, "validation": validation, "test": validation.select(np.arange(9))}
    brief = {key: {**PHASES[key], "epochs": 1} for key in ("dense", "pruned", "quantised")}
    cells = train_and_score(data, network, DELAYS, 8, settings | PHASES | brief, 1, tmp_path / "c")
    assert {(cell.phase, cell.bits) for cell in cells if cell.split is None} == {("dense", None), (None, None)}
