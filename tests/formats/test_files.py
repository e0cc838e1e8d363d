"""Every format comes back as it was written, byte for byte the same each time, and says what is wrong with a file."""

import dataclasses
import json

import numpy as np
import pytest
import safetensors.numpy
import safetensors.torch
import torch

from delaysnn.errors import InputError
from delaysnn.files import atomic, remove_leftovers, sha256
from delaysnn.formats.arrays import read_npz, write_npz
from delaysnn.formats.dataset import Dataset, read_dataset, write_dataset
from delaysnn.formats.metrics import Cell, Metrics, read_metrics, write_metrics
from delaysnn.formats.network import Layer, Network, read_network, write_network
from delaysnn.formats.spike_trains import SpikeTrains
from delaysnn.formats.traces import Traces, decide, read_traces, write_traces


def random_trains(n_neurons, seed=0):
    return SpikeTrains.from_dense(np.random.default_rng(seed).random((6, 4, n_neurons)) < 0.3)


def random_network():
    rng = np.random.default_rng(0)
    layers = tuple(
        Layer(
            weights=rng.normal(size=(levels, pre, post)).astype(np.float32),
            delay_levels=tuple(range(0, 2 * levels, 2)),
            decay=rng.uniform(0, 1, post).astype(np.float32),
            threshold=np.full(post, 0.3, np.float32),
        )
        for levels, pre, post in [(1, 9, 5), (3, 5, 4)]
    )
    return Network(layers, n_steps=6, name="tiny", seed=1, dataset="random")


def test_splits_joined_and_selected_are_the_same_words():
    def split(seed):
        return Dataset(random_trains(7, seed), np.arange(4), 10 * seed + np.arange(4), "random", 4, 0.1)

    joined = Dataset.join([split(1), split(2)])
    assert len(joined) == 8 and joined.speakers.tolist() == [10, 11, 12, 13, 20, 21, 22, 23]
    chosen = joined.select(np.array([6, 1]))
    assert chosen.speakers.tolist() == [22, 11] and chosen.labels.tolist() == [2, 1]
    assert (chosen.spikes.dense()[:, 0] == split(2).spikes.dense()[:, 2]).all()


def test_the_finer_steps_of_a_split_go_with_its_words(tmp_path):
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
    assert again.platform == "loihi"


def test_most_spikes_decide_then_the_earlier_then_the_lower_index():
    spikes = np.zeros((6, 4, 3))
    spikes[[0, 1, 5], 0, 2] = 1  # neuron 2 has most spikes, though late
    spikes[[0, 1], 0, 0] = 1
    spikes[[0, 4], 1, 1] = 1  # equal counts: neuron 2 reaches its count first
    spikes[[2, 3], 1, 2] = 1
    spikes[3, 2, [1, 2]] = 1  # equal in count and time
    assert decide(SpikeTrains.from_dense(spikes)).tolist() == [2, 2, 1, 0]


def test_network_round_trip(tmp_path):
    network = random_network()
    write_network(tmp_path / "a.safetensors", network)
    again = read_network(tmp_path / "a.safetensors")
    assert again.topology == (9, 5, 4)
    assert again.parameters == 9 * 5 + 3 * 5 * 4
    assert again.layers[1].delay_levels == (0, 2, 4)
    assert (again.layers[1].weights == network.layers[1].weights).all()


def recurrent_network(recurrent):
    network = random_network()
    first, second = network.layers
    return dataclasses.replace(network, layers=(dataclasses.replace(first, recurrent=recurrent), second))


def test_recurrent_weights_round_trip_and_count(tmp_path):
    recurrent = np.random.default_rng(1).normal(size=(5, 5)).astype(np.float32)
    write_network(tmp_path / "a.safetensors", recurrent_network(recurrent))
    again = read_network(tmp_path / "a.safetensors")
    assert (again.layers[0].recurrent == recurrent).all() and again.layers[1].recurrent is None
    assert again.parameters == random_network().parameters + 25


@pytest.mark.parametrize(
    ("recurrent", "words"),
    [
        (np.ones((5, 4), np.float32), r"layer 0: recurrent must be .* same 5 neurons, found shape \(5, 4\)"),
        (np.full((5, 5), np.inf, np.float32), "layer 0: recurrent holds a value that is not finite"),
    ],
)
def test_recurrent_weights_that_cannot_be_are_refused(tmp_path, recurrent, words):
    with pytest.raises(InputError, match=words):
        write_network(tmp_path / "a.safetensors", recurrent_network(recurrent))


def test_metrics_round_trip(tmp_path):
    metrics = Metrics("48", 1, "random", (Cell("loihi", "accuracy", "%", 80.5),), {"list": [1, 2]}, {"rule": "x"})
    write_metrics(tmp_path / "a.json", metrics)
    assert read_metrics(tmp_path / "a.json") == metrics
    assert metrics.value("loihi", "accuracy") == 80.5
    with pytest.raises(KeyError):
        metrics.value("loihi", "energy")


def edit_json(path, **changes):
    content = json.loads(path.read_text()) | changes
    path.write_text(json.dumps(content))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "other"}, "format"),
        ({"version": 99}, "version 99"),
        ({"layers": []}, "no layers"),
        ({"layers": [{"delay_levels": [0]}, {"delay_levels": [0, 2]}]}, "layer 1: 3 weight matrices"),
        ({"layers": [{"delay_levels": [0]}, {"delay_levels": [0, 4, 2]}]}, "must increase"),
        ({"layers": [{"delay_levels": [0]}] * 3}, "layer2.weights"),
        (
            {"layers": [{"delay_levels": [0]}, {"delay_levels": [0, 1.5, 4]}]},
            r"layer 1: .* whole .* found \(0, 1.5, 4\)",
        ),
        ({"layers": [{"delay_levels": ["a"]}, {"delay_levels": [0, 2, 4]}]}, r"layer 0: .* whole .* found \('a',\)"),
        ({"layers": [{"delay_levels": [0], "bits": "8"}, {"delay_levels": [0, 2, 4]}]}, "layer 0: bits .* found '8'"),
        ({"layers": [{"delay_levels": [0], "scale": 0}, {"delay_levels": [0, 2, 4]}]}, "layer 0: scale .* found 0"),
    ],
)
def test_a_wrong_network_description_is_refused(tmp_path, change, words):
    write_network(tmp_path / "a.safetensors", random_network())
    edit_json(tmp_path / "a.json", **change)
    with pytest.raises(InputError, match=words):
        read_network(tmp_path / "a.safetensors")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("layer0.bias", "holds layer0.bias, which is not read here"),
        ("layer1.alpha", "holds layer1.alpha, "),
        ("layer1.v_reset", "holds layer1.v_reset, "),
        ("layer2.weights", r"holds layer2.weights, .* a\.json lists 2 layers, 0 to 1"),
        ("layer01.weights", "holds layer01.weights, "),
        ("fc1.weight", r"holds fc1\.weight, "),
    ],
)
def test_arrays_that_are_not_read_are_refused(tmp_path, name, words):
    write_network(tmp_path / "a.safetensors", random_network())
    arrays = safetensors.numpy.load_file(tmp_path / "a.safetensors")
    safetensors.numpy.save_file(arrays | {name: np.zeros(5, np.float32)}, tmp_path / "a.safetensors")
    with pytest.raises(InputError, match=rf"a\.safetensors: {words}"):
        read_network(tmp_path / "a.safetensors")


TWO = [{"delay_levels": [0]}, {"delay_levels": [0, 2, 4]}]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"v_reset": 0.1}, "holds 'v_reset', which is not read here; the keys are format, version, "),
        ({"layers": [{**TWO[0], "alpha": 0.9}, TWO[1]]}, "layer 0 holds 'alpha', which is not read here"),
        ({"topology": [9, 5, 5]}, r"topology is \[9, 5, 5\], but the arrays are \[9, 5, 4\]"),
        ({"topology": "9-5-4"}, "topology is '9-5-4', but the arrays"),
        ({"parameters": 3}, "parameters is 3, but the arrays hold 105 weights that are not 0"),
        ({"n_steps": "6"}, "n_steps must be a whole number from 1, found '6'"),
        ({"n_steps": 0}, "n_steps must be a whole number from 1, found 0"),
    ],
)
def test_a_description_that_is_not_of_the_arrays_is_refused(tmp_path, change, words):
    write_network(tmp_path / "a.safetensors", random_network())
    edit_json(tmp_path / "a.json", **change)
    with pytest.raises(InputError, match=rf"a\.json: {words}"):
        read_network(tmp_path / "a.safetensors")


def test_a_key_that_is_there_twice_is_refused(tmp_path):
    write_network(tmp_path / "a.safetensors", random_network())
    text = (tmp_path / "a.json").read_text()
    (tmp_path / "a.json").write_text(text.replace('"n_steps": 6', '"n_steps": 5, "n_steps": 6'))
    with pytest.raises(InputError, match=r"a\.json: has the key 'n_steps' twice"):
        read_network(tmp_path / "a.safetensors")


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((9, 5), r"weights must be \[delay, pre, post\], found shape \(9, 5\)"),
        ((1, 9, 70000), "70000 neurons are more"),
    ],
)
def test_weights_of_a_shape_that_cannot_be_are_refused(tmp_path, shape, words):
    network = random_network()
    wrong = dataclasses.replace(network.layers[0], weights=np.zeros(shape, np.float32))
    with pytest.raises(InputError, match=f"layer 0: {words}"):
        write_network(tmp_path / "a.safetensors", dataclasses.replace(network, layers=(wrong, network.layers[1])))


def test_numbers_that_numpy_lacks_are_named(tmp_path):
    write_network(tmp_path / "a.safetensors", random_network())
    arrays = {"layer0.weights": torch.zeros(1, 9, 5, dtype=torch.bfloat16)}
    safetensors.torch.save_file(arrays, tmp_path / "a.safetensors")
    with pytest.raises(InputError, match=r"a\.safetensors: cannot be read as safetensors .*bfloat16"):
        read_network(tmp_path / "a.safetensors")


@pytest.mark.parametrize("field", ["decay", "threshold", "weights"])
def test_values_that_cannot_be_are_refused(tmp_path, field):
    network = random_network()
    getattr(network.layers[1], field).flat[0] = np.nan
    with pytest.raises(InputError, match=f"layer 1: {field}"):
        write_network(tmp_path / "a.safetensors", network)


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
