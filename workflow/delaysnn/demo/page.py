"""The page of the demo: one file that loads nothing else."""

import base64
import io
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import jinja2
import numpy as np

from delaysnn.demo.example import Example
from delaysnn.demo.run import INTEGERS, OnChip, Queues
from delaysnn.platforms.protocol import Setup
from delaysnn.report.style import PAGE_INCHES, colour_of, new_figure

# Of each estimate: the quantity, its heading, and the unit as readers see it.
_QUANTITIES = (("energy", "energy", "µJ"), ("latency", "latency", "ms"), ("memory", "memory", "Mbit"))
# Beside the best known way stands that which fits nothing.
_WAYS = ("counted", "calibrated")
_QUEUES = ("seneca_scdq", "seneca_software")


def render_page(example: Example, chips: Mapping[str, OnChip], queues: Queues, setups: Mapping[str, Setup]) -> str:
    """Return the page as HTML.

    Args:
        example: network and samples.
        chips: what each chip did, Loihi among them.
        queues: what the delay queues did with the spikes.
        setups: ways to run networks on these chips, by name.
    """
    shown = int(np.argmax(chips[INTEGERS].answers == example.samples.labels))
    label, answer = (int(of[shown]) for of in (example.samples.labels, chips[INTEGERS].answers))
    counts = chips[INTEGERS].layers[-1].counts()[shown]
    template = files("delaysnn.demo").joinpath("page.html.j2").read_text()
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(template).render(
        network=example.network,
        dataset=example.samples.name.replace("_", " "),
        samples=len(example.samples),
        speakers=len(np.unique(example.samples.speakers)),
        chips=chips.values(),
        said=example.classes[label],
        answered=example.classes[answer],
        spikes=int(counts[answer]),
        image=_draw(example, chips[INTEGERS], queues, shown),
        queues=queues,
        headings=[f"{heading}, {way} ({unit})" for _, heading, unit in _QUANTITIES for way in _WAYS],
        rows=rows(chips, setups),
        savings=savings(chips),
    )


def rows(chips: Mapping[str, OnChip], setups: Mapping[str, Setup]) -> list[tuple[str, list[str]]]:
    """Return a row for each way to run the network on a chip: its label, and each quantity, counted and calibrated."""
    found: dict[str, dict[Any, float]] = {}
    for chip in chips.values():
        for cell in chip.cells:
            if cell.platform in setups:
                found.setdefault(cell.platform, {})[cell.quantity, cell.how] = cell.value
    keys = [(quantity, way) for quantity, _, _ in _QUANTITIES for way in _WAYS]
    return [
        (setups[name].label, [f"{values[key]:.3g}" if key in values else "–" for key in keys])
        for name, values in found.items()
        if not values.keys().isdisjoint(keys)
    ]


def savings(chips: Mapping[str, OnChip]) -> dict[str, tuple[str, str, str]]:
    """Return the energy on Seneca with the delay queue in hardware, in software, and what the first saves in percent.

    By the way of estimating; ways for which one of the two is missing are left out.
    """
    found = {}
    for way in _WAYS:
        energy = {
            cell.platform: cell.value
            for chip in chips.values()
            for cell in chip.cells
            if cell.quantity == "energy" and cell.how == way
        }
        if all(name in energy for name in _QUEUES):
            hardware, software = (energy[name] for name in _QUEUES)
            found[way] = (f"{hardware:.3g}", f"{software:.3g}", f"{100 * (1 - hardware / software):.0f}")
    return found


def _draw(example: Example, chip: OnChip, queues: Queues, shown: int) -> str:
    """Return one sample's spikes in every layer, beside them output spikes a class and queues over time, as PNG."""
    import matplotlib.pyplot as plt

    figure = new_figure(PAGE_INCHES, 4.6)
    parts: Any = figure.subfigures(1, 2, width_ratios=[3, 2])
    left, right = parts
    layers = [example.samples.spikes, *chip.layers]
    names = ["input", *(f"hidden {index}" for index in range(1, len(chip.layers))), "output"]
    axes = left.subplots(len(layers), 1, sharex=True, height_ratios=[3, *[2] * len(chip.layers)])
    for axis, name, trains in zip(axes, names, layers, strict=True):
        own = slice(trains.offsets[shown], trains.offsets[shown + 1])
        size, marker = (0.4, ".") if name == "input" else (5, "|")
        colour = colour_of(INTEGERS)
        axis.scatter(trains.steps[own], trains.neurons[own], s=size, marker=marker, color=colour, linewidths=0.8)
        axis.set(ylabel=name, ylim=(-1, trains.n_neurons))
        axis.set_title(f"{own.stop - own.start} spikes", loc="right", fontsize=6)
    axes[-1].set(xlabel="time step", xlim=(-0.5, example.samples.spikes.n_steps - 0.5))
    answers, waiting = right.subplots(2, 1, height_ratios=[3, 2])
    counts = chip.layers[-1].counts()[shown]
    colours = [colour_of(INTEGERS) if index == chip.answers[shown] else "#c7cdd3" for index in range(len(counts))]
    answers.barh(np.arange(len(counts)), counts, color=colours)
    answers.set(yticks=np.arange(len(counts)), yticklabels=example.classes, xlabel="output spikes")
    answers.tick_params(axis="y", labelsize=5.5)
    answers.xaxis.get_major_locator().set_params(integer=True)
    answers.invert_yaxis()
    for style, (behind, occupancy) in zip(("-", "--", ":", "-."), queues.occupancy.items(), strict=False):
        waiting.plot(occupancy, color=colour_of("scdq"), linestyle=style, label=f"queue behind {behind}")
    waiting.set(xlabel="time step", ylabel="events waiting", ylim=(0, None))
    waiting.legend(fontsize=5.5)
    with io.BytesIO() as file:
        figure.savefig(file, format="png", dpi=150, metadata={"Software": None})
        plt.close(figure)
        return base64.b64encode(file.getvalue()).decode()
