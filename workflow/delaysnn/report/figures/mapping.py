"""Paper Figure 4: a network mapped onto Seneca, one layer a core, a delay queue before each core behind delays."""

from collections.abc import Mapping

from delaysnn.core.network import Layer, Network
from delaysnn.queues.delays import delays_inputs, useful_delays
from delaysnn.report.registry import figure
from delaysnn.report.style import GREY, LIGHT_GREY, PAGE_INCHES, Axes, Figure, add_box, name_dataset, new_figure

_QUEUE, _CORE = "#f6dfce", "#e6eef5"


@figure(
    title="Figure 4: a network on Seneca",
    caption="""
    One layer a core. Each core whose synapses have delays has a Delay IP in front, with its two queues and the table of
    useful delays (WVU). All delay levels are stored, pruned or not.
    """,
    section="Delay queues",
    place=30,
    inputs=lambda study: {"network": study.files["pruned"], "constants": study.constants["seneca"]},
    when=lambda study: "seneca" in study.running(study.shown),
)
def draw_mapping(network: Network, constants: Mapping[str, float]) -> Figure:
    """Draw cores, Delay IPs and what each of them holds."""
    figure = new_figure(PAGE_INCHES, 2.1)
    axis = figure.subplots()
    add_box(axis, 0.1, -1.5, 3 * len(network.layers) - 0.4, 0.3, facecolor=LIGHT_GREY, edgecolor="none")
    axis.text(0.2, -1.35, "network on chip: spikes as (layer, neuron), EOT", va="center", fontsize=6.5)
    for index, layer in enumerate(network.layers):
        left = 3.0 * index
        if index or delays_inputs(network):
            lines = _queue_lines(layer, constants["queue_depth"], constants["event_bits"])
            _box(axis, left, 1.1, _QUEUE, "Delay IP", lines)
            _arrow(axis, (left + 1.07, -0.2), (left + 1.3, -0.2))
            _arrow(axis, (left + 0.55, -1.2), (left + 0.55, -0.92))
        else:
            _arrow(axis, (left + 1.6, -1.2), (left + 1.6, -0.92))
        _box(axis, left + 1.25, 1.6, _CORE, f"core {index + 1}", _core_lines(layer, constants["weight_bits"]))
        _arrow(axis, (left + 2.3, -0.92), (left + 2.3, -1.2))
    axis.set_xlim(0, 3 * len(network.layers))
    axis.set_ylim(-1.6, 0.95)
    axis.axis("off")
    name_dataset(figure, network.dataset, f"network {network.name}, seed {network.seed}")
    return figure


def _queue_lines(layer: Layer, depth: int, event_bits: int) -> list[str]:
    useful = useful_delays(layer)
    delays = layer.delay_levels[-1] + 1
    return [
        "PRQ and POQ, each",
        f"{depth} x {event_bits} bit",
        f"WVU {layer.inputs} x {delays} bit",
        f"{int(useful.sum()):,} useful",
        "(axon, delay) pairs",
    ]


def _core_lines(layer: Layer, weight_bits: int) -> list[str]:
    levels, _, post = layer.weights.shape
    shared = [f"a weight for {layer.input_sharing} channels"] if layer.input_sharing > 1 else []
    kept = int((layer.weights != 0).sum())
    return [
        f"{layer.inputs} to {post} neurons",
        *shared,
        f"{levels} delay level{'s' * (levels > 1)}",
        f"{kept:,} of {layer.weights.size:,} synapses",
        f"{layer.weights.size * weight_bits / 1e6:.2f} Mbit of weights",
        "RISC-V and 8 NPEs",
    ]


def _arrow(axis: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axis.annotate("", end, start, arrowprops={"arrowstyle": "->", "lw": 0.8})


def _box(axis: Axes, left: float, width: float, colour: str, title: str, lines: list[str]) -> None:
    looks = {"facecolor": colour, "edgecolor": GREY, "linewidth": 0.6}
    add_box(axis, left + 0.05, -0.9, width - 0.1, 1.7, **looks)
    axis.text(left + width / 2, 0.62, title, ha="center", va="center", fontsize=7, weight="bold")
    axis.text(left + width / 2, -0.15, "\n".join(lines), ha="center", va="center", fontsize=5.5, linespacing=1.5)
