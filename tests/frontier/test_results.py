import dataclasses
from pathlib import Path

import numpy as np
import pytest
import yaml
from small_networks import quantised_network

from delaysnn.core.dataset import Dataset
from delaysnn.core.errors import InputError
from delaysnn.core.metrics import Cell, Metrics
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.frontier.energy import count_energy
from delaysnn.frontier.results import summarise, write_overlay
from delaysnn.frontier.space import draw
from delaysnn.platforms import registered
from delaysnn.platforms.constants import read_basis
from delaysnn.settings.configuration import settle
from delaysnn.settings.networks import Network
from delaysnn.training.quantisation import requantise

ROOT = Path(__file__).parents[2]
PAPER = yaml.safe_load((ROOT / "config/config.yaml").read_text())
DRAWN = draw(settle(PAPER, ROOT), 700, 20)


def measured(name, seed, value, dataset="shd", **details):
    return Metrics(name, seed, dataset, (Cell("pytorch", "accuracy", "%", value, samples=40),), details)


def overlay(candidate, **changes):
    found = {"settings": candidate.settings, "memory_kb": candidate.memory_kb, "validation": [80.0, 81.0]}
    frontier = {"candidates": {candidate.name: found}, "budgets_kb": {"22": candidate.name}, "dataset": "shd"}
    return write_overlay(frontier, "22kB", PAPER | changes, ROOT)


def mixed(bits):
    return isinstance(bits, list)


def settled(over, **changes):
    sections = {key: {**PAPER[key], **value} if isinstance(value, dict) else value for key, value in over.items()}
    return settle({**PAPER, **sections, **changes}, ROOT)


def test_the_pipeline_takes_every_networks_overlay_and_deploys_what_was_found():
    kinds = set()
    for candidate in DRAWN:
        text = overlay(candidate, platforms=["seneca"])
        kb = f"{candidate.memory_kb:.3g}"
        assert text.startswith(f"# The most accurate network that was found within 22 kB on shd: {kb} kB with")
        assert "does not take it" not in text
        found = settled(yaml.safe_load(text), platforms=["seneca"])
        assert found.network("best").model_copy(update={"bits": None}) == candidate.network
        kinds.add((candidate.network.delays, candidate.network.neuron))
        if candidate.network.delays:
            assert found.delays.levels == candidate.delays.levels and found.delays.keep == candidate.delays.keep
        if candidate.network.deployed:
            assert list(found.networks) == found.deployed == ["best"] and found.shown == "best"
            bits = candidate.settings["bits"]
            assert found.deployed_width("best") == bits and found.widths("best")[-1] == (bits if mixed(bits) else 8)
            kinds.add(mixed(bits))
        else:
            assert found.deployed == ["48"] and "# No chip runs it here" in text
    assert {True, False, (True, "lif"), (True, "adlif")} < kinds


def test_an_overlay_says_why_the_pipeline_does_not_take_it():
    plain = [each for each in DRAWN if each.network.deployed and each.network.neuron == "lif"]
    large = max(plain, key=lambda each: each.memory_kb)
    lines = overlay(large).splitlines()
    assert lines[1].startswith(
        "# As configured, the pipeline does not take it. Network best on 1 of Loihi's cores: core 0 "
    )
    assert lines[2].startswith("networks")
    with pytest.raises(InputError, match="Loihi's cores"):
        settled(yaml.safe_load("\n".join(lines)))


def test_an_overlay_leaves_out_platforms_that_do_not_run_the_winners_neurons():
    adaptive = next(each for each in DRAWN if each.network.deployed and each.network.neuron == "adlif")
    over = yaml.safe_load(overlay(adaptive))
    assert over["platforms"] == ["seneca"] and settled(over).deployed == ["best"]


def test_what_was_found_is_collected_by_candidate():
    given = [
        measured(name, seed, value, memory_kb=3) for name, seed, value in (("a", 1, 70), ("b", 1, 60), ("a", 2, 80))
    ]
    found = summarise(given, [measured("a", 1, 50), measured("a", 2, 55)], {"budgets_kb": {"4": "a"}})
    assert found["dataset"] == "shd" and found["budgets_kb"] == {"4": "a"}
    assert found["candidates"]["a"] == {"memory_kb": 3, "validation": [70, 80], "test": [50, 55], "samples": 40}
    assert found["candidates"]["b"] == {"memory_kb": 3, "validation": [60], "test": [], "samples": None}


def test_a_budget_of_energy_has_a_winner_where_any_network_is_within_it():
    scores = [measured(name, 1, 70, memory_kb=3, settings=DRAWN[0].settings | {"bits": [4, 4, 8]}) for name in "ab"]
    cells = (Cell("seneca_scdq", "energy", "uJ", 2.5, "counted"),)
    energies = [Metrics("a", 1, "shd", cells), Metrics("b", 1, "shd", ())]
    found = summarise(scores, [], {"budgets_kb": {"4": "a"}, "budgets_uj": {"1": None, "3.5": "a"}}, energies)
    assert found["candidates"]["a"]["energy_uj"] == [2.5] and found["candidates"]["a"]["energy_by"] == "seneca_scdq"
    assert "energy_uj" not in found["candidates"]["b"]
    assert write_overlay(found, "3.5uJ", PAPER, ROOT).startswith(
        "# The most accurate network that was found within 3.5 uJ on shd: 3 kB with 4/4/8 bits a weight, 2.5 uJ by "
        "seneca_scdq, 70.0 % in validation.\n"
    )
    with pytest.raises(InputError, match=r"budgets_uj has 1, but no network .* is within that: the least takes 2.5 uJ"):
        write_overlay(found, "1uJ", PAPER, ROOT)
    found["budgets_kb"]["2"] = None
    with pytest.raises(InputError, match=r"budgets_kb has 2, but no network .* is within that: the least takes 3 kB"):
        write_overlay(found, "2kB", PAPER, ROOT)


@pytest.mark.parametrize("name", ["seneca", "loihi"])
def test_the_energy_of_a_candidate_is_what_the_chips_own_estimate_counts(name):
    network = requantise(quantised_network(8), [8, 4, 4])
    spikes = SpikeTrains.from_dense(np.random.default_rng(1).random((30, 6, 20)) < 0.2)
    data = Dataset(spikes, np.arange(6) % 4, np.zeros(6), "made up", 4, 0.01)
    shape = Network(hidden=[12, 12], delays=True, pruning="synapse")
    basis = read_basis(ROOT / f"config/hardware/{name}.yaml", ROOT / "config/published.yaml", settings=PAPER[name])
    platform = registered()[name]
    cell = count_energy(network, shape, data, platform, basis)
    assert (cell.platform, cell.unit, cell.split) == (platform.setups[0].name, "uJ", "validation")
    # By hand: operations that spikes of the chip itself ask for.
    deployed = platform.deploy(network)
    before = [spikes, *platform.run(deployed, spikes).layers[:-1]]
    if name == "loihi":
        reached = [np.count_nonzero(layer.weights, axis=(0, 2)) for layer in deployed.layers]
        asked = sum(own[fed.neurons].sum() for own, fed in zip(reached, before, strict=True)) / 6
        assert cell.value > asked * basis.constants["synaptic_operation_pj"] * 1e-6 > 0
    else:
        inputs = len(spikes.steps) / 6 * 12
        assert cell.value > inputs * 12.7e-6
    with pytest.raises(InputError, match="no chip runs here"):
        count_energy(network, shape.model_copy(update={"delays": False}), data, platform, basis)
    if name == "loihi":
        large = {**PAPER["loihi"], "cores": [1, 4]}
        with pytest.raises(InputError, match="cannot be mapped onto 4 cores"):
            count_energy(network, shape, data, platform, dataclasses.replace(basis, settings=large))
