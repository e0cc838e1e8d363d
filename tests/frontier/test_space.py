import math
from pathlib import Path

import numpy as np
import pytest
import yaml

from delaysnn.core.dataset import Dataset
from delaysnn.core.errors import InputError
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.frontier.space import Candidate, count_memory, count_synapses, draw, spread
from delaysnn.settings.configuration import read, settle
from delaysnn.settings.networks import KeptLevels, Network
from delaysnn.training.fine_tuning import fit_pruned
from delaysnn.training.optimise import Run
from delaysnn.training.shapes import draw_network

ROOT = Path(__file__).parents[2]
PAPER = yaml.safe_load((ROOT / "config/config.yaml").read_text())
SPACE = {"hidden": [[8], [16, 16]], "delays": [True], "pruning": ["synapse"], "max": [60], "stride": [4], "keep": [3]}
SPACE |= {"bits": [4, 8]}


def configuration(**frontier):
    return read(PAPER | {"frontier": PAPER["frontier"] | frontier})


def drawn(count=2, **values):
    space = SPACE | values
    return draw(configuration(candidates=count, space=space, budgets_kb=[8, 128]), 700, 20)


def test_a_chip_whose_energy_is_asked_needs_its_section_in_the_search_alone():
    without = settle({**PAPER, "seneca": None, "platforms": ["loihi"]}, ROOT)
    with pytest.raises(InputError, match="energy_platform is seneca, but there is no section seneca; add it"):
        draw(without, 700, 20)


def test_what_the_papers_smallest_network_takes_by_hand():
    # 700 x 24 weights without delays, then 15 levels of 24 x 24 and of 24 x 20, a byte each; 68 neurons of two numbers.
    network, delays = Network(hidden=[24, 24], delays=True, pruning="synapse"), KeptLevels(max=60, stride=2, keep=15)
    assert count_synapses(network, delays, 700, 20) == [16800, 8640, 7200]
    assert count_memory(network, delays, 8, 700, 20) == pytest.approx(32.640 + 68 * 2 * 2 / 1000)
    # Half of the bits are half of the weights, but neurons' own numbers stay as they are.
    assert count_memory(network, delays, 4, 700, 20) == pytest.approx(16.320 + 68 * 2 * 2 / 1000)
    mixed = 16800 + 8640 / 2 + 7200 / 4
    assert count_memory(network, delays, [8, 4, 2], 700, 20) == pytest.approx((mixed + 68 * 2 * 2) / 1000)
    # An axon's levels serve all its synapses, and each of them stores a weight all the same.
    axonal = network.model_copy(update={"pruning": "axon"})
    assert count_memory(axonal, delays, 8, 700, 20) == count_memory(network, delays, 8, 700, 20)


@pytest.mark.parametrize(
    "network",
    [
        {"hidden": [8], "delays": True, "pruning": "synapse"},
        {"hidden": [8, 6], "delays": True, "pruning": "axon"},
        {"hidden": [5, 4, 3], "delays": True, "pruning": "none"},
        {"hidden": [8, 6], "delays": True, "pruning": "refined"},
        {"hidden": [8, 6], "delays": "random", "pruning": "none"},
        {"hidden": [8, 6], "delays": "learned", "pruning": "none"},
        {"hidden": [8, 6], "delays": False, "pruning": "none"},
        {"hidden": [8, 6], "delays": True, "pruning": "synapse", "input_delays": True},
        {"hidden": [8], "delays": False, "pruning": "synapse", "input_delays": [0, 3, 7]},
        {"hidden": [8], "delays": True, "pruning": "none", "input_delays": [0, 3]},
        # The last of three runs has one channel of eleven.
        {"hidden": [8, 6], "delays": True, "pruning": "synapse", "input_sharing": 5, "neuron": "adlif"},
        {"hidden": [8, 6], "delays": True, "pruning": "synapse", "bias": True},
    ],
    ids=lambda network: "-".join(map(str, network.values())),
)
def test_as_many_weights_are_counted_as_a_trained_network_has(network, tmp_path):
    spikes = SpikeTrains.from_dense(np.random.default_rng(1).random((20, 12, 11)) < 0.5)
    data = Dataset(spikes, np.arange(12) % 3, np.zeros(12), "made up", 3, 0.01)
    shape, delays = Network(**network), KeptLevels(max=8, stride=2, keep=2)
    course = read(PAPER).training
    run = Run(data, data, course, 1, tmp_path / "c")
    dense = draw_network(data, shape, delays, course, 1).export(20, "", 1, "", {})
    phase = course.pruned.model_copy(update={"epochs": 2})
    pruned, _ = fit_pruned(dense, shape.pruning, delays.keep, run, phase)
    trained = pruned.export(20, "", 1, "", {})
    counted = sum(count_synapses(shape, delays, 11, 3))
    # Two that are learned on one level become one.
    assert counted >= trained.parameters if shape.delays == "learned" else counted == trained.parameters
    numbers = sum(array.size for layer in trained.layers for name, array in layer.arrays.items() if name != "weights")
    assert count_memory(shape, delays, 8, 11, 3) == pytest.approx((counted + 2 * numbers) / 1000)


def test_the_papers_space_gives_distinct_networks_spread_over_all_memories():
    config = configuration()
    candidates = draw(config, 700, 20)
    memory = [each.memory_kb for each in candidates]
    assert len({each.name for each in candidates}) == len(candidates) == config.frontier.candidates
    assert len({str(each.settings) for each in candidates}) == len(candidates)
    assert memory == sorted(memory) and memory[-1] <= 128
    # No step is three times an even one.
    steps = np.diff(np.log(memory))
    assert steps.max() < 3 * math.log(memory[-1] / memory[0]) / (len(memory) - 1)
    budgets = config.frontier.budgets_kb
    assert np.histogram(memory, [0, *budgets])[0].min() >= 3
    assert [each.settings for each in draw(config, 700, 20)] == [each.settings for each in candidates]
    other = {each.name for each in draw(configuration(seeds=[2]), 700, 20)}
    assert other != {each.name for each in candidates}


def test_the_most_even_memories_are_chosen():
    def of(memory_kb):
        return Candidate(
            Network(hidden=[1], delays=False, pruning="none"), KeptLevels(max=1, stride=1, keep=1), 8, memory_kb
        )

    chosen = spread([of(memory) for memory in (1, 1.1, 1.2, 1.3, 9, 10, 95, 100)], 3)
    assert [each.memory_kb for each in chosen] == [1, 10, 100]


def test_layers_may_have_widths_of_their_own_where_there_are_as_many():
    both = {"hidden": [[8], [8, 8]], "bits": [4, [4, 4], [8, 4, 4], [8, 4]]}
    found = {(len(each.network.hidden), each.bits) for each in drawn(4, **both)}
    # Widths that are all alike are one.
    assert found == {(1, 4), (1, (8, 4)), (2, 4), (2, (8, 4, 4))}
    with pytest.raises(InputError, match=r"only 4 networks"):
        drawn(5, **both)
    with pytest.raises(
        InputError, match=r"frontier.space.bits is \[8, 4, 4\], but .* hidden \[8\] has 2 layers; write"
    ):
        drawn(1, hidden=[[8]], bits=[[8, 4, 4]])
    (one,) = drawn(1, hidden=[[8]], bits=[[8, 4]])
    assert Candidate.of(one.settings, 700, 20) == one and one.network.bits is None


def test_every_stride_goes_with_every_longest_delay():
    delays = {"max": [20, 40, 60], "stride": [1, 2, 4, 8]}
    found = drawn(12, hidden=[[8]], bits=[4], keep=[2], **delays)
    levels = {(each.delays.max, each.delays.stride): each.delays.levels for each in found}
    assert len(levels) == 12 and len({each.name for each in found}) == 12
    assert levels[20, 8] == (0, 8, 16) and levels[60, 1] == tuple(range(60)) and levels[40, 4][-1] == 36
    # Two levels of a pair take the same, whatever they were chosen from.
    assert len({each.memory_kb for each in found}) == 1
    # Of three levels four cannot be kept.
    assert {
        each.delays.stride for each in drawn(3, hidden=[[8]], bits=[4], keep=[4], max=[20], stride=[1, 2, 4, 8])
    } == {
        1,
        2,
        4,
    }
    space = read(PAPER).frontier.space
    assert {20, 40, 60} <= {*space.max} and {1, 2, 4, 8} <= {*space.stride}


def test_what_makes_no_sense_is_not_drawn_and_what_has_no_effect_is_not_told_apart():
    # No delays: neither pruning nor levels matter.
    assert len(drawn(2, hidden=[[8]], delays=[False], pruning=["synapse", "none"], stride=[2, 4], keep=[1, 3])) == 2
    # Delays of a list alone: levels do not matter, and keep only where it leaves some out.
    listed = {"hidden": [[8]], "delays": [False], "input_delays": [[0, 3, 7]], "bits": [4]}
    several = drawn(3, **listed, pruning=["synapse", "none"], stride=[2, 4], keep=[1, 2, 3])
    assert {(each.network.pruning, each.delays.keep) for each in several} == {
        ("synapse", 1),
        ("synapse", 2),
        ("none", 1),
    }
    # Nothing pruned: all levels stay, whatever keep is.
    (one,) = drawn(1, hidden=[[8]], pruning=["none"], keep=[1, 3], bits=[4])
    assert one.settings["keep"] == 15
    with pytest.raises(InputError, match="only 1 networks of 128 kB or less; ask for fewer"):
        drawn(2, hidden=[[8]], pruning=["none"], keep=[1, 3], bits=[4])
    # The same levels by another longest delay.
    assert len({each.name for each in drawn(2, hidden=[[8]], max=[58, 60])}) == 2
    assert {each.settings["keep"] for each in drawn(2, hidden=[[8]], keep=[3, 15, 16])} == {3}
    random = drawn(2, hidden=[[8]], delays=["random"], pruning=["synapse", "none"])
    assert {each.settings["pruning"] for each in random} == {"none"}
    # The shortest round leaves a refined network one epoch after pruning; it needs two.
    assert {each.settings["pruning"] for each in drawn(2, hidden=[[8]], pruning=["refined", "axon"])} == {
        "axon",
        "refined",
    }
    with pytest.raises(InputError, match="only 2 networks"):
        frontier = {"rungs": [1, 40], "budgets_kb": [8, 128], "candidates": 4}
        draw(configuration(space=SPACE | {"hidden": [[8]], "pruning": ["refined", "axon"]}, **frontier), 700, 20)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"keep": [15, 20]}, "has no network that can be trained. Configuration: frontier.space.keep is"),
        ({"max": [4]}, "frontier.space.max is 4, which at stride 4 gives delay 0 alone."),
        ({"recurrent": [True], "delays": [False]}, "frontier.space.recurrent is true, but a recurrent network"),
        ({"delays": ["random"]}, "but its delays are random"),
        ({"recipe": ["none"]}, "choose one of recipes, authors"),
        (
            {"hidden": [[99]]},
            "begins with 8, but the smallest network of frontier.space takes 38.1 kB; take that budget",
        ),
    ],
)
def test_a_space_without_networks_is_refused_by_a_sentence(values, sentence):
    with pytest.raises(InputError) as caught:
        drawn(1, **values)
    assert sentence in str(caught.value)


def test_a_name_is_the_networks_own_whatever_else_is_in_the_space():
    small, large = (drawn(count, hidden=hidden) for count, hidden in ((2, [[8]]), (4, [[8], [16]])))
    assert {each.name for each in small} < {each.name for each in large}
    assert all(Candidate.of(each.settings, 700, 20) == each for each in large)
