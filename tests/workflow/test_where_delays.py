"""Networks of the overlay that asks where delays are worth their memory: they load, and keep as many weights."""

import numpy as np
import yaml
from configurations import ROOT, overlay

from delaysnn.core.dataset import Dataset
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.settings.configuration import settle
from delaysnn.settings.networks import DelayLevels, Shape
from delaysnn.training.pruning import prune
from delaysnn.training.shapes import draw_network

PAPER = yaml.safe_load((ROOT / "config/config.yaml").read_text())
WHERE = yaml.safe_load((ROOT / "config/ablations/where_delays.yaml").read_text())


def test_networks_of_equal_memory():
    settings = settle(overlay(PAPER, WHERE), ROOT)
    data = Dataset(SpikeTrains.from_dense(np.zeros((64, 1, 700))), np.zeros(1), np.zeros(1), "shd", 20, 1 / 64)
    weights, levels = {}, {}
    for name, network in settings.own_networks.items():
        shape, delays = Shape(**settings.shape(name)), DelayLevels(**settings.levels_before_pruning(name))
        model = draw_network(data, shape, delays, settings.course(name), seed=1)
        prune(model, network.pruning, settings.kept(name))
        exported = model.export(64, name, 1, "shd", {})
        weights[name] = exported.parameters
        levels[name] = [len(layer.delay_levels) for layer in exported.layers]
        for layer in exported.layers:
            if layer.recurrent is not None and network.returns_late:
                assert layer.recurrent_delays == (1, 9, 17, 25)
                assert ((layer.recurrent != 0).any(axis=2).sum(axis=0) == 1).all()
    assert max(weights.values()) < 1.03 * min(weights.values())
    assert weights["48hidden"] == 19776
    plain = {name: found for name, found in weights.items() if "ad" not in name}
    adaptive = {name.replace("ad", ""): found for name, found in weights.items() if "ad" in name}
    assert plain == adaptive and len(plain) == 7
    places = [levels[name] for name in ("32inputs", "48hidden", "27both", "59axonal", "82nodelay")]
    assert places == [[4, 1, 1], [1, 4, 4], [4, 4, 4], [1, 1, 1], [1, 1, 1]]
    assert set(settings.deployed_on("loihi")) == {"32inputs", "48hidden", "27both"}
