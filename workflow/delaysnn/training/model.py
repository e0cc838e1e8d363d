"""The trainable network: layers of delayed synapses and neurons with a decay each."""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from delaysnn.core.network import Network
from delaysnn.core.readout import SPIKES
from delaysnn.core.widths import Widths, each_layer
from delaysnn.neurons import PLAIN, Neuron, registered
from delaysnn.training import exchange
from delaysnn.training.layers import Fired, InputBatch, delayed_lif
from delaysnn.training.positions import place
from delaysnn.training.quantisation import best_scale, quantise, share, share_together, stored


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
        weights: one float tensor [delay, pre, post] a layer; level ``d`` delays by ``d * strides[layer]`` time steps.
            Where delays are trained it is [synapse, pre, post].
        positions: by the layer's index, the trained delays of those synapses, in levels (:func:`place`).
        strides, levels: time steps between two delay levels of each layer's synapses, and number of these levels.
        input_delays: of the first layer, in time steps; where levels lie between them, those are masked.
        sigma: how far positions spread (:meth:`spreading`), or None: they are rounded.
        decay_logits: one float tensor a layer; a neuron's decay a step is the sigmoid of its own, or of its group's.
        groups: one tensor [post] a layer: which of the layer's decay_logits each neuron has.
        recurrent: one float tensor for each layer that feeds itself, by the layer's index: [pre, post] one step later,
            or [delay, pre, post] after ``returns`` of that index, in time steps.
        kinds: the model of each layer's neurons.
        own: by the layer's index, what such neurons train beside their decay, each [post], or as many as decay_logits
            where it is shared with these; nothing of LIF neurons.
        masks: one tensor a layer like its weights, 0 where a synapse is pruned.
        bits: width of each layer's quantised weights, or None; ``scales`` is then the value of one unit a layer.
        input_channels: how many there are; ``input_sharing`` neighbouring ones share a row of the first weights.
        biases: by the layer's index, what arrives at each of its neurons at every step, [post], where anything does.
        readout: what decides (:data:`delaysnn.core.readout.READOUTS`); by membranes the last layer never fires.
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
        input_delays: Sequence[int] | None = None,
        returns: Sequence[int] = (1,),
        random_returns: int | None = None,
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
            input_delays: of the first layer, in time steps and increasing, instead of ``levels`` a ``stride`` apart.
            returns: delays in time steps after which the spikes of layers that feed themselves return.
            random_returns: number of these, drawn at random, that each neuron is given; all of them if None.
        """
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.stride, self.surrogate_slope = stride, neurons.surrogate_slope
        self.input_channels, self.input_sharing = topology[0], input_sharing
        self.input_delays = tuple(input_delays or range(0, levels[0] * stride, stride))
        self.strides = [math.gcd(*self.input_delays) or stride, *[stride] * (len(levels) - 1)]
        self.levels, self.positions = [self.input_delays[-1] // self.strides[0] + 1, *levels[1:]], nn.ParameterDict()
        self.sigma: float | None = None
        self.bits: tuple[int, ...] | None = None
        self.scales: list[float] = []
        self.weights, self.decay_logits, self.recurrent = nn.ParameterList(), nn.ParameterList(), nn.ParameterDict()
        self.returns: dict[str, tuple[int, ...]] = {}
        self.kinds: list[Neuron] = []
        self.own = nn.ModuleDict()
        self.biases, self.readout = nn.ParameterDict(), SPIKES
        for index, (pre, post, n_levels) in enumerate(zip(topology[:-1], topology[1:], self.levels, strict=True)):
            n_delays = n_levels if index else len(self.input_delays)
            given = min(learned_levels or random_levels or n_delays, n_delays)
            rows = pre if index else -(-pre // input_sharing)
            stored = given if learned_levels else n_levels
            self.weights.append(nn.Parameter(_draw(stored, rows, post, pre * given, generator)))
            low, high = neurons.decay
            self.decay_logits.append(
                nn.Parameter(torch.logit(low + (high - low) * torch.rand(post, generator=generator)))
            )
            if index in recurrent:
                kept = min(random_returns or len(returns), len(returns))
                back = _draw(len(returns), post, post, post * kept, generator)
                if kept < len(returns):
                    back *= torch.rand(len(returns), post, 1, generator=generator).argsort(dim=0) < kept
                self.feed_back(index, back[0] if tuple(returns) == (1,) else back, returns)
            mask = torch.ones(stored, rows, post)
            if learned_levels and n_levels > 1:
                drawn = torch.rand(stored, rows, post, generator=generator)
                self.positions[str(index)] = nn.Parameter((n_levels - 1) * drawn)
            elif given < n_delays:
                mask = (torch.rand(n_delays, rows, post, generator=generator).argsort(dim=0) < given).float()
            if n_delays < n_levels:
                mask = torch.zeros(n_levels, rows, post).index_copy_(0, torch.tensor(self.places(0)), mask[:n_delays])
            self.register_buffer(f"mask{index}", mask)
            self.register_buffer(f"group{index}", torch.arange(post))
            self.register_buffer(f"threshold{index}", torch.full((post,), float(neurons.threshold)))
        # Last, so that all else is drawn as with LIF neurons.
        for index, (name, post) in enumerate(zip(kinds or [PLAIN] * len(levels), topology[1:], strict=True)):
            kind = registered()[name]
            self.give(index, kind, kind.draw(post, neurons, generator))

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

    def give(self, index: int, neuron: Neuron, trained: Mapping[str, Tensor]) -> None:
        """Let a layer have these neurons, which train a copy of what is given."""
        self.kinds[index : index + 1] = [neuron]
        if trained:
            own = {name: nn.Parameter(value.detach().clone()) for name, value in trained.items()}
            self.own[str(index)] = nn.ParameterDict(own)

    def equip(self, index: int, bias: Tensor | None, reset: Tensor | None) -> None:
        """Give a layer's neurons biases, which train a copy, and a reset by subtraction; nothing where it is None."""
        if bias is not None:
            self.biases[str(index)] = nn.Parameter(bias.detach().clone())
        if reset is not None:
            self.register_buffer(f"reset{index}", reset.clone())

    @property
    def resets(self) -> list[Tensor | None]:
        """Return what a spike takes from the next step's potential, [post] a layer, None where it sets it to zero."""
        return [getattr(self, f"reset{index}", None) for index in range(len(self.weights))]

    def limit(self, neurons: Any) -> None:
        """Bring what neurons train, and positions, back within their range."""
        with torch.no_grad():
            for index, kind in enumerate(self.kinds):
                own = self._own(index)
                for name, (least, most) in kind.limits(neurons).items():
                    own[name].clamp_(least, most)
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

    def decays(self) -> list[Tensor]:
        """Return each neuron's decay a step, one tensor [post] a layer."""
        return [torch.sigmoid(logits)[group] for logits, group in zip(self.decay_logits, self.groups, strict=True)]

    def own_values(self) -> list[list[Tensor]]:
        """Return what each layer's neurons have beside decay and threshold, each [post]."""
        parts = zip(self.kinds, self.thresholds, strict=True)
        return [kind.own(self.trained(index), threshold) for index, (kind, threshold) in enumerate(parts)]

    def trained(self, index: int) -> dict[str, Tensor]:
        """Return what a layer's neurons train beside their decay, each [post]."""
        own = self._own(index)
        return own | {name: own[name][self.groups[index]] for name in self.kinds[index].shared}

    def _own(self, index: int) -> dict[str, Tensor]:
        """Return the same as it is stored, a value a group where it is shared."""
        return dict(self.own[str(index)].named_parameters()) if str(index) in self.own else {}

    def share_decays(self, most: int) -> None:
        """Give each layer at most ``most`` decays: every neuron takes the nearest, and its group trains it from now on.

        Where neurons have further decays that a chip stores with the first, they share all of them
        (:attr:`delaysnn.neurons.Neuron.shared`). What else they have, such as the decay of an adaptation, stays each
        neuron's own.

        A chip stores a decay a profile, and has few of them (config/hardware/loihi.yaml).
        """
        for index, decay in enumerate(self.decays()):
            names, trained = self.kinds[index].shared, self.trained(index)
            columns = [each.detach().cpu().numpy() for each in (decay, *(trained[name].sigmoid() for name in names))]
            if names:
                means, group = share_together(np.stack(columns, axis=1), most)
            else:
                one, group = share(columns[0], most)
                means = one[:, None]
            logits = torch.logit(torch.from_numpy(means)).to(decay)
            self.decay_logits[index] = nn.Parameter(logits[:, 0].clone())
            if names:
                self.give(index, self.kinds[index], trained | dict(zip(names, logits[:, 1:].T, strict=True)))
            self.groups[index].copy_(torch.from_numpy(group))

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

    def _axons(self, index: int) -> Tensor | None:
        """Return which of a layer's neurons feed it after which of these delays, bool [delay, pre], None: all."""
        mask = self.recurrent_masks.get(str(index))
        return None if mask is None else mask.any(dim=2)

    def _high(self, index: int) -> Tensor:
        """Return the potentials at which a layer's neurons fire, endless where they never do."""
        never = self.readout != SPIKES and index == len(self.weights) - 1
        return torch.full_like(self.thresholds[index], math.inf) if never else self.thresholds[index]

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
        synapses = zip([self._expanded(first), *others], self.fed_back(), strict=True)
        neurons = zip(self.decays(), self.kinds, self.own_values(), self.resets, strict=True)
        for index, ((weights, recurrent), (decay, kind, own, reset)) in enumerate(zip(synapses, neurons, strict=True)):
            if thin and layers:
                before = thin(layers[-1])
            constants = self._high(index), self.strides[index], self.surrogate_slope
            back, bias = (self.returns_of(index), self._axons(index)), self.biases.get(str(index))
            before = delayed_lif(before, weights, decay, *constants, recurrent, kind, own, *back, bias, reset)
            layers.append(before)
        return [(layer.spikes, layer.membrane) for layer in layers]

    def export(self, n_steps: int, name: str, seed: int, dataset: str, provenance: dict) -> Network:
        """Return the network in the format that other rooms read."""
        return exchange.export(self, n_steps, name, seed, dataset, provenance)

    @classmethod
    def restore(cls, network: Network, neurons: Neurons) -> "DelayNetwork":
        """Rebuild a trainable network; what is zero counts as pruned, as do levels between those of the network."""
        return exchange.restore(cls, network, neurons)


def _draw(n_levels: int, pre: int, post: int, fan_in: int, generator: torch.Generator) -> Tensor:
    """Return weights [delay, pre, post], uniform within a bound that falls with the synapses of a neuron."""
    bound = 1 / math.sqrt(fan_in)
    return bound * (2 * torch.rand(n_levels, pre, post, generator=generator) - 1)
