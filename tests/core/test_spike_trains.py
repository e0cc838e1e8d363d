import numpy as np
import pytest

from delaysnn.core.errors import InputError
from delaysnn.core.spike_trains import SpikeTrains


@pytest.fixture
def spikes():
    return np.random.default_rng(0).random((7, 5, 11)) < 0.2


def test_dense_and_events_are_the_same_spikes(spikes):
    trains = SpikeTrains.from_dense(spikes)
    assert (trains.dense() == spikes).all()
    assert (trains.counts() == spikes.sum(axis=0)).all()


def test_events_are_sorted_by_sample_step_and_neuron(spikes):
    trains = SpikeTrains.from_dense(spikes)
    keys = (trains.samples * trains.n_steps + trains.steps) * trains.n_neurons + trains.neurons
    assert (np.diff(keys) > 0).all()


def test_selection_keeps_order_and_repeats(spikes):
    chosen = [4, 0, 0, 2]
    assert (SpikeTrains.from_dense(spikes).select(chosen).dense() == spikes[:, chosen]).all()


def test_joined_parts_follow_one_another(spikes):
    parts = [SpikeTrains.from_dense(spikes[:, samples]) for samples in ([0, 1], [2], [3, 4])]
    assert (SpikeTrains.join(parts).dense() == spikes).all()


@pytest.mark.parametrize("factor", [1, 2, 3])
def test_coarser_steps_hold_the_spikes_of_the_finer_ones(spikes, factor):
    whole = np.zeros((-(-len(spikes) // factor), factor, *spikes.shape[1:]), bool)
    whole.reshape(-1, *spikes.shape[1:])[: len(spikes)] = spikes
    assert (SpikeTrains.from_dense(spikes).coarser(factor).dense() == whole.any(axis=1)).all()


def test_silent_samples_survive():
    trains = SpikeTrains.from_dense(np.zeros((3, 2, 4)))
    assert len(trains) == 2
    assert trains.dense().shape == (3, 2, 4)


@pytest.mark.parametrize(
    ("key", "damage"),
    [
        ("counts", lambda a: a[:-1]),
        ("counts", lambda a: a.ravel()),
        ("neurons", lambda a: a + 11),
        ("neurons", lambda a: a[1:]),
    ],
)
def test_contradicting_arrays_are_refused(spikes, key, damage):
    arrays = SpikeTrains.from_dense(spikes).to_arrays("x")
    arrays[f"x_{key}"] = damage(arrays[f"x_{key}"])
    with pytest.raises(InputError, match=r"file\.npz"):
        SpikeTrains.from_arrays(arrays, "x", "file.npz")


def test_missing_array_is_named(spikes):
    arrays = SpikeTrains.from_dense(spikes).to_arrays("x")
    del arrays["x_neurons"]
    with pytest.raises(InputError, match="x_neurons"):
        SpikeTrains.from_arrays(arrays, "x", "file.npz")


def test_stored_arrays_give_the_same_spikes(spikes):
    trains = SpikeTrains.from_dense(spikes)
    again = SpikeTrains.from_arrays(trains.to_arrays("x"), "x", "file.npz")
    assert (again.dense() == spikes).all()
    assert (again.offsets == trains.offsets).all()
