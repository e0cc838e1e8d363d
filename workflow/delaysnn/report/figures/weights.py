"""Paper Figure 1: the weights of one neuron over its delays, before and after pruning."""

import numpy as np

from delaysnn.core.network import Layer, Network
from delaysnn.report.registry import figure
from delaysnn.report.style import GREY, PAGE_INCHES, Figure, name_dataset, new_figure

_LAYER = 1  # behind the first hidden layer, the first synapses with delays


def strongest_neuron(layer: Layer) -> int:
    """Return the post-neuron with the largest sum of squared weights."""
    return int(np.square(layer.weights).sum(axis=(0, 1)).argmax())


@figure(
    title="Figure 1: weights over delays",
    caption="""
    Weights over delays after training, and after pruning. Top: weights from the first hidden layer to one neuron of the
    second, the one with the strongest input. Bottom: mean magnitude at each delay, over all synapses of the layer.
    """,
    section="Accuracy",
    place=60,
    inputs=lambda study: {"dense": study.files["dense"], "pruned": study.files["pruned"]},
)
def draw_weights(dense: Network, pruned: Network) -> Figure:
    """Draw weights [pre, delay] of one post-neuron and, below, the mean magnitude a delay over all synapses."""
    neuron = strongest_neuron(pruned.layers[_LAYER])
    limit = max(np.abs(network.layers[_LAYER].weights[:, :, neuron]).max() for network in (dense, pruned))
    figure = new_figure(PAGE_INCHES, 3.6)
    axes = figure.subplots(2, 2, sharex=True, sharey="row", height_ratios=[3, 1])
    for column, (network, title) in enumerate([(dense, "dense"), (pruned, "pruned")]):
        layer = network.layers[_LAYER]
        weights = layer.weights[:, :, neuron].T
        levels = np.array(layer.delay_levels)
        top, bottom = axes[:, column]
        image = top.pcolormesh(
            levels,
            np.arange(len(weights)),
            np.ma.masked_equal(weights, 0),
            cmap="RdBu_r",
            vmin=-limit,
            vmax=limit,
            rasterized=True,
        )
        top.set_facecolor("#c4c4c4")
        top.set_title(f"{title}: {np.count_nonzero(weights)} of {weights.size} synapses")
        bottom.bar(
            levels,
            np.abs(layer.weights).mean(axis=(1, 2)),
            width=0.8 * np.diff(levels).min(initial=levels[-1] or 1),
            color=GREY,
        )
        bottom.set_xlabel("delay (time steps)")
    axes[0, 0].set_ylabel("neuron of hidden layer 1")
    axes[1, 0].set_ylabel("mean |w|")
    figure.colorbar(image, ax=axes[0, :], label="weight (grey: pruned)", shrink=0.9)
    behind = "hidden layer 2" if len(pruned.layers) > _LAYER + 1 else "the output layer"
    name_dataset(figure, dense.dataset, f"network {pruned.name}, seed {pruned.seed}, neuron {neuron} of {behind}")
    return figure
