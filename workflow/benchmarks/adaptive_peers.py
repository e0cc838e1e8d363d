"""Adaptive neurons (:mod:`delaysnn.neurons.adlif`) in other libraries.

No library has them: each is written as its library says that neurons are written, and trains what ours trains. They
have the synapses that are fastest with LIF neurons, those in the frequency domain.
"""

import snntorch
import torch
from peers import LIBRARIES, Peer, fourier
from snntorch import surrogate as snntorch_surrogate
from spikingjelly.activation_based import neuron, surrogate
from torch import Tensor, nn

from delaysnn.neurons.adlif import NEURON as ADAPTIVE
from delaysnn.training.model import DelayNetwork


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


OWN_NEURONS = {"SpikingJelly": SpikingJellyAdaptive, "snnTorch": SnnTorchAdaptive}


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
