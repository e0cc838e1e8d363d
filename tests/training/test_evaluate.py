import numpy as np
import torch

from delaysnn.training.evaluate import accuracy_as_trained, decide_as_trained, membranes, trace
from delaysnn.training.model import DelayNetwork


def test_membranes_reach_the_threshold_where_spikes_are(validation, settings):
    model = DelayNetwork([12, 10, 3], [1, 4], 2, settings.model_copy(update={"threshold": 0.1}), seed=3)
    spikes = trace(model, validation, {}).layers
    for potential, layer in zip(membranes(model, validation.spikes.select(np.array([7]))), spikes, strict=True):
        fired = layer.dense()[:, 7]
        assert ((potential >= 1) == fired).all()
        assert fired.any()


def test_each_loss_decides_by_what_it_reads():
    spikes, potential = torch.zeros(1, 4, 3), torch.zeros(1, 4, 3)
    spikes[0, :2, 0] = 1
    potential[0, 1, 1] = 40  # by far the highest once, so that it has the highest mean
    potential[0, 1:, 2] = 8  # the highest at most steps
    potential[0, 1, 2] = 0
    classes = {loss: decide_as_trained([(spikes, potential)], loss)[0] for loss in ("spike_count", "mean_membrane")}
    assert classes == {"spike_count": 0, "mean_membrane": 1}
    assert decide_as_trained([(spikes, potential)], "summed_softmax").tolist() == [2]


def test_spikes_decide_what_a_trace_says(validation, settings):
    model = DelayNetwork([12, 10, 3], [1, 4], 2, settings.model_copy(update={"threshold": 0.1}), seed=3)
    assert accuracy_as_trained(model, validation, "spike_count") == trace(model, validation, {}).accuracy
