"""Accuracy when every speaker is once among those tested: folds beside their mean."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.report.claims import compare_means
from delaysnn.report.tables import SHARE_COLUMNS, add_intervals, summarise


def ratio_of_samples(metrics: Iterable[Metrics]) -> float:
    """Return test samples over training samples, the mean over folds.

    Args:
        metrics: one file's worth a network, seed and fold, whose details name the ``test`` speakers and count the
            ``samples`` of each role.
    """
    ratios = {tuple(m.details["test"]): m.details["samples"]["test"] / m.details["samples"]["train"] for m in metrics}
    return float(np.mean(list(ratios.values())))


def tabulate_folds(metrics: Iterable[Metrics], quantities: list[str]) -> pd.DataFrame:
    """Return, for each network and quantity, the mean over folds, then each fold by its test speakers.

    A fold counts with its mean over seeds. ``ours_sd`` of a mean over folds is the deviation between them and
    ``seeds`` the most that any of them has; ``ours_sd`` of a fold is the deviation between its seeds. The interval
    of a mean over folds is that of :func:`delaysnn.report.claims.compare_means`, since folds share most of their
    training speakers; that of a fold is by its number of test samples.

    Args:
        metrics: as :func:`ratio_of_samples` takes them.
        quantities: which cells of the platform ``pytorch`` to show.
    """
    metrics = list(metrics)
    named, names = [], []
    for m in metrics:
        who = "_".join(map(str, m.details["test"]))
        names += [f"{quantity}_speakers_{who}" for quantity in quantities]
        cells = [replace(cell, quantity=f"{cell.quantity}_speakers_{who}") for cell in m.cells]
        named.append(replace(m, cells=tuple(cells)))
    each = add_intervals(summarise(named, {}, ["pytorch"], list(dict.fromkeys(names))), named)
    of = each["quantity"].str.split("_speakers_").str[0]
    means = (
        each.assign(quantity=of)
        .groupby(["network", "platform", "quantity", "unit", "dataset"], sort=False)
        .agg(
            ours_sd=("ours_mean", "std"),
            ours_mean=("ours_mean", "mean"),
            seeds=("seeds", "max"),
            folds=("ours_mean", "size"),
        )
        .reset_index()
        .assign(published=pd.NA, difference=pd.NA, samples=float("nan"))
    )
    ratio = ratio_of_samples(metrics)
    intervals = [compare_means(row.ours_mean, row.ours_sd, row.folds, ratio) for row in means.itertuples()]
    means = means.assign(ours_low=[i.low for i in intervals], ours_high=[i.high for i in intervals])
    return pd.concat([means[SHARE_COLUMNS].astype(each.dtypes), each], ignore_index=True)
