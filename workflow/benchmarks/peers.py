"""The same network in other libraries, each by its own neurons, trained on dense spikes [time, batch, neuron].

The libraries offer neurons but no delayed synapses, so those are written in plain PyTorch in three ways; every
library's fastest way counts. LIF neurons obey ``u[t] = u[t-1] * decay * (1 - s[t-1]) + I[t]`` in all of them, with one
decay for all neurons, since not every library trains one each. Adaptive ones (:mod:`delaysnn.neurons.adlif`) no library
has: each is written as its library says that neurons are written, and trains what ours trains. They have the synapses
that are fastest with LIF neurons, those in the frequency domain.
"""

from collections.abc import Callable, Sequence

import norse.torch as norse
import snntorch
import torch
from DCLS.construct.modules import Dcls1d
from snntorch import surrogate as snntorch_surrogate
from spikingjelly.activation_based import neuron, surrogate
from torch import Tensor, nn

from delaysnn.neurons.adlif import NEURON as ADAPTIVE
from delaysnn.training.model import DelayNetwork

Neurons = Callable[[Tensor], Tensor]


def shifted_products(spikes: Tensor, weights: Tensor, stride: int) -> Tensor:
    """One product a delay level over the whole history, shifted and added."""
    n_steps = len(spikes)
    current = spikes @ weights[0]
    for level in range(1, min(len(weights), -(-n_steps // stride))):
        late = spikes[: n_steps - level * stride] @ weights[level]
        current = current + nn.functional.pad(late, (0, 0, 0, 0, level * stride, 0))
    return current


def convolution(spikes: Tensor, weights: Tensor, stride: int) -> Tensor:
    """A dilated convolution over time."""
    if len(weights) == 1:
        return spikes @ weights[0]
    past = nn.functional.pad(spikes.permute(1, 2, 0), ((len(weights) - 1) * stride, 0))
    return nn.functional.conv1d(past, weights.permute(2, 1, 0).flip(2), dilation=stride).permute(2, 0, 1)


def fourier(spikes: Tensor, weights: Tensor, stride: int) -> Tensor:
    """A product in the frequency domain, one signal for each remainder of time modulo the stride."""
    if len(weights) == 1:
        return spikes @ weights[0]
    n_steps, n_batch, n_pre = spikes.shape
    rows = -(-n_steps // stride)
    padded = nn.functional.pad(spikes, (0, 0, 0, 0, 0, rows * stride - n_steps)).view(rows, -1, n_pre)
    used = weights[:rows]
    size = 1 << (rows + len(used) - 2).bit_length()
    spectrum = torch.bmm(torch.fft.rfft(padded, size, dim=0), torch.fft.rfft(used, size, dim=0))
    current = torch.fft.irfft(spectrum, size, dim=0)[:rows]
    return current.reshape(rows * stride, n_batch, -1)[:n_steps]


class Peer(nn.Module):
    """Layers of delayed synapses and one library's neurons."""

    def __init__(self, weights: Sequence[Tensor], stride: int, synapses: Callable, neurons: Sequence[Neurons]):
        super().__init__()
        self.weights = nn.ParameterList(weight.detach().clone() for weight in weights)
        self.neurons = nn.ModuleList(neurons)
        self.stride, self.synapses = stride, synapses

    def forward(self, spikes: Tensor) -> list[Tensor]:
        """Return each layer's spikes, [time, batch, neuron]."""
        layers = []
        for weights, neurons in zip(self.weights, self.neurons, strict=True):
            spikes = neurons(self.synapses(spikes, weights, self.stride))
            layers.append(spikes)
        return layers


class SpikingJelly(nn.Module):
    """SpikingJelly's LIF node over all steps at once, with a trained decay a layer."""

    def __init__(self, decay: float, threshold: float, scale: float):
        super().__init__()
        # This surrogate is scale / 2 times ours: the library's compiled path takes only its own surrogates.
        self.node = neuron.LIFNode(
            tau=1 / (1 - decay),
            decay_input=False,
            v_threshold=threshold,
            surrogate_function=surrogate.SoftSign(alpha=scale),
            step_mode="m",
        )

    def forward(self, current: Tensor) -> Tensor:
        self.node.reset()
        return self.node(current.contiguous())


class SnnTorch(nn.Module):
    """snnTorch's leaky neuron, step by step."""

    def __init__(self, decay: float, threshold: float, scale: float):
        super().__init__()
        self.leaky = snntorch.Leaky(
            beta=decay,
            threshold=threshold,
            spike_grad=snntorch_surrogate.fast_sigmoid(slope=scale),
            reset_mechanism="zero",
        )

    def forward(self, current: Tensor) -> Tensor:
        membrane = torch.zeros_like(current[0])
        fired = []
        for step in current:
            spikes, membrane = self.leaky(step, membrane)
            fired.append(spikes)
        return torch.stack(fired)


class Norse(nn.Module):
    """norse's box LIF cell, step by step."""

    def __init__(self, decay: float, threshold: float, scale: float):
        super().__init__()
        # norse multiplies the current by (1 - decay): the membrane and all that is compared with it shrink alike.
        share = 1 - decay
        self.cell = norse.LIFBoxCell(
            norse.LIFBoxParameters(
                tau_mem_inv=torch.tensor(share / 0.001),
                v_th=torch.tensor(threshold * share),
                alpha=torch.tensor(scale / share),
            )
        )

    def forward(self, current: Tensor) -> Tensor:
        state = None
        fired = []
        for step in current:
            spikes, state = self.cell(step, state)
            fired.append(spikes)
        return torch.stack(fired)


class Trained(nn.Module):
    """What a layer of our adaptive neurons trains, each [post]."""

    def __init__(self, ours: DelayNetwork, layer: int):
        super().__init__()
        self.logit_a = nn.Parameter(ours.decay_logits[layer].detach().clone())
        values = ours.trained(layer).items()
        self.others = nn.ParameterDict({name: nn.Parameter(value.detach().clone()) for name, value in values})
        self.register_buffer("threshold", ours.thresholds[layer])

    def forward(self) -> list[Tensor]:
        """Return the decays a and b and the factors c and d."""
        return [self.logit_a.sigmoid(), *ADAPTIVE.own(self.others, self.threshold)]


class SpikingJellyAdaptive(neuron.SimpleBaseNode):
    """SpikingJelly's base of own neurons, with a second state."""

    def __init__(self, trained: Trained, threshold: float, scale: float):
        fire = surrogate.SoftSign(alpha=scale)
        super().__init__(v_threshold=threshold, surrogate_function=fire, step_mode="m")
        self.register_memory("w", 0.0)
        self.trained = trained

    def neuronal_charge(self, x: Tensor) -> None:
        self.v = self.a * self.v + x - self.w

    def neuronal_reset(self, spike: Tensor) -> None:
        self.w = self.b * self.w + self.c * self.v + self.d * spike
        self.v = (1 - spike) * self.v

    def forward(self, current: Tensor) -> Tensor:
        self.reset()
        self.a, self.b, self.c, self.d = self.trained()
        return super().forward(current)


class SnnTorchAdaptive(snntorch.SpikingNeuron):
    """snnTorch's base of own neurons, with its surrogate, step by step."""

    def __init__(self, trained: Trained, threshold: float, scale: float):
        super().__init__(threshold=threshold, spike_grad=snntorch_surrogate.fast_sigmoid(slope=scale))
        self.trained = trained

    def forward(self, current: Tensor) -> Tensor:
        a, b, c, d = self.trained()
        kept, w = torch.zeros_like(current[0]), torch.zeros_like(current[0])
        fired = []
        for step in current:
            membrane = kept + step - w
            spikes = self.fire(membrane)
            kept = a * membrane * (1 - spikes)
            w = b * w + c * membrane + d * spikes
            fired.append(spikes)
        return torch.stack(fired)


class Dcls(nn.Module):
    """DCLS's convolution with learnable spacings, ``count`` delays a synapse, and SpikingJelly's neurons."""

    def __init__(self, weights: Sequence[Tensor], stride: int, neurons: Sequence[nn.Module], count: int):
        super().__init__()
        self.first = nn.Parameter(weights[0][0].detach().clone())
        self.neurons = nn.ModuleList(neurons)
        self.synapses = nn.ModuleList()
        for weight in weights[1:]:
            n_levels, n_pre, n_post = weight.shape
            self.size = (n_levels - 1) * stride + 1
            layer = Dcls1d(n_pre, n_post, kernel_count=count, dilated_kernel_size=self.size, bias=False, version="v1")
            with torch.no_grad():
                if count == n_levels:
                    # A kernel runs backwards in time; positions count from its middle.
                    layer.weight.copy_(weight.permute(2, 1, 0))
                    layer.P.copy_((self.size - 1 - stride * torch.arange(count) - self.size // 2).expand_as(layer.P))
            self.synapses.append(layer)

    def forward(self, spikes: Tensor) -> list[Tensor]:
        """Return each layer's spikes, [time, batch, neuron]."""
        layers = [self.neurons[0](spikes @ self.first)]
        for synapses, neurons in zip(self.synapses, self.neurons[1:], strict=True):
            past = nn.functional.pad(layers[-1].permute(1, 2, 0), (self.size - 1, 0))
            layers.append(neurons(synapses(past).permute(2, 0, 1)))
        return layers


class RingBuffer(nn.Module):
    """Plain PyTorch, one step at a time: each step's spikes go into a ring of future currents."""

    def __init__(self, weights: Sequence[Tensor], stride: int, decay: float, threshold: float, scale: float):
        super().__init__()
        self.weights = nn.ParameterList(weight.detach().clone() for weight in weights)
        self.stride, self.decay, self.threshold = stride, decay, threshold
        self.surrogate = snntorch_surrogate.fast_sigmoid(slope=scale)

    def forward(self, spikes: Tensor) -> list[Tensor]:
        """Return each layer's spikes, [time, batch, neuron]."""
        shapes = [((len(weight) - 1) * self.stride + 1, spikes.shape[1], weight.shape[2]) for weight in self.weights]
        rings = [[spikes.new_zeros(shape[1:]) for _ in range(shape[0])] for shape in shapes]
        state = [(spikes.new_zeros(shape[1:]), spikes.new_zeros(shape[1:])) for shape in shapes]
        fired: list[list[Tensor]] = [[] for _ in shapes]
        for step, arriving in enumerate(spikes):
            for layer, weight in enumerate(self.weights):
                ring = rings[layer]
                currents = (arriving @ weight.transpose(0, 1).flatten(1)).unflatten(1, (len(weight), -1))
                for level, current in enumerate(currents.unbind(1)):
                    slot = (step + level * self.stride) % len(ring)
                    ring[slot] = ring[slot] + current
                membrane, last = state[layer]
                membrane = membrane * self.decay * (1 - last) + ring[step % len(ring)]
                ring[step % len(ring)] = torch.zeros_like(membrane)
                arriving = self.surrogate(membrane - self.threshold)
                state[layer] = membrane, arriving
                fired[layer].append(arriving)
        return [torch.stack(layer) for layer in fired]


SYNAPSES = {"convolution": convolution, "shifted products": shifted_products, "Fourier": fourier}
LIBRARIES = {"SpikingJelly": SpikingJelly, "snnTorch": SnnTorch, "norse": Norse}
OWN_NEURONS = {"SpikingJelly": SpikingJellyAdaptive, "snnTorch": SnnTorchAdaptive}


def peers(weights: Sequence[Tensor], stride: int, decay: float, threshold: float, scale: float) -> dict:
    """Return every contender but ours, by (library, formulation), with the given initial weights."""
    contenders: dict[tuple[str, str], nn.Module] = {}
    for library, neurons in LIBRARIES.items():
        for formulation, synapses in SYNAPSES.items():
            nodes = [neurons(decay, threshold, scale) for _ in weights]
            contenders[library, formulation] = Peer(weights, stride, synapses, nodes)
    levels = len(weights[-1])
    for count in (levels, 1):
        nodes = [SpikingJelly(decay, threshold, scale) for _ in weights]
        contenders["DCLS", f"{count} delays a synapse"] = Dcls(weights, stride, nodes, count)
    contenders["ring buffer", "one step at a time"] = RingBuffer(weights, stride, decay, threshold, scale)
    return contenders


def adaptive_peers(ours: DelayNetwork, decay: float, threshold: float, scale: float) -> dict:
    """Return every contender of adaptive neurons, by (library, formulation), with the values of ``ours``.

    The output layer's neurons are the library's LIF neurons.
    """
    hidden = range(len(ours.weights) - 1)
    contenders: dict[tuple[str, str], nn.Module] = {}
    for library, neurons in OWN_NEURONS.items():
        nodes = [neurons(Trained(ours, layer), threshold, scale) for layer in hidden]
        output = LIBRARIES[library](decay, threshold, scale)
        contenders[library, "Fourier"] = Peer(ours.weights, ours.stride, fourier, [*nodes, output])
    return contenders
