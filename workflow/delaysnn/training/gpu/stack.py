"""Networks of one shape as one network whose every array has a leading dimension, [net]."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from delaysnn.training.gpu.layer import delayed_layer
from delaysnn.training.losses import Layers
from delaysnn.training.model import DelayNetwork
from delaysnn.training.positions import place
from delaysnn.training.quantisation import quantise


def shape_of(model: DelayNetwork) -> Any:
    """Return what networks have in common that can be stacked; a tuple that tells others apart."""
    arrays = tuple((name, value.shape) for name, value in model.state_dict().items())
    kinds = tuple(kind.name for kind in model.kinds)
    sharing = model.input_sharing, model.input_channels
    return arrays, tuple(model.levels), kinds, sharing, tuple(model.strides), model.surrogate_slope, model.bits


class Stack:
    """Networks side by side. Their own parameters and masks become views of the stack's, so each stays as it trains.

    Attributes:
        models: the networks.
        flat: all parameters, float32 [net, parameter], in the order of ``parameters``.
        segments: how many parameters each of the groups has.
    """

    def __init__(self, models: Sequence[DelayNetwork], groups: Sequence[Sequence[Any]]):
        """Stack networks.

        Args:
            models: of one :func:`shape_of`, on one device.
            groups: of the first of them, lists of parameters that learn at one rate; all of it, once each.
        """
        self.models, first = models, models[0]
        names = {id(parameter): name for name, parameter in first.named_parameters()}
        order = [names[id(parameter)] for group in groups for parameter in group]
        self.segments = [sum(parameter.numel() for parameter in group) for group in groups]
        each = [dict(model.named_parameters()) for model in models]
        self._shapes = {name: each[0][name].shape for name in order}
        self._sizes = [shape.numel() for shape in self._shapes.values()]
        with torch.no_grad():
            rows = [torch.cat([named[name].flatten() for name in order]) for named in each]
            self.flat = torch.stack(rows).requires_grad_()
            for net, named in enumerate(each):
                for name, view in self._views(self.flat.detach()).items():
                    named[name].data = view[net]
            layers = range(len(first.weights))
            self._masks = [torch.stack([model.masks[index] for model in models]) for index in layers]
            for net, model in enumerate(models):
                for index, masks in enumerate(self._masks):
                    setattr(model, f"mask{index}", masks[net])
        groups_of = [torch.stack([model.groups[index] for model in models]) for index in layers]
        counts = [len(logits) for logits in first.decay_logits]
        # [net, post, group]: whether a neuron has that group's decay.
        parts = zip(groups_of, counts, strict=True)
        self._members = [torch.nn.functional.one_hot(each, count).bool() for each, count in parts]
        self._thresholds = [torch.stack([model.thresholds[index] for model in models]) for index in layers]
        scales = [model.scales or [1.0] * len(layers) for model in models]
        self._scales = torch.tensor(scales, device=self.flat.device).T[..., None, None, None].contiguous()

    def _views(self, flat: Tensor) -> dict[str, Tensor]:
        """Return each parameter of all networks, [net, ...], by its name."""
        parts = zip(self._shapes.items(), flat.split(self._sizes, dim=1), strict=True)
        return {name: part.reshape(len(flat), *shape) for (name, shape), part in parts}

    def layers(self, spikes: Tensor, sigma: Tensor | None) -> Layers:
        """Return spikes and membranes of every layer, each [net, batch, time, neuron], of spikes of that form.

        Args:
            spikes: of the input channels.
            sigma: how far positions spread, or None: they are rounded.
        """
        first, views, layers = self.models[0], self._views(self.flat), []
        for index, kind in enumerate(first.kinds):
            weights = self._weights(index, views, sigma)
            decay = self._each(index, torch.sigmoid(views[f"decay_logits.{index}"]))
            threshold = self._thresholds[index]
            trained = self._own(index, views)
            shared = {name: self._each(index, trained[name]) for name in kind.shared}
            own = kind.own(trained | shared, threshold)
            neurons = decay, threshold, first.strides[index], first.surrogate_slope, kind, own
            layers.append(delayed_layer(spikes, weights, *neurons, views.get(f"recurrent.{index}")))
            spikes = layers[-1][0]
        return layers

    def _weights(self, index: int, views: dict[str, Tensor], sigma: Tensor | None) -> Tensor:
        """Return the weights that spikes meet, [net, delay, pre, post], as :meth:`DelayNetwork.effective_weights`."""
        first = self.models[0]
        weights = views[f"weights.{index}"] * self._masks[index]
        if str(index) in first.positions:
            # Networks beside one another are to a synapse as more neurons before it.
            nets, _, pre, post = weights.shape
            wide, at = (each.transpose(0, 1).flatten(1, 2) for each in (weights, views[f"positions.{index}"]))
            placed = place(wide, at, first.levels[index], sigma)
            weights = placed.view(-1, nets, pre, post).transpose(0, 1)
        if first.bits is not None:
            weights = quantise(weights, self._scales[index], first.bits[index])
        if index or first.input_sharing == 1:
            return weights
        runs = weights[:, :, :, None].expand(-1, -1, -1, first.input_sharing, -1)
        return runs.flatten(2, 3)[:, :, : first.input_channels]

    def _each(self, index: int, values: Tensor) -> Tensor:
        """Return each neuron's value, [net, post], from its group's, [net, group]."""
        # A sum, not an index: the gradient of that adds neurons of one group up in an order left to chance. No product
        # with 0 either: the logit of a decay of 0 or 1, as networks that come as files may have it, has no end.
        return torch.where(self._members[index], values[:, None], 0).sum(dim=2)

    def _own(self, index: int, views: dict[str, Tensor]) -> dict[str, Tensor]:
        start = f"own.{index}."
        return {name.removeprefix(start): view for name, view in views.items() if name.startswith(start)}

    def limit(self, neurons: Any) -> None:
        """Bring what neurons train, and positions, back within their range, as :meth:`DelayNetwork.limit`."""
        first, views = self.models[0], self._views(self.flat.detach())
        for index, kind in enumerate(first.kinds):
            for name, (least, most) in kind.limits(neurons).items():
                views[f"own.{index}.{name}"].clamp_(least, most)
        for key in first.positions:
            views[f"positions.{key}"].clamp_(0, first.levels[int(key)] - 1)
