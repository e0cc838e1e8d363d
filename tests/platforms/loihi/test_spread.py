"""What an inference takes on several cores, against plain loops over spikes."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from small_networks import feeding_itself, quantised_network

from delaysnn.platforms import registered
from delaysnn.platforms.constants import read_basis
from delaysnn.platforms.loihi.conversion import convert
from delaysnn.platforms.loihi.cost import count, counted
from delaysnn.platforms.loihi.fixed_point import simulate
from delaysnn.platforms.loihi.placement import place
from delaysnn.platforms.loihi.spread import spread

CONFIG = Path(__file__).parents[3] / "config"
CONSTANTS = yaml.safe_load((CONFIG / "hardware/loihi.yaml").read_text())
SMALL = CONSTANTS | {"core_synapse_words": 60, "core_accumulators": 128, "core_output_axons": 200}
SMALL |= {"tile_cores": 2, "mesh_columns": 2}
LOIHI = registered()["loihi"]


@pytest.fixture(params=["forward", "recurrent"])
def ran(request, network, inputs):
    integer = convert(network, {})
    layers = simulate(integer, inputs).layers
    # Whatever fires, it is counted alike.
    return integer if request.param == "forward" else feeding_itself(integer), inputs, layers


def spread_of(ran, constants):
    integer, inputs, layers = ran
    division = place(integer, ["fewest"], constants, {}).mapped.division
    return division, spread(integer, division, inputs, layers, constants)


def test_spikes_between_cores_are_those_of_a_plain_loop(ran):
    *_, layers = ran
    division, found = spread_of(ran, SMALL)
    messages = energy = 0
    for index, spikes in enumerate(layers):
        for neuron in spikes.neurons:
            source = next(core for core, part in division.of_layer(index) if part.first <= neuron < part.last)
            axons = [(core, part.demand.axons[neuron]) for core, part in division.of_layer(index + 1)]
            axons += [(core, part.demand.own_axons[neuron]) for core, part in division.of_layer(index)]
            for core, number in axons:
                if core != source:
                    tiles = core // 2, source // 2
                    hops = abs(tiles[0] % 2 - tiles[1] % 2), abs(tiles[0] // 2 - tiles[1] // 2)
                    messages += number
                    energy += number * (1.7 + 3 * hops[0] + 4 * hops[1])
    assert found.cores == len(division.cores) > 4
    assert (found.messages, found.messages_pj) == pytest.approx((messages / 9, energy / 9))
    assert messages > 100


def test_a_step_takes_what_its_busiest_core_takes(ran):
    integer, inputs, layers = ran
    division, found = spread_of(ran, SMALL)
    total = 0.0
    for sample in range(9):
        busy = np.zeros((33, len(division.cores)))
        for index, (before, own) in enumerate(zip([inputs, *layers[:-1]], layers, strict=True)):
            for core, part in division.of_layer(index):
                weights = integer.layers[index].weights[:, :, part.first : part.last]
                for step in range(30):
                    arrived = np.flatnonzero(before.dense()[step, sample])
                    fired = own.dense()[step, sample, part.first : part.last].sum()
                    work = 3.5 * np.count_nonzero(weights[:, arrived]) + 8.4 * fired
                    busy[step + index, core] += work + 5.3 * (part.last - part.first - fired)
                    if integer.layers[index].recurrent is not None:
                        back = integer.layers[index].recurrent[:, own.dense()[step, sample] > 0, part.first : part.last]
                        busy[step + index + 1, core] += 3.5 * np.count_nonzero(back)
        total += busy.max(axis=1).sum()
    assert found.latency_ns == pytest.approx(total / 9 + 30 * 465)


def test_on_one_core_it_is_what_one_core_takes(ran):
    integer, inputs, layers = ran
    _, found = spread_of(ran, CONSTANTS)
    assert (found.cores, found.messages, found.messages_pj) == (1, 0, 0)
    alone = counted(count(integer, inputs, layers), CONSTANTS)
    assert found.latency_ns * 1e-6 == pytest.approx(alone["latency"])


@pytest.mark.parametrize("samples", [1, 4])
def test_samples_in_parts_are_what_all_at_once_are(ran, monkeypatch, samples):
    _, whole = spread_of(ran, SMALL)
    monkeypatch.setattr("delaysnn.platforms.loihi.spread._SAMPLES", samples)
    assert spread_of(ran, SMALL)[1].latency_ns == pytest.approx(whole.latency_ns)


def cells_of(constants, cores, network, inputs):
    basis = read_basis(CONFIG / "hardware/loihi.yaml", CONFIG / "published.yaml", ["48", "32", "24"])
    basis = basis.__class__(constants, {"cores": cores, "excess": {}}, basis.published, basis.fitted)
    placed = LOIHI.place(LOIHI.deploy(network), basis)
    found = LOIHI.estimate(LOIHI.count(placed, inputs, LOIHI.run(placed, inputs).layers), basis)
    return {(cell.platform, cell.quantity, cell.how): cell.value for cell in found.cells}, found.outside_fit


def test_the_fewest_cores_have_costs_of_their_own_and_numbers_keep_theirs(network, inputs):
    alone, _ = cells_of(CONSTANTS, [1, 3], network, inputs)
    both, _ = cells_of(CONSTANTS, [1, 3, "fewest"], network, inputs)
    assert {key: value for key, value in both.items() if key[0] != "loihi_fewest"} == alone
    # All of it is on one core.
    for (platform, quantity, how), value in alone.items():
        if platform == "loihi_1core":
            assert both["loihi_fewest", quantity, how] == pytest.approx(value)
    small, outside = cells_of(SMALL, [1, 3, "fewest"], network, inputs)
    assert {key[0] for key in small} == {"loihi", "loihi_fewest"}
    assert "cores" in outside["loihi_fewest"]["energy"]
    assert small["loihi_fewest", "energy", "counted"] > alone["loihi_1core", "energy", "counted"]


@pytest.mark.parametrize("name", ["within_tile_spike_pj", "hop_east_west_pj", "hop_north_south_pj", "barrier_chip_ns"])
def test_every_constant_between_cores_changes_something_that_is_counted(inputs, name):
    usual, more = (
        cells_of(constants, ["fewest"], quantised_network(), inputs)[0]
        for constants in (SMALL, SMALL | {name: 1.2 * SMALL[name]})
    )
    assert any(more[key] > usual[key] for key in usual if key[2] == "counted")
