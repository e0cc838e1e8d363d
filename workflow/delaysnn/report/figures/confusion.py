"""Paper Figure 6: which digits each platform takes for which."""

from collections.abc import Sequence

import numpy as np

from delaysnn.core.traces import Traces
from delaysnn.report.registry import figure
from delaysnn.report.style import PAGE_INCHES, Figure, label_of, name_dataset, new_figure


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
    Which sample is taken for which, on every platform. {
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
    inputs=lambda study: {"traces": study.traces(*study.running(study.shown), networks=[study.shown])},
    params=lambda study: {"dataset": study.dataset, "network": study.shown},
)
def draw_confusion(traces: Sequence[Traces], dataset: str, network: str) -> Figure:
    """Draw one matrix a platform, pooled over its seeds."""
    # Takes half a second, which every reading of the rules would.
    import seaborn as sns

    names = dict.fromkeys(trace.platform for trace in traces)
    platforms = [[trace for trace in traces if trace.platform == name] for name in names]
    n_classes = platforms[0][0].layers[-1].n_neurons
    figure = new_figure(PAGE_INCHES, 2.9)
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
        ticks = np.arange(0, n_classes, max(1, n_classes // 5))
        axis.set_xticks(ticks + 0.5, ticks, rotation=0)
        axis.set_yticks(ticks + 0.5, ticks)
    axes[0].set_ylabel("true class")
    seeds = len(platforms[0])
    each = sum(len(trace.labels) for trace in platforms[0]) // seeds
    name_dataset(figure, dataset, f"network {network}, {each} test samples, {seeds} seed{'s' * (seeds > 1)}")
    return figure
