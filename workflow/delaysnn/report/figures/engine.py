"""The engine as a block diagram: three layers in a chain, each with what its Verilog consists of."""

from collections.abc import Mapping
from typing import Any

from delaysnn.report.registry import figure
from delaysnn.report.style import GREY, LIGHT_GREY, PAGE_INCHES, Axes, Figure, add_box, colour_of, label_of, new_figure

_WIDTH, _HEIGHT, _STEP = 1.5, 0.7, 2.0
_ARROW = {"arrowstyle": "-|>", "color": GREY, "lw": 0.8, "shrinkA": 0, "shrinkB": 0}


@figure(
    title="The engine, block by block",
    caption="""
    Each useful delay of a spike reads a row of weights. These are added to the sums of as many neurons at once as there
    are lanes. At the end of a time step (EOT) the sums go to the neurons, which are updated one a cycle. Arrows carry
    {EOT, neuron}; a layer waits if the next one is not ready. Before a run, the port `load` fills all memories.
    """,
    section="Delay queues",
    place=125,
    inputs=lambda study: {"engine": study.engines[0]},
    when=lambda study: study.engines,
    of_data=False,
)
def draw_engine(engine: Mapping[str, Any]) -> Figure:
    """Draw the layers below one another, each from its input to its output, with the sizes of one engine."""
    figure = new_figure(PAGE_INCHES, 2.6)
    axis = figure.subplots()
    sizes = list(zip([engine["inputs"], *engine["neurons"]], engine["neurons"], engine["lanes"], strict=False))
    for row, (before, neurons, lanes) in enumerate(sizes):
        levels = engine["levels"] if row else 1
        blocks = {
            1: ("delay unit", label_of(engine["structure"]), colour_of(engine["structure"])),
            2: ("weights", f"{levels * before:,} rows of {neurons} x {engine['bits']} bits", LIGHT_GREY),
            3: ("sums", f"{lanes} lanes", LIGHT_GREY),
            4: ("neurons", f"{neurons}, one a cycle", LIGHT_GREY),
        }
        _draw_layer(axis, -row, {place: block for place, block in blocks.items() if levels > 1 or place > 1})
        source = "AXI-Stream in" if row == 0 else f"from layer {row}"
        axis.text(
            0.6, -row, f"{source}\n{before} channels" if row == 0 else source, ha="center", va="center", fontsize=6
        )
        last = row == len(sizes) - 1
        axis.text(5 * _STEP + 0.5, -row, "AXI-Stream out" if last else "FIFO to the next", va="center", fontsize=6)
    axis.set_xlim(-0.2, 5 * _STEP + 2)
    axis.set_ylim(-len(sizes) + 0.4, 0.6)
    axis.axis("off")
    return figure


def _draw_layer(axis: Axes, height: float, blocks: Mapping[int, tuple[str, str, str]]) -> None:
    left = 1.3
    for place, (name, size, colour) in blocks.items():
        middle = place * _STEP + _WIDTH / 2
        axis.annotate("", (place * _STEP, height), (left, height), arrowprops=_ARROW)
        looks = {"facecolor": colour, "edgecolor": GREY, "alpha": 0.35, "linewidth": 0.6}
        add_box(axis, place * _STEP, height - _HEIGHT / 2, _WIDTH, _HEIGHT, **looks)
        axis.text(middle, height + 0.12, name, ha="center", va="center", fontsize=7)
        axis.text(middle, height - 0.15, size, ha="center", va="center", fontsize=5)
        left = place * _STEP + _WIDTH
    axis.annotate("", (5 * _STEP + 0.4, height), (left, height), arrowprops=_ARROW)
