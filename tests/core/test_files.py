"""Every format comes back as it was written, byte for byte the same each time, and says what is wrong with a file."""

import dataclasses

import numpy as np
import pytest

from delaysnn.core.arrays import read_npz, write_npz
from delaysnn.core.dataset import Dataset, read_dataset, write_dataset
from delaysnn.core.errors import InputError
from delaysnn.core.files import atomic, remove_leftovers, sha256
from delaysnn.core.metrics import Cell, Metrics, read_metrics, share, write_metrics
from delaysnn.core.network import read_network
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.core.traces import Traces, decide, read_traces, write_traces


def random_trains(n_neurons, seed=0):
    return SpikeTrains.from_dense(np.random.default_rng(seed).random((6, 4, n_neurons)) < 0.3)


def test_splits_joined_and_selected_are_the_same_samples():
    def split(seed):
        return Dataset(random_trains(7, seed), np.arange(4), 10 * seed + np.arange(4), "random", 4, 0.1)

    joined = Dataset.join([split(1), split(2)])
    assert len(joined) == 8 and joined.speakers.tolist() == [10, 11, 12, 13, 20, 21, 22, 23]
    chosen = joined.select(np.array([6, 1]))
    assert chosen.speakers.tolist() == [22, 11] and chosen.labels.tolist() == [2, 1]
    assert (chosen.spikes.dense()[:, 0] == split(2).spikes.dense()[:, 2]).all()


def test_the_finer_steps_of_a_split_go_with_its_samples(tmp_path):
    fine = SpikeTrains.from_dense(np.random.default_rng(1).random((12, 4, 9)) < 0.2)
    split = Dataset(fine.coarser(2), np.arange(4), np.zeros(4), "random", 4, 0.02, fine=fine)
    assert split.substeps == 2 and split.finest is fine
    write_dataset(tmp_path / "a.npz", Dataset.join([split, split]).select(np.array([6, 1])))
    again = read_dataset(tmp_path / "a.npz")
    assert (again.fine.dense() == fine.dense()[:, [2, 1]]).all()
    assert (again.spikes.dense() == split.spikes.dense()[:, [2, 1]]).all()
    assert Dataset.join([split, dataclasses.replace(split, fine=None)]).fine is None


def test_atomic_leaves_nothing_behind_after_an_error(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(RuntimeError), atomic(target) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_what_killed_processes_left_is_removed_and_nothing_else(tmp_path):
    others = [".a.txt", ".hidden", "a.12.txt", "a.txt"]
    with atomic(tmp_path / "inner/b.txt") as temporary:
        temporary.write_text("half")
        for name in others:
            (temporary.parent / name).write_text("whole")
        remove_leftovers(tmp_path)
        assert sorted(path.name for path in temporary.parent.iterdir()) == others
        temporary.write_text("whole")


def test_dataset_round_trip(tmp_path):
    dataset = Dataset(random_trains(9), np.arange(4), np.array([0, 0, 1, -1]), "random", 4, 0.02, {"sha256": "0"})
    write_dataset(tmp_path / "a.npz", dataset)
    write_dataset(tmp_path / "b.npz", dataset)
    again = read_dataset(tmp_path / "a.npz")
    assert (again.spikes.dense() == dataset.spikes.dense()).all()
    assert (again.labels == dataset.labels).all() and (again.speakers == dataset.speakers).all()
    assert (again.name, again.n_classes, again.step_s, again.provenance) == ("random", 4, 0.02, {"sha256": "0"})
    assert sha256(tmp_path / "a.npz") == sha256(tmp_path / "b.npz")


def test_traces_round_trip(tmp_path):
    layers = (random_trains(5), random_trains(3, seed=1))
    traces = Traces(layers, np.arange(4), np.array([0, 1, 0, 0]), "loihi", {"rule": "x"})
    write_traces(tmp_path / "a.npz", traces)
    again = read_traces(tmp_path / "a.npz")
    assert all((a.dense() == b.dense()).all() for a, b in zip(again.layers, layers, strict=True))
    assert again.accuracy == 0.5
    assert again.platform == "loihi" and again.scores is None and again.potentials is None
    potentials = np.arange(24, dtype=np.int32).reshape(4, 2, 3)
    decided = dataclasses.replace(traces, scores=potentials.sum(axis=1) / 7, potentials=potentials)
    write_traces(tmp_path / "b.npz", decided)
    again = read_traces(tmp_path / "b.npz")
    assert (again.scores == decided.scores).all() and (again.potentials == potentials).all()
    assert again.potentials.dtype == np.int32


def test_most_spikes_decide_then_the_earlier_then_the_lower_index():
    spikes = np.zeros((6, 4, 3))
    spikes[[0, 1, 5], 0, 2] = 1  # neuron 2 has most spikes, though late
    spikes[[0, 1], 0, 0] = 1
    spikes[[0, 4], 1, 1] = 1  # equal counts: neuron 2 reaches its count first
    spikes[[2, 3], 1, 2] = 1
    spikes[3, 2, [1, 2]] = 1  # equal in count and time
    assert decide(SpikeTrains.from_dense(spikes)).tolist() == [2, 2, 1, 0]


def test_metrics_round_trip(tmp_path):
    cells = (
        Cell("loihi", "accuracy", "%", 80.5, levels=5, bits=4),
        share("pytorch", "accuracy", np.array([True, False]), control="random", phase="dense", split="validation"),
    )
    metrics = Metrics("48", 1, "random", cells, {"list": [1, 2]}, {"rule": "x"})
    write_metrics(tmp_path / "a.json", metrics)
    assert read_metrics(tmp_path / "a.json") == metrics


@pytest.mark.parametrize("read", [read_dataset, read_traces, read_network, read_metrics, read_npz])
def test_missing_and_broken_files_are_named(tmp_path, read):
    path = tmp_path / "gone.npz"
    with pytest.raises(InputError, match="gone"):
        read(path)
    path.write_bytes(b"not a file of ours")
    path.with_suffix(".json").write_text("{}")
    with pytest.raises(InputError, match="gone"):
        read(path)


def test_pickles_are_refused(tmp_path):
    np.savez(tmp_path / "evil.npz", x=np.array([{"a": 1}], dtype=object))
    with pytest.raises(InputError, match=r"evil\.npz"):
        read_npz(tmp_path / "evil.npz")


def test_required_keys_are_named(tmp_path):
    write_npz(tmp_path / "a.npz", {"x": np.zeros(2)})
    with pytest.raises(InputError, match="labels"):
        read_npz(tmp_path / "a.npz", required=("x", "labels"))
