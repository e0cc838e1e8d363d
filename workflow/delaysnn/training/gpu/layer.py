"""A layer of delayed synapses and neurons on a GPU, of several networks side by side."""

from collections.abc import Sequence

import torch
from torch import Tensor

from delaysnn.neurons import Neuron
from delaysnn.training.feedback import NextStep
from delaysnn.training.gpu.scan import KERNELS, fired
from delaysnn.training.gpu.synapse import delayed_current
from delaysnn.training.layers import steps


def delayed_layer(
    spikes: Tensor,
    weights: Tensor,
    decay: Tensor,
    threshold: Tensor,
    stride: int,
    scale: float,
    neuron: Neuron,
    own: Sequence[Tensor] = (),
    recurrent: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Run a layer over all time steps, as :func:`delaysnn.training.layers.delayed_lif` does.

    It can be differentiated by all arguments but thresholds. No copy to the host and no shape depends on data, so a
    CUDA graph can capture it once its kernels are compiled. Sums have a fixed order, which is the same for any number
    of networks, so the same card gives the same bytes again.

    Args:
        spikes: [nets, batch, time, pre], 0 or 1 of any dtype; differentiated where it is float32.
        weights: float32 [nets, delay, pre, post]; level ``d`` delays by ``d * stride`` steps.
        decay, threshold: float32 [nets, post].
        stride: time steps between two delay levels.
        scale: steepness of the fast sigmoid.
        neuron: the model of the layer's neurons.
        own: parameters of such a neuron beside decay and threshold, each [nets, post].
        recurrent: [nets, pre, post], from the layer to itself, or None. Such a layer, and neurons without a kernel, are
            computed step by step in torch.

    Returns:
        Spikes and membrane potentials before the reset, both float32 [nets, batch, time, post].
    """
    current = delayed_current(spikes, weights, stride)
    if recurrent is None and neuron.kernel in KERNELS:
        return fired(current, torch.stack([decay, *own]), threshold, scale)
    by_sample = [each[:, None] for each in (decay, threshold, *own)]
    return steps(neuron, current, by_sample[0], by_sample[2:], NextStep.of(recurrent), by_sample[1], scale)
