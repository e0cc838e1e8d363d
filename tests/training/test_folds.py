import dataclasses

import numpy as np
import pytest

from delaysnn.settings.networks import KeptLevels, Network
from delaysnn.settings.training import Phase, Phases
from delaysnn.training.folds import train_and_score

NETWORK = Network(hidden=[16], delays=True, pruning="synapse")
DELAYS = KeptLevels(max=20, stride=2, keep=5)


def phases(dense, pruned, quantised):
    parts = {"dense": (dense, 0.02), "pruned": (pruned, 0.01), "quantised": (quantised, 0.001)}
    return {key: Phase(epochs=epochs, learning_rate=rate) for key, (epochs, rate) in parts.items()}


@pytest.fixture
def scored(settings, validation, run):
    def score(test=validation, network=NETWORK, epochs=(1, 1, 1), **changes):
        course = Phases(**{**dict(settings), "decay_groups": 4, **phases(*epochs), **changes})
        cells = train_and_score([run(str(len(test)), **changes)], test, network, DELAYS, 8, course)[0]
        return {(cell.quantity, cell.split, cell.phase, cell.bits): cell.value for cell in cells}

    return score


@pytest.mark.parametrize("pruning", ["synapse", "refined", "gradual"])
def test_networks_of_one_job_are_scored_as_each_alone(settings, validation, run, pruning):
    network = NETWORK.model_copy(update={"pruning": pruning})
    course = Phases(**{**dict(settings), "decay_groups": 4, **phases(1, 2, 1)})

    def score(name, *seeds):
        runs = [run(f"{name}{seed}", seed=seed) for seed in seeds]
        return train_and_score(runs, validation, network, DELAYS, 8, course)

    alone = [score("alone", seed)[0] for seed in (1, 2)]
    assert score("together", 1, 2) == alone
    assert alone[0] != alone[1]


def test_a_job_that_was_killed_goes_on_with_each_of_its_networks(settings, validation, run, killed_after):
    course = Phases(**{**dict(settings), "decay_groups": 4, **phases(2, 2, 1)})

    def score(name):
        runs = [run(f"{name}{seed}", seed=seed) for seed in (1, 2)]
        return train_and_score(runs, validation, NETWORK, DELAYS, 8, course)

    expected = score("whole")
    # The second network has fine-tuned one epoch of two.
    killed_after(10, lambda: score("stopped"))
    assert score("stopped") == expected


# What a cell of each phase says of it: dense, pruned, quantised.
SCORED = [("dense", None), (None, None), (None, 8)]


def test_each_phase_is_scored_on_validation_and_on_test_samples_and_none_learns_from_the_test(scored, validation):
    wrong = dataclasses.replace(validation, labels=(validation.labels + 1) % 3)
    # So many that a network which learned from them would take the wrong names for the right ones.
    wrong = type(wrong).join([wrong] * 10)
    right_samples, wrong_samples = (scored(test, epochs=(12, 4, 1)) for test in (validation, wrong))
    assert set(right_samples) == {("accuracy", split, *phase) for split in (None, "validation") for phase in SCORED}
    for phase in SCORED:
        test, chosen = ("accuracy", None, *phase), ("accuracy", "validation", *phase)
        # The same network in both runs, whatever the test samples are called.
        assert right_samples[test] == right_samples[chosen] > 90
        assert wrong_samples[chosen] == right_samples[chosen]
        assert wrong_samples[test] < 10


def test_a_network_whose_loss_reads_membranes_is_scored_by_them_too(scored):
    found = scored(loss="mean_membrane")
    for phase in SCORED:
        test, chosen = (("accuracy_membranes", split, *phase) for split in (None, "validation"))
        assert found[test] == found[chosen]
    assert len(found) == 12
    # One epoch leaves output spikes undecided, so what they say is not what membranes say.
    assert found["accuracy_membranes", None, "dense", None] != found["accuracy", None, "dense", None]


def test_a_recurrent_network_is_scored_too_but_not_quantised(scored, validation):
    network = Network(hidden=[16], delays=False, recurrent=True, pruning="none")
    found = scored(validation.select(np.arange(9)), network)
    assert {key[2:] for key in found if key[1] is None} == {("dense", None), (None, None)}
