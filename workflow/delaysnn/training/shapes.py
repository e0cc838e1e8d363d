"""From a network's shape in the configuration to a trainable network."""

import torch

from delaysnn.core.dataset import Dataset
from delaysnn.core.readout import SPIKES
from delaysnn.neurons import PLAIN
from delaysnn.settings.networks import DelayLevels, Shape
from delaysnn.training.model import DelayNetwork, Neurons


def draw_network(data: Dataset, shape: Shape, delays: DelayLevels, neurons: Neurons, seed: int) -> DelayNetwork:
    """Return a new network that takes the data's channels and decides between its classes.

    Args:
        data: any split of what it will learn.
        shape: of its hidden layers; outputs are never recurrent, and always LIF neurons.
        delays: of its synapses, where the shape names none; with ``keep`` where they are random, fixed before training,
            or learned.
        neurons: as of :class:`DelayNetwork`.
        seed: of the draw.
    """
    topology = [data.spikes.n_neurons, *shape.hidden, data.n_classes]
    input_delays = shape.delays_of_inputs(delays.levels)
    levels = [len(input_delays)] + [len(delays.levels) if shape.delays else 1] * len(shape.hidden)
    recurrent = range(len(shape.hidden)) if shape.recurrent else ()
    returns = [1 + level for level in delays.levels] if shape.returns_late else [1]
    random_returns = delays.keep if shape.recurrent == "axonal_random" else None
    random_levels = delays.keep if shape.delays == "random" else None
    learned_levels = delays.keep if shape.delays == "learned" else None
    kinds = [*[shape.neuron] * len(shape.hidden), PLAIN]
    first = (topology, levels, delays.stride, neurons, seed, recurrent, random_levels)
    model = DelayNetwork(*first, shape.input_sharing, kinds, learned_levels, input_delays, returns, random_returns)
    for index, threshold in enumerate(model.thresholds):
        fires = index < len(shape.hidden) or shape.decides == SPIKES
        subtracts = shape.reset == "subtract" and fires
        # Biases start at zero, so that all else is drawn as without.
        model.equip(index, torch.zeros_like(threshold) if shape.bias else None, threshold if subtracts else None)
    model.readout = shape.decides
    return model
