"""An example that is shipped: what is packed comes back, and what does not belong together is refused."""

import json
from dataclasses import replace

import numpy as np
import pytest
from small_networks import quantised_network

from delaysnn.core.dataset import Dataset
from delaysnn.core.errors import InputError
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.core.traces import Traces, decide
from delaysnn.demo.example import files_of, pack_example, read_example
from delaysnn.platforms import registered

CLASSES = ["up", "down", "left", "right"]


@pytest.fixture
def made():
    network = replace(quantised_network(), n_steps=30)
    fine = SpikeTrains.from_dense(np.random.default_rng(1).random((60, 9, 20)) < 0.1)
    labels = np.arange(9, dtype=np.int16) % 4
    test = Dataset(fine.coarser(2), labels, np.zeros(9, np.int16), "random", 4, 0.01, {"source": "drawn"}, fine)
    loihi = registered()["loihi"]
    layers = loihi.run(loihi.deploy(network), test.spikes).layers
    return network, test, Traces(layers, labels, decide(layers[-1]), "loihi")


def test_the_first_samples_come_back_with_what_integers_answer(made, tmp_path):
    network, test, traces = made
    pack_example(tmp_path / "a.safetensors", network, test, traces, CLASSES, 7)
    assert {path.name for path in tmp_path.iterdir()} == {file.name for file in files_of("a.safetensors").values()}
    found = read_example(tmp_path / "a.safetensors")
    for layer, own in zip(found.network.layers, network.layers, strict=True):
        assert (layer.weights == own.weights).all() and layer.delay_levels == own.delay_levels
    assert (found.samples.spikes.dense() == test.spikes.dense()[:, :7]).all()
    # The shorter steps, on which training varies samples, would make it twice as large.
    assert found.samples.substeps == 1 and found.samples.provenance == {"source": "drawn"}
    assert found.classes == tuple(CLASSES)
    assert (found.answers == traces.predictions[:7]).all()
    assert found.spikes == tuple(int((layer.samples < 7).sum()) for layer in traces.layers)


def test_more_samples_than_there_are_cannot_be_packed(made, tmp_path):
    with pytest.raises(InputError, match="random has 9 test samples, but an example takes 10"):
        pack_example(tmp_path / "a.safetensors", *made, CLASSES, 10)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda told: told.pop("answers"), "a_answers.json: lacks 'answers'"),
        (lambda told: told["answers"].pop(), "has 4 classes, 6 answers and 3 layers, but .* have 4, 7 and 3"),
        (lambda told: told["classes"].pop(), "has 3 classes, 7 answers and 3 layers, but .* have 4, 7 and 3"),
    ],
)
def test_files_that_do_not_belong_together_are_refused(made, tmp_path, change, said):
    pack_example(tmp_path / "a.safetensors", *made, CLASSES, 7)
    path = tmp_path / "a_answers.json"
    told = json.loads(path.read_text())
    change(told)
    path.write_text(json.dumps(told))
    with pytest.raises(InputError, match=said):
        read_example(tmp_path / "a.safetensors")
