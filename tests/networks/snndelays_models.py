"""The two models of SNNDelays, written from what its files hold: they run and are saved as its own."""

import torch
from torch import nn

THRESHOLD = 0.3


class First(nn.Module):
    """Layers by name, and a history of spikes that delays reach back into, the oldest first."""

    def __init__(self, **kwargs):
        super().__init__()
        self.kwargs = kwargs
        depth, stride = kwargs["delay"] or (1, 1)
        self.delays = list(range(0, depth, stride))
        sizes = [kwargs["dataset_dict"]["num_input"], *kwargs["structure"], kwargs["dataset_dict"]["num_output"]]
        self.names = [f"f{place}" for place in range(len(sizes) - 1)] + ["o"]
        self.kinds = ["i", *"h" * (len(sizes) - 3), "o"]
        for place, kind in enumerate(self.kinds):
            count = len(self.delays) if kind in kwargs["delay_type"] else 1
            name = self.names[place + 1]
            setattr(self, f"{self.names[place]}_{name}", nn.Linear(sizes[place] * count, sizes[place + 1], bias=False))
            if kwargs["connection_type"] == "r" and name != "o":
                setattr(self, f"{name}_{name}", nn.Linear(sizes[place + 1], sizes[place + 1], bias=False))
            setattr(self, f"tau_m_{name.removeprefix('f')}", nn.Parameter(torch.randn(sizes[place + 1])))

    def forward(self, x):
        return _run(x, len(self.kinds), self._arrived, self._layer, self.kwargs["loss_fn"])

    def _layer(self, place):
        name = self.names[place + 1]
        back = getattr(self, f"{name}_{name}", None)
        return getattr(self, f"tau_m_{name.removeprefix('f')}"), back

    def _arrived(self, place, history):
        """Return what arrives of a history [time, sample, pre], up to now."""
        synapses = getattr(self, f"{self.names[place]}_{self.names[place + 1]}")
        if self.kinds[place] not in self.kwargs["delay_type"]:
            return synapses(history[-1])
        most = self.delays[-1] + 1
        padded = torch.cat([torch.zeros(most, *history.shape[1:], dtype=history.dtype), history])
        at = len(history) - 1
        delayed = padded[[at + delay for delay in self.delays]]
        return synapses(delayed.permute(1, 2, 0).reshape(history.shape[1], -1))


class Refactored(nn.Module):
    """A list of layers, with a queue of the last spikes in front of those that have delays, the newest first."""

    def __init__(self, **kwargs):
        super().__init__()
        self.kwargs = kwargs
        self.layers = nn.ModuleList()
        size = kwargs["dataset_dict"]["num_input"]
        self.delays = []
        for one in [*kwargs["model_config"], {"type": "Feedforward", "num_out": kwargs["dataset_dict"]["num_output"]}]:
            layer = nn.Module()
            spaced = one.get("fanin_delays", {"max_delay": 1, "stride": 1})
            self.delays.append(list(range(0, spaced["max_delay"], spaced["stride"])))
            layer.linear = nn.Linear(size * len(self.delays[-1]), one["num_out"], bias=False)
            if one["type"] == "Recurrent":
                layer.linear_rec = nn.Linear(one["num_out"], one["num_out"], bias=False)
            if "pruning" in spaced:
                layer.register_buffer("pruning_mask", torch.rand(layer.linear.weight.shape) < 0.5)
                layer.linear.weight.data *= layer.pruning_mask
            layer.tau_m = nn.Parameter(torch.randn(one["num_out"]))
            self.layers.append(layer)
            size = one["num_out"]

    def forward(self, x):
        return _run(x, len(self.layers), self._arrived, self._layer, self.kwargs["loss_fn"])

    def _layer(self, place):
        return self.layers[place].tau_m, getattr(self.layers[place], "linear_rec", None)

    def _arrived(self, place, history):
        delays = self.delays[place]
        queue = [history[-1 - delay] if delay < len(history) else torch.zeros_like(history[-1]) for delay in delays]
        return self.layers[place].linear(torch.stack(queue, dim=2).reshape(history.shape[1], -1))


def _run(x, n_layers, arrived, layer, loss):
    """Return spikes of every layer and the output's potentials, each [time, sample, neuron]."""
    histories = [x] + [x[:0, :, :1]] * n_layers
    mems, potentials = [0.0] * n_layers, []
    for step in range(len(x)):
        for place in range(n_layers):
            tau, back = layer(place)
            current = arrived(place, histories[place][: step + 1])
            before = histories[place + 1][-1] if step else torch.zeros_like(current)
            current = current + back(before) if back is not None else current
            mem = mems[place] * torch.sigmoid(tau) * (1 - before) + current
            fires = place + 1 < n_layers or loss == "spk_count"
            fired = (mem - THRESHOLD > 0).to(x.dtype) * fires
            mems[place] = mem
            own = histories[place + 1] if step else torch.zeros(0, *fired.shape, dtype=x.dtype)
            histories[place + 1] = torch.cat([own, fired[None]])
        potentials.append(mems[-1])
    return [each.detach().numpy() for each in histories[1:]], torch.stack(potentials).detach().numpy()


def save(model, path, kind):
    """Save what the tool's save_model saves, with the name of the class in its place."""
    state = {"type": kind, "net": model.state_dict(), "epoch": 3, "acc_record": [[0, None], [3, 81.5]]}
    state |= {"train_loss": [[1, 0.5]], "test_loss": [[0, None]], "test_spk": [[0, None]], "model_name": "a.t7"}
    torch.save(state | {"self.info": {}, "kwargs": model.kwargs}, path, _use_new_zipfile_serialization=False)
