import numpy as np

from delaysnn.training.evaluate import membranes, trace
from delaysnn.training.model import DelayNetwork


def test_membranes_reach_the_threshold_where_spikes_are(validation, settings):
    model = DelayNetwork([12, 10, 3], [1, 4], 2, settings | {"threshold": 0.1}, seed=3)
    spikes = trace(model, validation, {}).layers
    for potential, layer in zip(membranes(model, validation.spikes.select(np.array([7]))), spikes, strict=True):
        fired = layer.dense()[:, 7]
        assert ((potential >= 1) == fired).all()
        assert fired.any()
