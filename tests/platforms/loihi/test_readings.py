"""Other readings of what Loihi computes: each by hand, none where nothing is changed."""

import dataclasses
from functools import partial

import numpy as np
import pytest
from small_networks import current_network, quantised_network

from delaysnn.core.errors import InputError
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.loihi import fixed_point
from delaysnn.platforms.loihi.conversion import convert
from delaysnn.platforms.loihi.fixed_point import simulate
from delaysnn.platforms.loihi.integer_network import CurrentLayer, IntegerLayer
from delaysnn.platforms.loihi.readings import READINGS, Reading, compare_readings, run_layer


def one(weight, threshold, decay=1024, **current):
    """One neuron with one synapse that gets a spike at steps 0 and 2 of 4; return its layer and these."""
    arrays = (np.array([value], np.int32) for value in (decay, threshold))
    kind = CurrentLayer if current else IntegerLayer
    own = {name: np.array([value], np.int32) for name, value in current.items()}
    layer = kind(np.full((1, 1, 1), weight, np.int16), (0,), *arrays, **own)
    return layer, SpikeTrains.from_dense(np.array([1, 0, 1, 0]).reshape(4, 1, 1))


def membrane(given, **changes):
    return run_layer(*given, Reading(**changes)).membrane[0, :, 0].tolist()


@pytest.mark.parametrize("make", [quantised_network, current_network])
def test_without_a_change_it_is_the_integer_reference(make, inputs):
    integer = convert(make(), {})
    for layer in integer.layers[:1]:
        ours, theirs = fixed_point.run_layer(layer, inputs), run_layer(layer, inputs, Reading())
        assert (ours.fired == theirs.fired).all() and (ours.membrane == theirs.membrane).all()
        assert ours.peak == theirs.peak
    ours, theirs = (
        simulate(integer, inputs, run) for run in (fixed_point.run_layer, partial(run_layer, reading=Reading()))
    )
    assert all((a.dense() == b.dense()).all() for a, b in zip(ours.layers, theirs.layers, strict=True))


def test_at_its_threshold_a_neuron_fires_or_does_not():
    given = one(100, 100)
    fired = [run_layer(*given, reading).fired[0, :, 0].tolist() for reading in (Reading(), READINGS["at_threshold"])]
    # 6400, 4800, 3600 + 6400, reset, against 6400, reset, 0, 6400, reset.
    assert fired == [[0, 0, 1, 0], [1, 0, 1, 0]]


def test_of_a_current_4096th_is_left_where_the_register_stands_alone():
    # 64 * 254 = 16256, of which 3 are left, then 0; by currents that last 2049 of 4096 are left in place of 2048.
    assert membrane(one(254, 5000)) == [16256, 12192, 25400, 19050]
    assert membrane(one(254, 5000), register_alone=True) == [16256, 12195, 25402, 19054]
    lasting = one(254, 5000, current_decay=2048)
    assert membrane(lasting)[1] == 12192 + 8128 and membrane(lasting, register_alone=True)[1] == 12192 + 8131


def test_a_negative_state_is_rounded_down_or_towards_zero():
    assert membrane(one(-2, 5000, decay=5)) == [-128, -127, -254, -253]
    assert membrane(one(-2, 5000, decay=5), rounds_down=True) == [-128, -128, -256, -256]


def test_what_arrives_decays_at_once():
    assert membrane(one(254, 5000), decays_arrivals=True) == [12192, 9144, 19050, 14287]


def test_a_row_a_reading_says_how_many_spikes_and_decisions_differ(inputs):
    integer = convert(quantised_network(), {})
    # Thresholds that potentials of whole weights meet.
    layers = tuple(
        dataclasses.replace(layer, decay=np.zeros_like(layer.decay), threshold=layer.threshold // 2 * 2)
        for layer in integer.layers
    )
    integer = dataclasses.replace(integer, layers=layers)
    reference = simulate(integer, inputs).layers
    rows = {row["reading"]: row for row in compare_readings(integer, inputs, np.zeros(9), reference)}
    assert set(rows) == set(READINGS)
    fired = run_layer(integer.layers[0], inputs, READINGS["at_threshold"]).fired
    differences = (fired.transpose(1, 0, 2) != reference[0].dense()).sum()
    assert rows["at_threshold"]["differences"][0] == differences > 0
    # Without decay nothing is rounded.
    assert rows["rounds_down"]["differences"] == [0, 0, 0] and rows["rounds_down"]["decisions_changed"] == 0
    assert rows["rounds_down"]["spikes"] == rows["rounds_down"]["spikes_reference"]


def test_a_readout_by_membranes_is_refused(inputs):
    integer = dataclasses.replace(convert(quantised_network(), {}), readout="summed_membrane", unit=1.0)
    with pytest.raises(InputError, match=r"^network tiny: has a readout by membranes; .* spikes decide"):
        compare_readings(integer, inputs, np.zeros(9), [])
