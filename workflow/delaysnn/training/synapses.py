"""The synapses of a trainable network: their weights, delays and masks."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from delaysnn.core.widths import Widths, each_layer
from delaysnn.training.positions import place
from delaysnn.training.quantisation import best_scale, quantise, stored


class Synapses(nn.Module):
    """Delayed synapses of every layer, and those of layers to themselves; whoever inherits this makes the arrays.

    Attributes:
        weights: one float tensor [delay, pre, post] a layer; level ``d`` delays by ``d * strides[layer]`` time steps.
            Where delays are trained it is [synapse, pre, post].
        positions: by the layer's index, the trained delays of those synapses, in levels (:func:`place`).
        strides, levels: time steps between two delay levels of each layer's synapses, and number of these levels.
        input_delays: of the first layer, in time steps; where levels lie between them, those are masked.
        sigma: how far positions spread (:meth:`spreading`), or None: they are rounded.
        recurrent: one float tensor for each layer that feeds itself, by the layer's index: [pre, post] one step later,
            or [delay, pre, post] after ``returns`` of that index, in time steps.
        masks: one tensor a layer like its weights, 0 where a synapse is pruned.
        bits: width of each layer's quantised weights, or None; ``scales`` is then the value of one unit a layer.
        input_channels: how many there are; ``input_sharing`` neighbouring ones share a row of the first weights.
    """

    weights: nn.ParameterList
    positions: nn.ParameterDict
    recurrent: nn.ParameterDict
    stride: int
    strides: list[int]
    levels: list[int]
    input_delays: tuple[int, ...]
    input_channels: int
    input_sharing: int
    returns: dict[str, tuple[int, ...]]
    sigma: float | None
    bits: tuple[int, ...] | None
    scales: list[float]

    def delays(self, index: int) -> tuple[int, ...]:
        """Return the delays of a layer's synapses in time steps."""
        return tuple(range(0, self.levels[index] * self.stride, self.stride)) if index else self.input_delays

    def places(self, index: int) -> list[int]:
        """Return the levels of these delays."""
        return [delay // self.strides[index] for delay in self.delays(index)]

    def feed_back(self, index: int, weights: Tensor, returns: Sequence[int] = (1,)) -> None:
        """Let a layer feed itself by these weights, as of :attr:`recurrent`.

        Where it does so after several delays, what is zero counts as pruned.
        """
        self.recurrent[str(index)] = nn.Parameter(weights)
        if weights.dim() == 3:
            self.returns[str(index)] = tuple(returns)
            self.register_buffer(f"recurrent_mask{index}", (weights != 0).to(weights))

    @property
    def recurrent_masks(self) -> dict[str, Tensor]:
        """By the layer's index, 0 where a synapse to a layer's own neurons is pruned, [delay, pre, post]."""
        return {key: getattr(self, f"recurrent_mask{key}") for key in self.returns}

    @contextmanager
    def spreading(self, sigma: float | None) -> Iterator[None]:
        """Spread synapses around their positions by so many levels within the block, as training does."""
        self.sigma = sigma
        try:
            yield
        finally:
            self.sigma = None

    @property
    def masks(self) -> list[Tensor]:
        return [getattr(self, f"mask{index}") for index in range(len(self.weights))]

    def quantise(self, bits: Widths) -> None:
        """From now on let spikes meet weights of ``bits`` bits, of all layers or of each, one scale a layer.

        Recurrent weights have the scale and the bits of their layer's others.

        Raises:
            InputError: the network has another number of layers than there are widths.
        """
        widths = each_layer(bits, len(self.weights))
        layers = zip(self.effective_weights(), self.fed_back(), widths, strict=True)
        self.scales = [best_scale(stored(weights, recurrent).detach(), own) for weights, recurrent, own in layers]
        self.bits = widths

    def effective_weights(self) -> list[Tensor]:
        """Return the weights that spikes meet, [delay, pre, post]: pruned ones are zero, others quantised if wanted."""
        weights = [weight * mask for weight, mask in zip(self.weights, self.masks, strict=True)]
        for key, positions in self.positions.items():
            weights[int(key)] = place(weights[int(key)], positions, self.levels[int(key)], self.sigma)
        if self.bits is None:
            return weights
        return [quantise(*layer) for layer in zip(weights, self.scales, self.bits, strict=True)]

    def fed_back(self) -> list[Tensor | None]:
        """Return each layer's recurrent weights that spikes meet, None where it has none."""
        found = dict(self.recurrent.items())
        found |= {key: found[key] * mask for key, mask in self.recurrent_masks.items()}
        if self.bits is not None:
            found = {key: quantise(each, self.scales[int(key)], self.bits[int(key)]) for key, each in found.items()}
        return [found.get(str(index)) for index in range(len(self.weights))]

    def returns_of(self, index: int) -> tuple[int, ...]:
        """Return the delays after which a layer's spikes return to it."""
        return self.returns.get(str(index), (1,))

    def axons_of(self, index: int) -> Tensor | None:
        """Return which of a layer's neurons feed it after which of these delays, bool [delay, pre], None: all."""
        mask = self.recurrent_masks.get(str(index))
        return None if mask is None else mask.any(dim=2)

    def expanded(self, weights: Tensor) -> Tensor:
        """Return the first layer's weights with a row for each input channel."""
        if self.input_sharing == 1:
            return weights
        # Expanded and cut, not indexed: its gradient sums the rows of a run in the same order everywhere.
        runs = weights[:, :, None].expand(-1, -1, self.input_sharing, -1)
        return runs.flatten(1, 2)[:, : self.input_channels]


def draw(n_levels: int, pre: int, post: int, fan_in: int, generator: torch.Generator) -> Tensor:
    """Return weights [delay, pre, post], uniform within a bound that falls with the synapses of a neuron."""
    bound = 1 / math.sqrt(fan_in)
    return bound * (2 * torch.rand(n_levels, pre, post, generator=generator) - 1)
