"""One style for all figures: column width, colours for the colour-blind, one mark for published values."""

import io
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from delaysnn.core.errors import InputError
from delaysnn.core.files import atomic
from delaysnn.platforms import registered
from delaysnn.queues import registered as structures

if TYPE_CHECKING:
    from matplotlib.axes import Axes as Axes
    from matplotlib.figure import Figure as Figure
else:
    # Every reading of the rules reads modules of figures, and would wait half a second for Matplotlib.
    Axes = Figure = Any

# Okabe and Ito's colours, which stay apart for every kind of colour vision; its two lightest darker, since a mark needs
# three times the contrast of its ground (WCAG 2.2, 1.4.11).
GREY, LIGHT_GREY = "#56606b", "#868f98"
QUEUE_COLOURS = {name: structure.colour for name, structure in structures().items()}
NETWORK_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#c4699b", "#bb7a00", "#3a8fc7")
# Of what is synthesised alone.
_DESIGNS = {
    "scdq_flip_flop": "SCDQ, queues in flip-flops",
    "scdq_sram": "SCDQ, queues in SRAM",
    "shared_queue_sram": "shared queue, FIFOs in SRAM",
}
# Delay units of the engine that are no structure of the tables: label and colour.
_UNITS = {"scdq_strided": ("SCDQ in units of the stride", "#cc79a7")}
PUBLISHED: dict[str, Any] = {
    "marker": "D",
    "facecolors": "none",
    "edgecolors": "black",
    "linewidths": 1.1,
    "s": 26,
    "zorder": 5,
}
# What a cost model misses on a network left out of its fit, wide behind the thin line of a deviation.
MODEL_ERROR: dict[str, Any] = {"fmt": "none", "color": LIGHT_GREY, "lw": 2.5}

COLUMN_INCHES = 3.5
PAGE_INCHES = 7.2

_RC: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "legend.fontsize": 7,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "lines.linewidth": 1.2,
    "figure.dpi": 100,
    "savefig.dpi": 200,
    "figure.constrained_layout.use": True,
    # The same figure gives the same file.
    "svg.hashsalt": "delaysnn",
    "svg.fonttype": "none",
}


@cache
def looks(platforms: Sequence[str] | None = None) -> dict[str, tuple[str, str]]:
    """Return label and colour of these platforms (all), each way to run a network on one, each way to delay spikes.

    Raises:
        InputError: a platform has the name of a way to delay spikes; naming its file.
    """
    found = {name: (structure.label, structure.colour) for name, structure in structures().items()}
    found |= {name: (label, GREY) for name, label in _DESIGNS.items()} | _UNITS
    for platform in (registered()[name] for name in (registered() if platforms is None else platforms)):
        own = {each.name: (each.label, each.colour) for each in (platform, *platform.setups)}
        own |= {name: (label, platform.colour) for name, label in platform.labels}
        for name in own.keys() & found.keys():
            raise InputError(
                f"platforms/{platform.name}/platform.py: {name} is the name of a delay structure already; give one of "
                "them another."
            )
        found |= own
    return found


def label_of(name: str) -> str:
    """Return the label for readers of a name in the column ``platform``, or the name itself if there is none."""
    return looks()[name][0] if name in looks() else name


def colour_of(name: str) -> str:
    """Return the colour of a platform, of a way to run networks on it, or of a way to delay spikes."""
    return looks()[name][1]


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of the given size in inches, in the common style."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    plt.rcParams.update(_RC)
    return plt.figure(figsize=(width, height))


def name_dataset(figure: Figure, dataset: str, note: str = "") -> None:
    """Write the data set's name under the figure, as under every figure with results on data."""
    add_note(figure, f"Data set: {dataset.replace('_', ' ')}" + (f" · {note}" if note else ""))


def add_note(figure: Figure, text: str) -> None:
    """Write a small line under the figure."""
    figure.supxlabel(text, fontsize=6, color=GREY, x=0.01, ha="left")


def add_box(axis: Axes, left: float, bottom: float, width: float, height: float, **looks: Any) -> None:
    """Add a rectangle with round corners, sizes in data units."""
    from matplotlib.patches import FancyBboxPatch

    shape = "round,pad=0,rounding_size=0.08"
    axis.add_patch(FancyBboxPatch((left, bottom), width, height, boxstyle=shape, **looks))


def save_figure(figure: Figure, png: str | Path, svg: str | Path, provenance: Mapping[str, Any]) -> None:
    """Write the figure as PNG and SVG, free of dates, each with where it comes from as its description; close it.

    In the SVG, marks have their values as titles, and the whole is described in words.
    """
    import matplotlib.pyplot as plt

    from delaysnn.report.marks import describe, name_marks, write_marks

    description = {"Description": json.dumps(provenance, sort_keys=True)}
    with atomic(png) as temporary:
        figure.savefig(temporary, metadata={"Software": None} | description)
    # Ticks have their names once they are drawn.
    marks, words = name_marks(figure), describe(figure)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None} | description)
    with atomic(svg) as temporary:
        temporary.write_bytes(write_marks(drawn.getvalue(), marks, words))
    plt.close(figure)
