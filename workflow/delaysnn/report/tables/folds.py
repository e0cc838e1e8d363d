"""Accuracy when every speaker is once among those tested."""

from collections.abc import Sequence

import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.report.folds import tabulate_folds
from delaysnn.report.registry import table
from delaysnn.report.study import Study


def fold_metrics(study: Study) -> dict[str, list[str]]:
    """Return what was measured on every fold, the network that does not spike last."""
    return {
        "metrics": [
            file
            for name in study.trained
            for fold, entry in enumerate(study.config["folds"])
            for file in study.metrics(f"fold{fold}", networks=[name], seeds=entry["seeds"])
        ]
        + [study.files["convolutional"].format(fold=fold) for fold in range(len(study.config["folds"]))]
    }


@table(
    title="Every speaker once among those tested",
    caption="""
    Accuracy on speakers that no network has known, whoever they are: the mean over folds, then each fold.
    """,
    section=None,
    place=10,
    inputs=lambda study: fold_metrics(study),
)
def folds(metrics: Sequence[Metrics]) -> pd.DataFrame:
    """Return each network's mean over folds, then each fold."""
    return tabulate_folds(metrics)
