"""The trainable network: layers of delayed synapses, and neurons that each have a decay."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from delaysnn.core.network import Network
from delaysnn.core.readout import SPIKES
from delaysnn.neurons import PLAIN, Neuron, registered
from delaysnn.training import exchange
from delaysnn.training.layers import Fired, InputBatch, delayed_lif
from delaysnn.training.quantisation import share, share_together
from delaysnn.training.synapses import Synapses, draw


class Neurons(Protocol):
    """What a network takes of the configuration's section ``training``."""

    @property
    def threshold(self) -> float: ...

    @property
    def surrogate_slope(self) -> float: ...

    @property
    def decay(self) -> Sequence[float]: ...


class DelayNetwork(Synapses):
    """A network whose synapses have one weight for each delay level (paper section II), feed-forward or recurrent.

    :class:`Synapses` explains its synapses.

    Attributes:
        decay_logits: one float tensor a layer. The sigmoid of an entry is the decay a step, of one neuron or of its
            group.
        groups: one tensor [post] a layer: the entry of the layer's ``decay_logits`` that each neuron has.
        kinds: the model of each layer's neurons.
        own: by the layer's index, what such neurons train beside their decay, each [post], or one value a group where
            it is shared with the decays; nothing for LIF neurons.
        biases: by the layer's index, the bias of each neuron, [post], where the layer has biases.
        readout: what decides on the class (:data:`delaysnn.core.readout.READOUTS`). By membranes the last layer never
            fires.

    Examples:
        >>> from delaysnn import Training
        >>> import yaml
        >>> training = Training(**yaml.safe_load(open("config/config.yaml"))["training"])  # doctest: +SKIP
        >>> DelayNetwork([700, 48, 48, 20], [1, 30, 30], 2, training, seed=1)  # doctest: +SKIP
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
            self.weights.append(nn.Parameter(draw(stored, rows, post, pre * given, generator)))
            low, high = neurons.decay
            self.decay_logits.append(
                nn.Parameter(torch.logit(low + (high - low) * torch.rand(post, generator=generator)))
            )
            if index in recurrent:
                kept = min(random_returns or len(returns), len(returns))
                back = draw(len(returns), post, post, post * kept, generator)
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

    @property
    def groups(self) -> list[Tensor]:
        return [getattr(self, f"group{index}") for index in range(len(self.weights))]

    @property
    def thresholds(self) -> list[Tensor]:
        return [getattr(self, f"threshold{index}") for index in range(len(self.weights))]

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

    def _high(self, index: int) -> Tensor:
        """Return the potentials at which a layer's neurons fire, endless where they never do."""
        never = self.readout != SPIKES and index == len(self.weights) - 1
        return torch.full_like(self.thresholds[index], math.inf) if never else self.thresholds[index]

    def forward(self, batch: InputBatch, thin: Callable[[Fired], Fired] | None = None) -> list[tuple[Tensor, Tensor]]:
        """Return spikes and membrane potentials of every layer, each float [sample, time, neuron].

        Args:
            batch: input spikes.
            thin: takes the spikes of a hidden layer and returns those that the next layer gets; None: all of them.
        """
        layers: list[Fired] = []
        before: InputBatch | Fired = batch
        first, *others = self.effective_weights()
        synapses = zip([self.expanded(first), *others], self.fed_back(), strict=True)
        neurons = zip(self.decays(), self.kinds, self.own_values(), self.resets, strict=True)
        for index, ((weights, recurrent), (decay, kind, own, reset)) in enumerate(zip(synapses, neurons, strict=True)):
            if thin and layers:
                before = thin(layers[-1])
            constants = self._high(index), self.strides[index], self.surrogate_slope
            back, bias = (self.returns_of(index), self.axons_of(index)), self.biases.get(str(index))
            before = delayed_lif(before, weights, decay, *constants, recurrent, kind, own, *back, bias, reset)
            layers.append(before)
        return [(layer.spikes, layer.membrane) for layer in layers]

    def export(self, n_steps: int, name: str, seed: int, dataset: str, provenance: dict) -> Network:
        """Return the network in the format that other rooms read.

        Args:
            n_steps: time steps a sample.
            name: of the network.
            seed: of its training.
            dataset: name of the data set that it was trained on.
            provenance: how it was made.
        """
        return exchange.export(self, n_steps, name, seed, dataset, provenance)

    @classmethod
    def restore(cls, network: Network, neurons: Neurons) -> "DelayNetwork":
        """Return a trainable network with the weights of an exported one.

        A weight of zero counts as pruned, and so do delay levels between those of the network.
        """
        return exchange.restore(cls, network, neurons)
