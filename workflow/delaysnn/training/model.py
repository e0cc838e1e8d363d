"""The trainable network: layers of delayed synapses and neurons with a decay each."""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from delaysnn.core.errors import InputError
from delaysnn.core.network import Layer, Network
from delaysnn.core.widths import Widths, each_layer
from delaysnn.neurons import PLAIN, Neuron, registered
from delaysnn.training.layers import Fired, InputBatch, delayed_lif
from delaysnn.training.positions import place
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
        weights: one float tensor [delay, pre, post] a layer; level ``d`` delays by ``d * stride`` time steps. Where
            delays are trained it is [synapse, pre, post].
        positions: by the layer's index, the trained delays of those synapses, in levels (:func:`place`).
        levels: number of delay levels of each layer's synapses.
        sigma: how far positions spread (:meth:`spreading`), or None: they are rounded.
        decay_logits: one float tensor a layer; a neuron's decay a step is the sigmoid of its own, or of its group's.
        groups: one tensor [post] a layer: which of the layer's decay_logits each neuron has.
        recurrent: one float tensor [pre, post] for each layer that feeds itself one step later, by the layer's index.
        kinds: the model of each layer's neurons.
        own: by the layer's index, what such neurons train beside their decay, each [post]; nothing of LIF neurons.
        masks: one tensor a layer like its weights, 0 where a synapse is pruned.
        bits: width of each layer's quantised weights, or None; ``scales`` is then the value of one unit a layer.
        input_channels: how many there are; ``input_sharing`` neighbouring ones share a row of the first weights.
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
        input_sharing: int = 1,
        kinds: Sequence[str] | None = None,
        learned_levels: int | None = None,
    ):
        """Draw a network's weights.

        Args:
            topology: neurons a layer, inputs first.
            levels: number of delay levels of each layer's synapses.
            stride: time steps between two levels.
            neurons: their threshold, the slope of their surrogate, and the range in which their decays start; and what
                the neurons that ``kinds`` names read (:attr:`delaysnn.neurons.Neuron.settings`).
            seed: of the draw.
            recurrent: indices of the layers that feed themselves.
            random_levels: number of levels, drawn at random, that each (pre, post) pair is given; all of them if None.
            input_sharing: number of neighbouring input channels that share a weight. It is as large as without, since
                as many spikes reach a neuron.
            kinds: names of each layer's neurons; LIF if None.
            learned_levels: number of synapses that each (pre, post) pair is given where there is more than one level,
                at positions that are trained; all levels if None.
        """
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.stride, self.surrogate_slope = stride, neurons.surrogate_slope
        self.input_channels, self.input_sharing = topology[0], input_sharing
        self.levels, self.positions = list(levels), nn.ParameterDict()
        self.sigma: float | None = None
        self.bits: tuple[int, ...] | None = None
        self.scales: list[float] = []
        self.weights, self.decay_logits, self.recurrent = nn.ParameterList(), nn.ParameterList(), nn.ParameterDict()
        self.kinds: list[Neuron] = []
        self.own = nn.ModuleDict()
        for index, (pre, post, n_levels) in enumerate(zip(topology[:-1], topology[1:], levels, strict=True)):
            given = min(learned_levels or random_levels or n_levels, n_levels)
            rows = pre if index else -(-pre // input_sharing)
            stored = given if learned_levels else n_levels
            self.weights.append(nn.Parameter(_draw(stored, rows, post, pre * given, generator)))
            low, high = neurons.decay
            self.decay_logits.append(
                nn.Parameter(torch.logit(low + (high - low) * torch.rand(post, generator=generator)))
            )
            if index in recurrent:
                self.recurrent[str(index)] = nn.Parameter(_draw(1, post, post, post, generator)[0])
            mask = torch.ones(stored, rows, post)
            if learned_levels and n_levels > 1:
                drawn = torch.rand(stored, rows, post, generator=generator)
                self.positions[str(index)] = nn.Parameter((n_levels - 1) * drawn)
            elif given < n_levels:
                mask = (torch.rand(n_levels, rows, post, generator=generator).argsort(dim=0) < given).float()
            self.register_buffer(f"mask{index}", mask)
            self.register_buffer(f"group{index}", torch.arange(post))
            self.register_buffer(f"threshold{index}", torch.full((post,), float(neurons.threshold)))
        # Last, so that all else is drawn as with LIF neurons.
        for index, (name, post) in enumerate(zip(kinds or [PLAIN] * len(levels), topology[1:], strict=True)):
            kind = registered()[name]
            self.give(index, kind, kind.draw(post, neurons, generator))

    def give(self, index: int, neuron: Neuron, trained: Mapping[str, Tensor]) -> None:
        """Let a layer have these neurons, which train a copy of what is given."""
        self.kinds[index : index + 1] = [neuron]
        if trained:
            own = {name: nn.Parameter(value.detach().clone()) for name, value in trained.items()}
            self.own[str(index)] = nn.ParameterDict(own)

    def limit(self, neurons: Any) -> None:
        """Bring what neurons train, and positions, back within their range."""
        with torch.no_grad():
            for index, kind in enumerate(self.kinds):
                trained = self.trained(index)
                for name, (least, most) in kind.limits(neurons).items():
                    trained[name].clamp_(least, most)
            for key, positions in self.positions.items():
                positions.clamp_(0, self.levels[int(key)] - 1)

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

    @property
    def groups(self) -> list[Tensor]:
        return [getattr(self, f"group{index}") for index in range(len(self.weights))]

    @property
    def thresholds(self) -> list[Tensor]:
        return [getattr(self, f"threshold{index}") for index in range(len(self.weights))]

    def quantise(self, bits: Widths) -> None:
        """From now on let spikes meet weights of ``bits`` bits, of all layers or of each, one scale a layer.

        Raises:
            InputError: the network is recurrent, or has another number of layers than there are widths.
        """
        if self.recurrent:
            raise InputError(
                "A recurrent network is a baseline and not quantised; take one without recurrent synapses."
            )
        widths = each_layer(bits, len(self.weights))
        weights = zip(self.effective_weights(), widths, strict=True)
        self.scales = [best_scale(weight.detach(), own) for weight, own in weights]
        self.bits = widths

    def effective_weights(self) -> list[Tensor]:
        """Return the weights that spikes meet, [delay, pre, post]: pruned ones are zero, others quantised if wanted."""
        weights = [weight * mask for weight, mask in zip(self.weights, self.masks, strict=True)]
        for key, positions in self.positions.items():
            weights[int(key)] = place(weights[int(key)], positions, self.levels[int(key)], self.sigma)
        if self.bits is None:
            return weights
        return [quantise(*layer) for layer in zip(weights, self.scales, self.bits, strict=True)]

    def decays(self) -> list[Tensor]:
        """Return each neuron's decay a step, one tensor [post] a layer."""
        return [torch.sigmoid(logits)[group] for logits, group in zip(self.decay_logits, self.groups, strict=True)]

    def own_values(self) -> list[list[Tensor]]:
        """Return what each layer's neurons have beside decay and threshold, each [post]."""
        parts = zip(self.kinds, self.thresholds, strict=True)
        return [kind.own(self.trained(index), threshold) for index, (kind, threshold) in enumerate(parts)]

    def trained(self, index: int) -> dict[str, Tensor]:
        """Return what a layer's neurons train beside their decay."""
        return dict(self.own[str(index)].named_parameters()) if str(index) in self.own else {}

    def share_decays(self, most: int) -> None:
        """Give each layer at most ``most`` decays: every neuron takes the nearest, and its group trains it from now on.

        What neurons have beside, such as the decay of an adaptation, stays each neuron's own.

        A chip stores a decay a profile, and has few of them (config/hardware/loihi.yaml).
        """
        for index, decay in enumerate(self.decays()):
            means, group = share(decay.detach().cpu().numpy(), most)
            self.decay_logits[index] = nn.Parameter(torch.logit(torch.from_numpy(means)).to(decay))
            self.groups[index].copy_(torch.from_numpy(group))

    def _fed_back(self) -> list[Tensor | None]:
        """Return each layer's recurrent weights, None where it has none."""
        return [self.recurrent.get(str(index)) for index in range(len(self.weights))]

    def _expanded(self, weights: Tensor) -> Tensor:
        """Return the first layer's weights with a row for each input channel."""
        if self.input_sharing == 1:
            return weights
        # Expanded and cut, not indexed: its gradient sums the rows of a run in the same order everywhere.
        runs = weights[:, :, None].expand(-1, -1, self.input_sharing, -1)
        return runs.flatten(1, 2)[:, : self.input_channels]

    def forward(self, batch: InputBatch, thin: Callable[[Fired], Fired] | None = None) -> list[tuple[Tensor, Tensor]]:
        """Return spikes and membrane potentials of every layer, each [batch, time, neuron].

        Args:
            batch: input spikes.
            thin: returns what the next layer gets of what a hidden layer fired; all of it if None.
        """
        layers: list[Fired] = []
        before: InputBatch | Fired = batch
        first, *others = self.effective_weights()
        synapses = zip([self._expanded(first), *others], self._fed_back(), strict=True)
        neurons = zip(self.decays(), self.thresholds, self.kinds, self.own_values(), strict=True)
        for (weights, recurrent), (decay, threshold, kind, own) in zip(synapses, neurons, strict=True):
            if thin and layers:
                before = thin(layers[-1])
            constants = self.stride, self.surrogate_slope
            before = delayed_lif(before, weights, decay, threshold, *constants, recurrent, kind, own)
            layers.append(before)
        return [(layer.spikes, layer.membrane) for layer in layers]

    def export(self, n_steps: int, name: str, seed: int, dataset: str, provenance: dict) -> Network:
        """Return the network in the format that other rooms read."""
        scales: Sequence[float | None] = self.scales or [None] * len(self.weights)
        widths: Sequence[int | None] = self.bits or [None] * len(self.weights)
        synapses = zip(self.effective_weights(), scales, widths, self._fed_back(), strict=True)
        neurons = zip(self.decays(), self.thresholds, self.kinds, self.own_values(), strict=True)
        layers = tuple(
            Layer(
                weights=weight.detach().cpu().numpy(),
                delay_levels=tuple(range(0, len(weight) * self.stride, self.stride)),
                decay=decay.detach().cpu().numpy(),
                threshold=threshold.cpu().numpy(),
                scale=scale,
                bits=bits,
                recurrent=None if recurrent is None else recurrent.detach().cpu().numpy(),
                neuron=kind.name,
                own={array.name: each.detach().cpu().numpy() for array, each in zip(kind.arrays, own, strict=True)},
            )
            for (weight, scale, bits, recurrent), (decay, threshold, kind, own) in zip(synapses, neurons, strict=True)
        )
        if self.input_sharing > 1:
            first = replace(layers[0], input_sharing=self.input_sharing, input_channels=self.input_channels)
            layers = (first, *layers[1:])
        return Network(layers, n_steps, name, seed, dataset, provenance)

    @classmethod
    def restore(cls, network: Network, neurons: Neurons) -> "DelayNetwork":
        """Rebuild a trainable network; what is zero counts as pruned, as do levels between those of the network."""
        stride = math.gcd(*(level for layer in network.layers for level in layer.delay_levels)) or 1
        levels = [layer.delay_levels[-1] // stride + 1 for layer in network.layers]
        recurrent = [index for index, layer in enumerate(network.layers) if layer.recurrent is not None]
        sharing = network.layers[0].input_sharing
        model = cls(network.topology, levels, stride, neurons, seed=0, recurrent=recurrent, input_sharing=sharing)
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
                kind = registered()[layer.neuron]
                own = [torch.from_numpy(layer.own[array.name]) for array in kind.arrays]
                model.give(index, kind, kind.trained(own, model.thresholds[index]))
        return model


def _draw(n_levels: int, pre: int, post: int, fan_in: int, generator: torch.Generator) -> Tensor:
    """Return weights [delay, pre, post], uniform within a bound that falls with the synapses of a neuron."""
    bound = 1 / math.sqrt(fan_in)
    return bound * (2 * torch.rand(n_levels, pre, post, generator=generator) - 1)
