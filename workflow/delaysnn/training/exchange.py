"""From a trainable network to the format that other rooms read, and back."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from delaysnn.core.network import Layer, Network
from delaysnn.neurons import registered

if TYPE_CHECKING:
    from delaysnn.training.model import DelayNetwork, Neurons


def export(model: "DelayNetwork", n_steps: int, name: str, seed: int, dataset: str, provenance: dict) -> Network:
    """Return the network in the format that other rooms read."""
    scales: Sequence[float | None] = model.scales or [None] * len(model.weights)
    widths: Sequence[int | None] = model.bits or [None] * len(model.weights)
    synapses = zip(model.effective_weights(), scales, widths, model.fed_back(), strict=True)
    neurons = zip(model.decays(), model.thresholds, model.kinds, model.own_values(), strict=True)
    biases = [model.biases.get(str(index)) for index in range(len(model.weights))]
    layers = tuple(
        Layer(
            weights=weight.detach().cpu().numpy()[model.places(index)],
            delay_levels=model.delays(index),
            decay=decay.detach().cpu().numpy(),
            threshold=threshold.cpu().numpy(),
            scale=scale,
            bits=bits,
            recurrent=_array(recurrent),
            recurrent_delays=model.returns_of(index),
            neuron=kind.name,
            bias=_array(biases[index]),
            reset=_array(model.resets[index]),
            own={array.name: each.detach().cpu().numpy() for array, each in zip(kind.arrays, own, strict=True)},
        )
        for index, ((weight, scale, bits, recurrent), (decay, threshold, kind, own)) in enumerate(
            zip(synapses, neurons, strict=True)
        )
    )
    if model.input_sharing > 1:
        first = replace(layers[0], input_sharing=model.input_sharing, input_channels=model.input_channels)
        layers = (first, *layers[1:])
    return Network(layers, n_steps, name, seed, dataset, provenance, model.readout)


def _array(values: Tensor | None) -> np.ndarray | None:
    return None if values is None else values.detach().cpu().numpy()


def restore(kind: "type[DelayNetwork]", network: Network, neurons: "Neurons") -> "DelayNetwork":
    """Return a trainable network with the weights of an exported one.

    A weight of zero counts as pruned, and so do delay levels between those of the network.
    """
    first, *others = (layer.delay_levels for layer in network.layers)
    stride = math.gcd(*(delay for delays in others for delay in delays)) or 1
    levels = [len(first), *(delays[-1] // stride + 1 for delays in others)]
    drawn = (network.topology, levels, stride, neurons)
    model = kind(*drawn, seed=0, input_sharing=network.layers[0].input_sharing, input_delays=first)
    with torch.no_grad():
        for index, layer in enumerate(network.layers):
            weights = torch.zeros_like(model.weights[index])
            weights[[delay // model.strides[index] for delay in layer.delay_levels]] = torch.from_numpy(layer.weights)
            model.weights[index].copy_(weights)
            model.decay_logits[index].copy_(torch.logit(torch.from_numpy(layer.decay)))
            model.masks[index].copy_((weights != 0).float())
            model.thresholds[index].copy_(torch.from_numpy(layer.threshold))
            if layer.recurrent is not None:
                model.feed_back(index, torch.from_numpy(layer.recurrent).clone(), layer.recurrent_delays)
            neuron = registered()[layer.neuron]
            own = [torch.from_numpy(layer.own[array.name]) for array in neuron.arrays]
            model.give(index, neuron, neuron.trained(own, model.thresholds[index]))
            model.equip(index, _tensor(layer.bias), _tensor(layer.reset))
    model.readout = network.readout
    return model


def _tensor(values: np.ndarray | None) -> Tensor | None:
    return None if values is None else torch.from_numpy(values).float()
