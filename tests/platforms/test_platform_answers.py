"""What a platform returns is refused where nothing else would notice that it is wrong."""

import re
from dataclasses import replace

import numpy as np
import pytest
from small_networks import quantised_network

from delaysnn.core.errors import InputError
from delaysnn.core.metrics import Cell
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms import registered
from delaysnn.platforms.answers import check_estimates, check_run
from delaysnn.platforms.protocol import Estimates, Platform, Run, Setup

NETWORK = quantised_network()
PICO = Platform("pico", "Pico", "#cc79a7", setups=(Setup("pico_fast", "", ""),), labels=(("pico_slow", ""),))
ENERGY = Cell("pico", "energy", "uJ", 1.5, "counted")


def silent(*neurons, steps=30, samples=9):
    return tuple(SpikeTrains.from_dense(np.zeros((steps, samples, count))) for count in neurons)


INPUTS = silent(20)[0]
LAYERS = silent(12, 12, 4)


@pytest.mark.parametrize("name", registered())
def test_what_our_platforms_do_is_taken(name):
    platform = registered()[name]
    check_run(platform, platform.run(platform.deploy(NETWORK), INPUTS), NETWORK, INPUTS)


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (Run(LAYERS[:2]), "run returns 2 layers as layers; return one for each of the network's 3."),
        (Run(LAYERS[::-1]), "layer 1 of layers has 4 neurons; return the spikes of 12."),
        (Run(silent(12, 12, 4, samples=8)), "layer 1 of layers has 8 samples; return the spikes of 9."),
        (Run(silent(12, 12, 4, steps=31)), "layer 1 of layers has 31 steps; return the spikes of 30."),
        (Run(tuple(layer.dense() for layer in LAYERS)), "layer 1 of layers is a ndarray; return SpikeTrains."),
        (Run(LAYERS, beside={"pico_slow": LAYERS[1:]}), "run returns 2 layers as pico_slow; return one for each"),
        (
            Run(LAYERS, beside={"pico_odd": LAYERS}),
            "run returns 'pico_odd' in beside, but labels lacks it; add it to labels.",
        ),
    ],
)
def test_other_layers_than_the_networks_are_refused(run, said):
    check_run(PICO, Run(LAYERS, beside={"pico_slow": LAYERS}), NETWORK, INPUTS)
    with pytest.raises(InputError, match=f"^platforms/pico/platform.py: {re.escape(said)}"):
        check_run(PICO, run, NETWORK, INPUTS)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"platform": "loihi"},
            "loihi energy is under none of the platform's names; write one of pico, pico_fast, pico",
        ),
        ({"how": "guessed"}, "pico energy has how 'guessed'; write one of calibrated, counted, measured."),
        ({"unit": "J"}, "pico energy has the unit 'J'; write uJ."),
        ({"quantity": "spikes", "unit": "s"}, "pico spikes has the unit 's'; write 1 or J s m2 or Mbit or ms or uJ."),
        ({"value": float("nan")}, "pico energy is nan; return a finite number that is not negative."),
        ({"value": float("inf")}, "pico energy is inf; return a finite number"),
        ({"value": -1.0}, "pico energy is -1.0; return a finite number"),
        ({"value": None}, "pico energy is None; return a finite number"),
        ({}, "pico energy is counted twice; return it once."),
    ],
)
def test_an_estimate_that_tables_would_misread_is_refused(change, said):
    check_estimates(PICO, Estimates([ENERGY, replace(ENERGY, how="calibrated")], {}))
    with pytest.raises(InputError, match=f"^platforms/pico/platform.py: {re.escape(said)}"):
        check_estimates(PICO, Estimates([ENERGY, replace(ENERGY, **change)], {}))


def test_an_estimate_of_small_networks_may_fall_below_zero_and_loihi_have_any_number_of_cores():
    check_estimates(PICO, Estimates([replace(ENERGY, how="calibrated", value=-1.0)], {}))
    check_estimates(registered()["loihi"], Estimates([replace(ENERGY, platform="loihi_2cores")], {}))


@pytest.mark.parametrize("energies", [None, np.zeros(8), np.full(9, np.nan), np.ones(9, int)])
def test_the_energy_of_each_sample_is_there_where_it_is_promised(energies):
    check_estimates(PICO, Estimates([ENERGY], {}, np.ones(9)), 9)
    with pytest.raises(InputError, match="a finite energy for each of 9 samples"):
        check_estimates(PICO, Estimates([ENERGY], {}, energies), 9)
