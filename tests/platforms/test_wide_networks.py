"""700-512-512-35 with five delays a pair: mapped, run, repeated in Lava, and priced."""

import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from delaysnn.core.network import Layer, Network
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms import registered
from delaysnn.platforms.answers import check_estimates
from delaysnn.platforms.constants import read_basis
from delaysnn.platforms.loihi.integer_network import write_integer_network

ROOT = Path(__file__).parents[2]
LEVELS = tuple(range(0, 60, 2))
SAMPLES = 64
LAVA = """
import numpy as np
from delaysnn.platforms.loihi.integer_network import read_integer_network
from delaysnn.platforms.loihi.lava_graph import run_batched
network, spikes = read_integer_network("network.npz"), np.load("spikes.npy")
# In parts, so that memory does not grow with the number of samples.
parts = [run_batched(network, spikes[:, first : first + 32]) for first in range(0, spikes.shape[1], 32)]
np.savez("found.npz", *(np.concatenate(each, axis=1) for each in zip(*parts)))
"""


def random_layer(random, pre, post, levels, kept, width):
    scale = 0.4 / 127
    weights = np.zeros((len(levels), pre, post))
    chosen = np.argsort(random.random(weights.shape), axis=0)[:kept]
    np.put_along_axis(weights, chosen, random.normal(0, width, chosen.shape), axis=0)
    weights = scale * np.clip(np.rint(weights / scale), -127, 127)
    decay = random.choice(np.linspace(0.6, 0.98, 10), post)
    return Layer(weights.astype(np.float32), levels, np.float32(decay), np.full(post, 0.3, np.float32), scale, 8)


@pytest.fixture(scope="module")
def wide():
    random = np.random.default_rng(0)
    layers = (
        random_layer(random, 700, 512, (0,), 1, 0.03),
        random_layer(random, 512, 512, LEVELS, 5, 0.04),
        random_layer(random, 512, 35, LEVELS, 5, 0.04),
    )
    return Network(layers, 64, "wide", 1, "random")


@pytest.fixture(scope="module")
def inputs():
    """As many spikes a sample as SHD's have in 64 steps."""
    return SpikeTrains.from_dense(np.random.default_rng(1).random((64, SAMPLES, 700)) < 0.11)


def basis(chip, settings):
    fitted = ["48", "32", "24"]
    return read_basis(ROOT / f"config/hardware/{chip}.yaml", ROOT / "config/published.yaml", fitted, settings)


@pytest.mark.slow
def test_loihi_holds_it_on_a_part_of_the_chip_and_runs_a_sample_in_20_ms_of_a_processor(wide, inputs):
    loihi, on = registered()["loihi"], basis("loihi", {"cores": [1, 3, "fewest"], "excess": {}})
    placed = loihi.place(loihi.deploy(wide), on)
    division = placed.mapped.division
    assert placed.mapped.too_few == (1, 3) and 20 < len(division.cores) <= 40
    for index, layer in enumerate(wide.layers):
        neurons = [n for _, part in division.of_layer(index) for n in range(part.first, part.last)]
        assert neurons == list(range(layer.weights.shape[2]))
    kept = [int(np.count_nonzero(layer.weights)) for layer in wide.layers]
    assert sum(core.synapse_bits for core in division.cores) == 8 * kept[0] + 14 * (kept[1] + kept[2])
    loihi.run(placed, inputs.select(np.arange(2)))
    begin = time.process_time()
    layers = loihi.run(placed, inputs).layers
    assert (time.process_time() - begin) / SAMPLES < 0.02
    found = loihi.estimate(loihi.count(placed, inputs, layers), on)
    check_estimates(loihi, found)
    assert {cell.platform for cell in found.cells} == {"loihi", "loihi_fewest"}


@pytest.mark.slow
def test_lava_fires_the_same_spikes_batch_by_batch(wide, inputs, lava, tmp_path):
    loihi = registered()["loihi"]
    integer = loihi.deploy(wide)
    layers = loihi.run(integer, inputs).layers
    write_integer_network(tmp_path / "network.npz", integer)
    np.save(tmp_path / "spikes.npy", inputs.dense())
    environment = {"PYTHONPATH": str(ROOT / "workflow"), "TMPDIR": "/tmp"}
    subprocess.run([lava, "-c", LAVA], cwd=tmp_path, env=environment, check=True, timeout=900)
    with np.load(tmp_path / "found.npz") as found:
        for index, layer in enumerate(layers):
            assert (found[f"arr_{index}"] == layer.dense()).all()
            assert len(layer.steps) > 1000


@pytest.mark.slow
def test_seneca_divides_it_by_what_a_core_holds_and_prices_it(wide, inputs):
    seneca, on = registered()["seneca"], basis("seneca", {})
    placed = seneca.place(seneca.deploy(wide), on)
    # Weights of all 30 levels of 512 neurons: eight neurons of the second layer and of the third fill a core.
    assert [len(own) for own in placed.parts] == [3, 64, 5]
    some = inputs.select(np.arange(16))
    found = seneca.estimate(seneca.count(placed, some, seneca.run(placed, some).layers), on)
    check_estimates(seneca, found, 16)
    assert [cell.value for cell in found.cells if cell.quantity == "cores"] == [72]
