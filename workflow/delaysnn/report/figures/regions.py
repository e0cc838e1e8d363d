"""Which way to delay spikes needs least, over activity and delay levels, with our networks where they are."""

from collections.abc import Collection, Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np

from delaysnn.core.metrics import Metrics
from delaysnn.queues.regions import QUANTITIES, compare_regions, make_layer
from delaysnn.report.registry import figure
from delaysnn.report.study import Study
from delaysnn.report.style import PAGE_INCHES, Axes, Figure, colour_of, label_of, name_dataset, new_figure

# Variants of SCDQ have its colour elsewhere.
_COLOURS = {"single_fifo": "#f0a884", "stride_units": "#cc79a7", "hierarchical": "#e6c229"}
_LEVELS, _ACTIVITIES = range(4, 65, 4), np.geomspace(1e-3, 1, 121)


def _shape(study: Study) -> dict[str, Any]:
    delays = study.config["delays"]
    axonal = [name for name, network in study.networks.items() if network.get("pruning") == "axon"]
    return {"stride": delays["stride"], "kept": min(1.0, delays["keep"] / study.all_levels), "axonal": axonal}


@figure(
    title="Which way to delay spikes needs least",
    caption="""
    In each region the structure of that colour needs least in a time step, on average: memory, reads and writes of
    words, and bits of these words, since a history's are as long as its delays. All structures are compared, also
    those that need least nowhere, such as SCDQ with a near and a far queue; of equal ones that with less memory is
    drawn. Above, synapses are pruned, so that axons keep all levels; below, whole axons. Points: the queues of our
    networks. A ring of memory and units of the stride are two variants of SCDQ, which the engine in Verilog joins.
    """,
    section="Delay queues",
    place=85,
    inputs=lambda study: {
        "metrics": study.metrics("queues", networks=study.deployed_on["seneca"], seeds=study.seeds[:1]),
        "constants": study.constants["seneca"],
    },
    params=_shape,
    when=lambda study: study.has("seneca"),
)
def draw_regions(
    metrics: Sequence[Metrics], constants: Mapping[str, Any], stride: int, kept: float, axonal: Collection[str]
) -> Figure:
    """Draw a map a quantity and kind of pruning, for the shape of the first network's first queue.

    Args:
        metrics: what :func:`delaysnn.queues.compare.compare` says of each network's ``queues``.
        constants: ``event_bits`` and ``weight_bits``.
        stride: time steps between levels.
        kept: share of the levels that pruning keeps.
        axonal: networks of which whole axons were pruned.
    """
    shape = metrics[0].details["shape"]
    figure = new_figure(PAGE_INCHES, 4.4)
    rows = figure.subplots(2, len(QUANTITIES), sharex=True, sharey=True)
    markers = dict(zip(dict.fromkeys(each.network for each in metrics), cycle("os^vDPX*<>"), strict=False))
    drawn: dict[str, str] = {}
    for axes, whole_axons in zip(rows, (False, True), strict=True):
        layers = {
            levels: make_layer(shape["n_pre"], shape["n_post"], levels, stride, kept, whole_axons) for levels in _LEVELS
        }
        found = compare_regions(layers, _ACTIVITIES, constants)
        for axis, (quantity, label) in zip(axes, QUANTITIES.items(), strict=True):
            least = found.least(quantity)
            for index in np.unique(least):
                name = found.structures[index]
                drawn[name] = _COLOURS.get(name, colour_of(name))
                where = np.where(least == index, 1.0, np.nan)
                axis.pcolormesh(
                    _ACTIVITIES, _LEVELS, where, cmap=_plain(drawn[name]), shading="nearest", rasterized=True
                )
            here = [each for each in metrics if (each.network in axonal) == whole_axons]
            _mark(axis, here, markers, stride)
            if not whole_axons:
                axis.set_title(label)
        axes[0].set_ylabel(f"delay levels, {'axons' if whole_axons else 'synapses'} pruned")
    for axis in rows[-1]:
        axis.set_xscale("log")
        axis.xaxis.set_major_formatter(lambda share, _: f"{100 * share:g} %")
        axis.set_xlabel("share of neurons that fire in a step")
    handles = [rows[0, 0].scatter([], [], marker="s", s=40, color=colour) for colour in drawn.values()]
    for marker in markers.values():
        handles.append(rows[0, 0].scatter([], [], marker=marker, s=16, facecolor="none", edgecolor="black"))
    names = [*map(label_of, drawn), *(f"network {name}" for name in markers)]
    figure.legend(handles, names, loc="outside upper center", ncols=4, fontsize=6)
    note = (
        f"{shape['n_pre']} to {shape['n_post']} neurons, levels {stride} steps apart, {100 * kept:.0f} % of them kept"
    )
    name_dataset(figure, metrics[0].dataset, note)
    return figure


def _plain(colour: str) -> Any:
    from matplotlib.colors import ListedColormap

    return ListedColormap([colour])


def _mark(axis: Axes, metrics: Sequence[Metrics], markers: Mapping[str, str], stride: int) -> None:
    for each in metrics:
        for queue in each.details["queues"]:
            if queue["stride"] == stride:
                place, marker = (queue["density"], queue["levels"]), markers[each.network]
                axis.scatter(*place, s=16, facecolor="none", marker=marker, edgecolor="black", linewidth=0.7)
