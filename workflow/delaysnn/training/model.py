"""The trainable network: layers of delayed synapses and LIF neurons with a decay each."""

import math
from collections.abc import Callable, Collection, Sequence
from typing import Protocol

import torch
from torch import Tensor, nn

from delaysnn.core.errors import InputError
from delaysnn.core.network import Layer, Network
from delaysnn.training.layers import Fired, InputBatch, delayed_lif
from delaysnn.training.quantisation import best_scale, quantise, share


class Neurons(Protocol):
    """What a network takes of the configuration's section ``training``."""

    @property
    def threshold(self) -> float: ...

    @property
    def surrogate_slope(self) -> float: ...

    @property
    def decay(self) -> Sequence[float]: ...


class DelayNetwork(nn.Module):
    """A network whose synapses have one weight a delay level (paper section II), feed-forward or a recurrent baseline.

    Attributes:
        weights: one float tensor [delay, pre, post] a layer; level ``d`` delays by ``d * stride`` time steps.
        decay_logits: one float tensor a layer; a neuron's decay a step is the sigmoid of its own, or of its group's.
        groups: one tensor [post] a layer: which of the layer's decay_logits each neuron has.
        recurrent: one float tensor [pre, post] for each layer that feeds itself one step later, by the layer's index.
        masks: one tensor a layer like its weights, 0 where a synapse is pruned.
        bits: width of quantised weights, or None; ``scales`` is then the value of one unit a layer.
    """

    def __init__(
        self,
        topology: Sequence[int],
        levels: Sequence[int],
        stride: int,
        neurons: Neurons,
        seed: int,
        recurrent: Collection[int] = (),
        random_levels: int | None = None,
    ):
        """Draw a network's weights.

        Args:
            topology: neurons a layer, inputs first.
            levels: number of delay levels of each layer's synapses.
            stride: time steps between two levels.
            neurons: their threshold, the slope of their surrogate, and the range in which their decays start.
            seed: of the draw.
            recurrent: indices of the layers that feed themselves.
            random_levels: number of levels, drawn at random, that each (pre, post) pair is given; all of them if None.
        """
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.stride, self.surrogate_slope = stride, neurons.surrogate_slope
        self.bits: int | None = None
        self.scales: list[float] = []
        self.weights, self.decay_logits, self.recurrent = nn.ParameterList(), nn.ParameterList(), nn.ParameterDict()
        for index, (pre, post, n_levels) in enumerate(zip(topology[:-1], topology[1:], levels, strict=True)):
            given = min(random_levels or n_levels, n_levels)
            self.weights.append(nn.Parameter(_draw(n_levels, pre, post, pre * given, generator)))
            low, high = neurons.decay
            self.decay_logits.append(
                nn.Parameter(torch.logit(low + (high - low) * torch.rand(post, generator=generator)))
            )
            if index in recurrent:
                self.recurrent[str(index)] = nn.Parameter(_draw(1, post, post, post, generator)[0])
            mask = torch.ones(n_levels, pre, post)
            if given < n_levels:
                mask = (torch.rand(n_levels, pre, post, generator=generator).argsort(dim=0) < given).float()
            self.register_buffer(f"mask{index}", mask)
            self.register_buffer(f"group{index}", torch.arange(post))
            self.register_buffer(f"threshold{index}", torch.full((post,), float(neurons.threshold)))

    @property
    def masks(self) -> list[Tensor]:
        return [getattr(self, f"mask{index}") for index in range(len(self.weights))]

    @property
    def groups(self) -> list[Tensor]:
        return [getattr(self, f"group{index}") for index in range(len(self.weights))]

    @property
    def thresholds(self) -> list[Tensor]:
        return [getattr(self, f"threshold{index}") for index in range(len(self.weights))]

    def quantise(self, bits: int) -> None:
        """From now on let spikes meet weights of ``bits`` bits, one scale a layer.

        Raises:
            InputError: the network is recurrent.
        """
        if self.recurrent:
            raise InputError(
                "A recurrent network is a baseline and not quantised; take one without recurrent synapses."
            )
        self.scales = [best_scale(weight.detach(), bits) for weight in self.effective_weights()]
        self.bits = bits

    def effective_weights(self) -> list[Tensor]:
        """Return the weights that spikes meet: pruned synapses are zero, the others quantised where wanted."""
        weights = [weight * mask for weight, mask in zip(self.weights, self.masks, strict=True)]
        if self.bits is None:
            return weights
        return [quantise(weight, scale, self.bits) for weight, scale in zip(weights, self.scales, strict=True)]

    def decays(self) -> list[Tensor]:
        """Return each neuron's decay a step, one tensor [post] a layer."""
        return [torch.sigmoid(logits)[group] for logits, group in zip(self.decay_logits, self.groups, strict=True)]

    def share_decays(self, most: int) -> None:
        """Give each layer at most ``most`` decays: every neuron takes the nearest, and its group trains it from now on.

        A chip stores a decay a profile, and has few of them (config/hardware/loihi.yaml).
        """
        for index, decay in enumerate(self.decays()):
            means, group = share(decay.detach().cpu().numpy(), most)
            self.decay_logits[index] = nn.Parameter(torch.logit(torch.from_numpy(means)).to(decay))
            self.groups[index].copy_(torch.from_numpy(group))

    def _fed_back(self) -> list[Tensor | None]:
        """Return each layer's recurrent weights, None where it has none."""
        return [self.recurrent.get(str(index)) for index in range(len(self.weights))]

    def forward(self, batch: InputBatch, thin: Callable[[Fired], Fired] | None = None) -> list[tuple[Tensor, Tensor]]:
        """Return spikes and membrane potentials of every layer, each [batch, time, neuron].

        Args:
            batch: input spikes.
            thin: returns what the next layer gets of what a hidden layer fired; all of it if None.
        """
        layers: list[Fired] = []
        before: InputBatch | Fired = batch
        parts = zip(self.effective_weights(), self.decays(), self.thresholds, self._fed_back(), strict=True)
        for weights, decay, threshold, recurrent in parts:
            if thin and layers:
                before = thin(layers[-1])
            before = delayed_lif(before, weights, decay, threshold, self.stride, self.surrogate_slope, recurrent)
            layers.append(before)
        return [(layer.spikes, layer.membrane) for layer in layers]

    def export(self, n_steps: int, name: str, seed: int, dataset: str, provenance: dict) -> Network:
        """Return the network in the format that other rooms read."""
        scales: Sequence[float | None] = self.scales or [None] * len(self.weights)
        parts = zip(self.effective_weights(), self.decays(), self.thresholds, scales, self._fed_back(), strict=True)
        layers = tuple(
            Layer(
                weights=weight.detach().cpu().numpy(),
                delay_levels=tuple(range(0, len(weight) * self.stride, self.stride)),
                decay=decay.detach().cpu().numpy(),
                threshold=threshold.cpu().numpy(),
                scale=scale,
                bits=self.bits,
                recurrent=None if recurrent is None else recurrent.detach().cpu().numpy(),
            )
            for weight, decay, threshold, scale, recurrent in parts
        )
        return Network(layers, n_steps, name, seed, dataset, provenance)

    @classmethod
    def restore(cls, network: Network, neurons: Neurons) -> "DelayNetwork":
        """Rebuild a trainable network; what is zero counts as pruned, as do levels between those of the network."""
        stride = math.gcd(*(level for layer in network.layers for level in layer.delay_levels)) or 1
        levels = [layer.delay_levels[-1] // stride + 1 for layer in network.layers]
        recurrent = [index for index, layer in enumerate(network.layers) if layer.recurrent is not None]
        model = cls(network.topology, levels, stride, neurons, seed=0, recurrent=recurrent)
        with torch.no_grad():
            for index, layer in enumerate(network.layers):
                weights = torch.zeros_like(model.weights[index])
                weights[[level // stride for level in layer.delay_levels]] = torch.from_numpy(layer.weights)
                model.weights[index].copy_(weights)
                model.decay_logits[index].copy_(torch.logit(torch.from_numpy(layer.decay)))
                model.masks[index].copy_((weights != 0).float())
                model.thresholds[index].copy_(torch.from_numpy(layer.threshold))
                if layer.recurrent is not None:
                    model.recurrent[str(index)].copy_(torch.from_numpy(layer.recurrent))
        return model


def _draw(n_levels: int, pre: int, post: int, fan_in: int, generator: torch.Generator) -> Tensor:
    """Return weights [delay, pre, post], uniform within a bound that falls with the synapses of a neuron."""
    bound = 1 / math.sqrt(fan_in)
    return bound * (2 * torch.rand(n_levels, pre, post, generator=generator) - 1)
