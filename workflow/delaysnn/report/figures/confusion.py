"""Paper Figure 6: which classes each platform confuses."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from delaysnn.core.traces import Traces
from delaysnn.report.classes import class_names
from delaysnn.report.registry import figure
from delaysnn.report.style import PAGE_INCHES, Figure, label_of, name_dataset, new_figure

# Of more classes not every one is named at the axes.
_MOST_NAMED = 20


def confusion_matrix(traces: Sequence[Traces], n_classes: int) -> np.ndarray:
    """Return shares [true class, decided class], float, each row adding up to 1 (or all 0 for an unseen class)."""
    counts = np.zeros((n_classes, n_classes), np.int64)
    for trace in traces:
        np.add.at(counts, (trace.labels, trace.predictions), 1)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


@figure(
    title="Figure 6: confusion of classes",
    caption=lambda study: (
        f"""
    How often samples of each class (rows) are decided as each class, on every platform. {
            study.said(
                ", ",
                loihi="Loihi runs weights that were fine-tuned to few bits",
                seneca="Seneca the float network's in bfloat16"
                if study.has("loihi")
                else "Seneca runs the float network's weights in bfloat16",
                end=".",
            )
        }
    """
    ),
    section="Accuracy",
    place=50,
    inputs=lambda study: {
        "traces": study.traces(*study.running(study.shown), networks=[study.shown]),
        "card": study.files["card"],
    },
    params=lambda study: {"dataset": study.dataset, "network": study.shown},
)
def draw_confusion(traces: Sequence[Traces], card: Mapping[str, Any], dataset: str, network: str) -> Figure:
    """Draw one matrix a platform, pooled over its seeds."""
    # Takes half a second, which every reading of the rules would.
    import seaborn as sns

    ran_on = dict.fromkeys(trace.platform for trace in traces)
    platforms = [[trace for trace in traces if trace.platform == name] for name in ran_on]
    n_classes = platforms[0][0].layers[-1].n_neurons
    names = class_names(card, n_classes)
    figure = new_figure(PAGE_INCHES, 3.1)
    axes = figure.subplots(1, len(platforms), sharey=True, squeeze=False)[0]
    for axis, own in zip(axes, platforms, strict=True):
        shares = confusion_matrix(own, n_classes)
        sns.heatmap(
            shares,
            ax=axis,
            vmin=0,
            vmax=1,
            cmap="viridis",
            square=True,
            cbar=axis is axes[-1],
            cbar_kws={"label": "share of the true class", "shrink": 0.7},
        )
        accuracy = 100 * np.mean([trace.accuracy for trace in own])
        axis.set_title(f"{label_of(own[0].platform)}: {accuracy:.1f} %")
        axis.set_xlabel("decided class")
        ticks = np.arange(0, n_classes, -(-n_classes // _MOST_NAMED))
        axis.set_xticks(ticks + 0.5, [names[tick] for tick in ticks], rotation=90, fontsize=6)
        axis.set_yticks(ticks + 0.5, [names[tick] for tick in ticks], rotation=0, fontsize=6)
        axis.tick_params(length=0)
    axes[0].set_ylabel("true class")
    seeds = len(platforms[0])
    each = sum(len(trace.labels) for trace in platforms[0]) // seeds
    name_dataset(figure, dataset, f"network {network}, {each} test samples, {seeds} seed{'s' * (seeds > 1)}")
    return figure
