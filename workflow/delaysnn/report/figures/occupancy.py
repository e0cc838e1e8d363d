"""How full the delay queues are over a sample (sibling paper, Figure 8)."""

from collections.abc import Sequence
from itertools import cycle

import numpy as np

from delaysnn.core.metrics import Metrics
from delaysnn.report.registry import figure
from delaysnn.report.style import NETWORK_COLOURS, PAGE_INCHES, Figure, name_dataset, new_figure


@figure(
    title="How full the queues are",
    caption="""
    Events in the queue over the time of a sample: mean and maximum over the test samples. An event leaves after the
    last useful delay of its axon. So only pruning of whole axons can empty a queue earlier, not pruning of single
    synapses.
    """,
    section="Delay queues",
    place=40,
    inputs=lambda study: {
        "metrics": study.metrics(
            "queues",
            networks=[study.parts[part] for part in ("shown", "axonal") if part in study.parts],
            seeds=study.seeds[:1],
        )
    },
    when=lambda study: "seneca" in study.running(study.shown),
)
def draw_occupancy(metrics: Sequence[Metrics]) -> Figure:
    """Draw each network's mean and most events over time steps, one panel a queue."""
    figure = new_figure(PAGE_INCHES, 2.2)
    names = [queue["between"] for queue in metrics[0].details["queues"]]
    for name, axis in zip(names, figure.subplots(1, len(names), sharey=True, squeeze=False)[0], strict=True):
        for colour, entry in zip(cycle(NETWORK_COLOURS), metrics, strict=False):
            # Another network may have no such queue.
            queue = next((queue for queue in entry.details["queues"] if queue["between"] == name), None)
            if queue is None:
                continue
            steps = np.arange(len(queue["occupancy_mean"]))
            axis.plot(steps, queue["occupancy_mean"], color=colour, label=f"network {entry.network}")
            axis.plot(steps, queue["occupancy_most"], color=colour, linestyle=":", linewidth=0.8)
        axis.set_title(f"queue behind {_name(name)}")
        axis.set_xlabel("time step")
    # Of all panels, once everything is drawn.
    figure.axes[0].set_ylim(0)
    figure.axes[0].set_ylabel("events waiting")
    figure.axes[0].legend(loc="upper left")
    name_dataset(figure, metrics[0].dataset, f"seed {metrics[0].seed}; lines: mean over test samples, dots: the most")
    return figure


def _name(between: str) -> str:
    """Return what is in front of a queue, as readers see it."""
    before = between.partition(" and ")[0].split(", ")
    hidden = [name.removeprefix("h") for name in before if name.startswith("h")]
    layers = [f"hidden layer{'s' * (len(hidden) > 1)} {' and '.join(hidden)}"] if hidden else []
    inputs, output = (["the inputs"] * ("inputs" in before), ["output"] * ("output" in before))
    return " and ".join([*inputs, *layers, *output])
