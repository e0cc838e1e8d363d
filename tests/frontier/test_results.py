from pathlib import Path

import pytest
import yaml

from delaysnn.core.errors import InputError
from delaysnn.core.metrics import Cell, Metrics
from delaysnn.frontier.results import summarise, write_overlay
from delaysnn.frontier.space import draw
from delaysnn.settings.configuration import settle

ROOT = Path(__file__).parents[2]
PAPER = yaml.safe_load((ROOT / "config/config.yaml").read_text())
DRAWN = draw(settle(PAPER, ROOT), 700, 20)


def measured(name, seed, value, dataset="shd", **details):
    return Metrics(name, seed, dataset, (Cell("pytorch", "accuracy", "%", value, samples=40),), details)


def overlay(candidate, **changes):
    found = {"settings": candidate.settings, "memory_kb": candidate.memory_kb, "validation": [80.0, 81.0]}
    frontier = {"candidates": {candidate.name: found}, "budgets_kb": {"22": candidate.name}, "dataset": "shd"}
    return write_overlay(frontier, "22", PAPER | changes, ROOT)


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
        assert found.network("best") == candidate.network
        kinds.add((candidate.network.delays, candidate.network.neuron))
        if candidate.network.delays:
            assert found.delays.levels == candidate.delays.levels and found.delays.keep == candidate.delays.keep
        if candidate.network.deployed:
            assert list(found.networks) == found.deployed == ["best"] and found.shown == "best"
            assert found.quantisation.deployed == candidate.bits
        else:
            assert found.deployed == ["48"] and "# No chip runs it here" in text
    assert len(kinds) == 4


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
    found = summarise(given, [measured("a", 1, 50), measured("a", 2, 55)], {"4": "a"})
    assert found["dataset"] == "shd" and found["budgets_kb"] == {"4": "a"}
    assert found["candidates"]["a"] == {"memory_kb": 3, "validation": [70, 80], "test": [50, 55], "samples": 40}
    assert found["candidates"]["b"] == {"memory_kb": 3, "validation": [60], "test": [], "samples": None}
