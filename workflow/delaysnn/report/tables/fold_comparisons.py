"""What differs over folds of who is tested."""

from collections.abc import Sequence

import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.report.comparisons import compare_fold_means
from delaysnn.report.registry import table
from delaysnn.report.tables.folds import fold_metrics


@table(
    title="Which differences were detected over folds",
    caption="""
    Pairs of networks, and of the phases of each, paired over folds that leave speakers out.
    """,
    section=None,
    place=10,
    inputs=fold_metrics,
)
def tabulate_fold_comparisons(metrics: Sequence[Metrics]) -> pd.DataFrame:
    """Return every pair, and the phases of each network, paired over folds."""
    return compare_fold_means(metrics)
