"""Accuracy when every speaker is once among those tested: rotations beside their mean."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from delaysnn.formats.metrics import Metrics
from delaysnn.paper.claims import compare_means
from delaysnn.paper.tables import SHARE_COLUMNS, add_intervals, summarise


def ratio_of_words(metrics: Iterable[Metrics]) -> float:
    """Return test words over training words, the mean over rotations.

    Args:
        metrics: one file's worth a network, seed and rotation, whose details name the ``test`` speakers and count the
            ``words`` of each role.
    """
    ratios = {tuple(m.details["test"]): m.details["words"]["test"] / m.details["words"]["train"] for m in metrics}
    return float(np.mean(list(ratios.values())))


def tabulate_rotations(metrics: Iterable[Metrics], quantities: list[str]) -> pd.DataFrame:
    """Return, for each network and quantity, the mean over rotations, then each rotation by its test speakers.

    A rotation counts with its mean over seeds. ``ours_sd`` of a mean over rotations is the deviation between them and
    ``seeds`` the most that any of them has; ``ours_sd`` of a rotation is the deviation between its seeds. The interval
    of a mean over rotations is that of :func:`delaysnn.paper.claims.compare_means`, since rotations share most of their
    training speakers; that of a rotation is by its number of test samples.

    Args:
        metrics: as :func:`ratio_of_words` takes them.
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
            rotations=("ours_mean", "size"),
        )
        .reset_index()
        .assign(published=pd.NA, difference=pd.NA, samples=float("nan"))
    )
    ratio = ratio_of_words(metrics)
    intervals = [compare_means(row.ours_mean, row.ours_sd, row.rotations, ratio) for row in means.itertuples()]
    means = means.assign(ours_low=[i.low for i in intervals], ours_high=[i.high for i in intervals])
    return pd.concat([means[SHARE_COLUMNS].astype(each.dtypes), each], ignore_index=True)
