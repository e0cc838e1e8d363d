"""Accuracy when every speaker is once among those tested: folds beside their mean."""

from collections.abc import Sequence

import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.report.claims import compare_means
from delaysnn.report.comparisons import ratio_of_samples
from delaysnn.report.registry import table
from delaysnn.report.study import Study
from delaysnn.report.tidy import COLUMNS, INTERVAL, add_intervals, summarise

_SETTINGS = ["split", "phase", "bits"]
FOLD_COLUMNS = [*COLUMNS, "test_speakers", "validations", *_SETTINGS, *INTERVAL]


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
    title="Leave-speakers-out: every speaker tested once",
    caption="""
    Accuracy on speakers that the network was not trained on: the mean over folds, then each fold. Trainings that test
    the same speakers but have other validation speakers are one fold; validations is their number.
    """,
    section=None,
    place=10,
    inputs=fold_metrics,
)
def tabulate_folds(metrics: Sequence[Metrics]) -> pd.DataFrame:
    """Return accuracies of each network, split and phase: the mean over folds, then each fold by its test speakers.

    A fold counts once, with its mean over all trainings: every seed, with each choice of validation speakers
    (``validations`` counts these). ``ours_sd`` of a mean over folds is the deviation between them, and ``seeds`` and
    ``validations`` are the most that any of them has; ``ours_sd`` of a fold is the deviation between its trainings. The
    interval of a mean over folds is that of :func:`delaysnn.report.claims.compare_means`, since folds share most of
    their training speakers; that of a fold is by its number of test samples.

    Args:
        metrics: as :func:`delaysnn.report.comparisons.ratio_of_samples` takes them.

    Returns:
        A frame with the columns of :data:`FOLD_COLUMNS`; ``test_speakers`` is empty for a mean over folds.
    """
    folds: dict[str, list[Metrics]] = {}
    for m in metrics:
        folds.setdefault(" ".join(map(str, m.details["test"])), []).append(m)
    each = pd.concat([_tabulate(own).assign(test_speakers=who) for who, own in folds.items()])[FOLD_COLUMNS]
    networks = list(dict.fromkeys(each["network"]))
    each = each.sort_values("network", key=lambda names: names.map(networks.index), kind="stable")
    means = (
        each.groupby(["network", "platform", "quantity", "unit", "dataset", *_SETTINGS], sort=False, dropna=False)
        .agg(
            ours_sd=("ours_mean", "std"),
            ours_mean=("ours_mean", "mean"),
            seeds=("seeds", "max"),
            validations=("validations", "max"),
            folds=("ours_mean", "size"),
        )
        .reset_index()
        .assign(published=pd.NA, difference=pd.NA, samples=float("nan"), test_speakers=None)
    )
    ratio = ratio_of_samples(metrics)
    intervals = [compare_means(row.ours_mean, row.ours_sd, row.folds, ratio) for row in means.itertuples()]
    means = means.assign(ours_low=[i.low for i in intervals], ours_high=[i.high for i in intervals])
    return pd.concat([means[FOLD_COLUMNS].astype(each.dtypes), each], ignore_index=True)


def _tabulate(fold: list[Metrics]) -> pd.DataFrame:
    table = add_intervals(summarise(fold, {}, ["pytorch"], ["accuracy", "accuracy_membranes"], _SETTINGS), fold)
    choices: dict[str, set[tuple[int, ...]]] = {}
    for m in fold:
        choices.setdefault(m.network, set()).add(tuple(m.details["validation"]))
    return table.assign(validations=[len(choices[network]) for network in table["network"]])
