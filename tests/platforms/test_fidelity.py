from dataclasses import replace

import numpy as np
import pytest

from delaysnn.core.errors import InputError
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.core.traces import Traces
from delaysnn.platforms.fidelity import compare, measure


def traced(platform, predictions, labels=(0, 1, 1, 0)):
    layers = tuple(SpikeTrains.from_dense(np.full((2, 4, n), n == 3)) for n in (3, 2))
    return Traces(layers, np.array(labels), np.array(predictions), platform)


def test_accuracy_and_spikes_are_measured_and_every_answer_is_kept():
    accuracy, *spikes = measure(traced("loihi", [0, 1, 0, 0]))
    assert (accuracy.platform, accuracy.quantity, accuracy.value, accuracy.unit) == ("loihi", "accuracy", 75, "%")
    assert (accuracy.samples, accuracy.right) == (4, "1101")
    assert [(cell.quantity, cell.value, cell.samples) for cell in spikes] == [
        ("spikes_h1", 6, None),
        ("spikes_output", 0, None),
    ]


def test_an_output_whose_membranes_decide_has_no_spikes_to_count():
    read = replace(traced("seneca", [0, 1, 0, 0]), scores=np.zeros((4, 2)))
    assert [cell.quantity for cell in measure(read)] == ["accuracy", "spikes_h1"]


def test_agreement_is_with_the_floats_right_or_wrong():
    cells = {cell.quantity: cell for cell in compare(traced("loihi", [1, 1, 0, 0]), traced("pytorch", [1, 1, 1, 0]))}
    assert (cells["accuracy"].value, cells["agreement"].value, cells["agreement"].samples) == (50, 75, 4)


def test_other_samples_are_refused():
    with pytest.raises(InputError, match="of different samples"):
        compare(traced("loihi", [0, 0, 0, 0]), traced("pytorch", [0, 0, 0, 0], labels=[1, 1, 1, 1]))
