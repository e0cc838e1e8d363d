"""What goes in, what is done and what comes out, in one picture for README."""

from delaysnn.report.registry import figure
from delaysnn.report.style import GREY, NETWORK_COLOURS, PAGE_INCHES, Figure, add_box, new_figure

# Left, bottom, width, height and colour of a box, its heading and what stands below that.
_BOXES = (
    (0.0, 2.3, 2.6, 1.6, NETWORK_COLOURS[0], "events", "SHD, SSC, N-MNIST, ...\nrecordings, your own files"),
    (0.0, 0.2, 2.6, 1.6, NETWORK_COLOURS[3], "your network", "of snnTorch, SpikingJelly,\nNIR, lava-dl, ..."),
    (3.4, 1.25, 2.6, 1.6, NETWORK_COLOURS[1], "training", "a weight for every delay;\nprune, quantise"),
    (6.8, 2.3, 3.2, 1.6, NETWORK_COLOURS[2], "Loihi, Loihi 2", "integers; Lava repeats\nevery spike"),
    (6.8, 0.2, 3.2, 1.6, NETWORK_COLOURS[2], "Seneca", "bfloat16 and a delay queue,\nchecked in Verilog"),
    (10.8, 1.25, 2.9, 1.6, NETWORK_COLOURS[4], "report", "accuracy, energy, latency,\nmemory, beside the paper's"),
)
# From one box to another, by their places above.
_ARROWS = ((0, 2), (1, 2), (2, 3), (2, 4), (3, 5), (4, 5))


@figure(
    title="What goes in and what comes out",
    caption="From events, and networks of other tools if there are any, through training and chips to one report.",
    section=None,
    place=5,
    of_data=False,
)
def draw_overview() -> Figure:
    """Draw a box for each step, left to right, and an arrow for what it hands on."""
    figure = new_figure(PAGE_INCHES, 2.1)
    axis = figure.subplots()
    axis.set_axis_off()
    axis.set(xlim=(-0.1, 13.8), ylim=(0, 4.1))
    for left, bottom, width, height, colour, heading, text in _BOXES:
        add_box(axis, left, bottom, width, height, facecolor="white", edgecolor=colour, linewidth=1.2)
        middle = left + width / 2
        axis.text(middle, bottom + height - 0.4, heading, ha="center", va="center", fontsize=8, weight="bold")
        axis.text(middle, bottom + 0.5, text, ha="center", va="center", fontsize=6)
    for start, end in _ARROWS:
        left, bottom, width, height, *_ = _BOXES[start]
        x, y, _, tall, *_ = _BOXES[end]
        look = {"arrowstyle": "-|>", "color": GREY, "linewidth": 1}
        axis.annotate("", (x, y + tall / 2), (left + width, bottom + height / 2), arrowprops=look)
    return figure
