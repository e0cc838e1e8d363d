"""Accuracy over the delay levels that pruning keeps, and over as many that it did not choose."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.report.registry import table
from delaysnn.report.tidy import add_intervals, summarise
from delaysnn.report.wide import measured


@table(
    title="Accuracy over delay levels kept",
    caption=lambda study: (
        f"""
    Each network pruned to other numbers of levels a synapse (for 48ax, an axon). Each number starts from the same dense
    training and is fine-tuned equally long; all levels kept means no pruning. The deployed networks keep
    {study.config["delays"]["keep"]} levels. Two controls of the first network have as many levels, but no weight chose
    them. Random: drawn for every synapse from the same dense training, then fine-tuned alike. Coarse: evenly spaced
    over the whole range, and trained with these alone from the start, for as many epochs in all. In parentheses: the 95
    % interval by the number of test samples alone (Wilson; all seeds share the samples).
    """
    ),
    section="Accuracy",
    place=70,
    inputs=lambda study: {
        "metrics": study.metrics("levels", "pytorch", networks=study.swept)
        + study.metrics("level_controls", networks=study.controlled)
    },
    params=lambda study: {"kept": study.config["delays"]["keep"]},
    when=lambda study: study.swept,
    show=lambda rows: measured(rows, ["control"]),
)
def tabulate_levels(metrics: Sequence[Metrics], kept: int) -> pd.DataFrame:
    """Return accuracies over levels, each pruned network before its controls; cells that name none have ``kept``."""
    named = [replace(m, cells=tuple(replace(cell, levels=cell.levels or kept) for cell in m.cells)) for m in metrics]
    return add_intervals(summarise(named, {}, ["pytorch"], ["accuracy"], ["levels", "control"]), named)
