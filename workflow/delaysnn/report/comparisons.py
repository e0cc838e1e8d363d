"""Paired comparisons of accuracies: which networks, chips, widths and levels differ, and which were not told apart."""

from collections.abc import Callable, Iterable, Mapping
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from delaysnn.core.errors import InputError
from delaysnn.core.metrics import Metrics
from delaysnn.report.claims import Difference, compare_folds, compare_samples
from delaysnn.report.folds import ratio_of_samples
from delaysnn.report.levels import levels_of

COMPARISON_COLUMNS = [
    "compared",
    "network",
    "platform",
    "quantity",
    "against",
    "against_platform",
    "against_quantity",
    "unit",
    "difference",
    "low",
    "high",
    "verdict",
    "seeds",
    "samples",
    "folds",
    "dataset",
]


class Measured(NamedTuple):
    """What an accuracy is of."""

    network: str
    platform: str
    quantity: str


_KINDS = ["networks", "phases", "levels", "platforms", "bits"]
_Relation = Callable[[Measured, Measured], str]


def compare_tested(metrics: Iterable[Metrics], kept: int) -> pd.DataFrame:
    """Compare networks that were tested on the same samples, paired over these, and over seeds where one is both.

    Every pair of networks on a platform (kind ``networks``); a network against itself before pruning (``phases``); on
    each chip (``platforms``) and with each width of a weight (``bits``) against its floats; levels that pruning chose
    against as many that it did not (``levels``).

    Args:
        metrics: one or more files' worth a network and seed, whose accuracies name what each sample gave.
        kept: delay levels that the deployed networks keep, whose quantity is ``accuracy``.

    Returns:
        A frame with the columns of :data:`COMPARISON_COLUMNS`, one pair a row; ``difference``, ``low`` and ``high`` in
        percentage points, with the interval of :func:`compare_samples`.

    Raises:
        InputError: two networks were tested on different samples or data sets.
    """
    found: dict[Measured, dict[int, np.ndarray]] = {}
    datasets = set()
    for m in metrics:
        datasets.add(m.dataset)
        for cell in m.cells:
            if cell.right is not None and cell.quantity.startswith("accuracy"):
                key = Measured(m.network, cell.platform, cell.quantity)
                found.setdefault(key, {})[m.seed] = np.array([answer == "1" for answer in cell.right])
    dataset = _only(datasets)

    def relation(of: Measured, against: Measured) -> str:
        if of.network != against.network:
            alike = of.platform == against.platform and of.quantity == against.quantity == "accuracy"
            return "networks" if alike else ""
        if against == (of.network, "pytorch", "accuracy") and of.platform != "pytorch":
            return "platforms" if of.quantity == "accuracy" else "bits"
        if of.platform != "pytorch" or against.platform != "pytorch":
            return ""
        if "accuracy_dense" in (of.quantity, against.quantity):
            return "phases" if of.quantity == "accuracy" else ""
        (levels, control), (others, other) = levels_of(of.quantity, kept), levels_of(against.quantity, kept)
        return "levels" if levels == others and not control and other else ""

    rows = []
    for what, of, against in _pairs(list(found), relation):
        seeds = sorted(found[of].keys() & found[against].keys())
        lengths = {len(found[key][seed]) for key in (of, against) for seed in seeds}
        if len(lengths) != 1:
            raise InputError(
                f"Networks {of.network} and {against.network} were tested on {sorted(lengths)} samples, but a paired "
                "comparison needs the same ones. Delete results/metrics and run again."
            )
        answers = (np.stack([found[key][seed] for seed in seeds]) for key in (of, against))
        # A coarse control is trained anew, from the start.
        one_training = of.network == against.network and not against.quantity.endswith("_coarse")
        difference = compare_samples(*answers, one_training)
        rows.append(_row(what, of, against, difference, seeds=len(seeds), samples=lengths.pop(), dataset=dataset))
    return _frame(rows)


def compare_fold_means(metrics: Iterable[Metrics], quantities: list[str]) -> pd.DataFrame:
    """Compare networks, and the phases of each, paired over folds of who is tested.

    A fold counts with its mean over seeds. The interval is that of :func:`compare_folds`.

    Args:
        metrics: as :func:`delaysnn.report.folds.ratio_of_samples` takes them.
        quantities: accuracies of the phases of training, in their order.
    """
    metrics = list(metrics)
    ratio = ratio_of_samples(metrics)
    found: dict[Measured, dict[tuple[int, ...], list[float]]] = {}
    datasets = set()
    for m in metrics:
        datasets.add(m.dataset)
        for cell in m.cells:
            if cell.quantity in quantities:
                folds = found.setdefault(Measured(m.network, cell.platform, cell.quantity), {})
                folds.setdefault(tuple(m.details["test"]), []).append(cell.value)
    dataset = _only(datasets)

    def relation(of: Measured, against: Measured) -> str:
        if of.network != against.network:
            return "networks" if of.quantity == against.quantity else ""
        after = quantities.index(of.quantity) == quantities.index(against.quantity) + 1
        return "phases" if after else ""

    rows = []
    for what, of, against in _pairs(list(found), relation):
        folds = sorted(found[of].keys() & found[against].keys())
        values, others = (np.array([np.mean(found[key][who]) for who in folds]) for key in (of, against))
        seeds = max(len(found[of][who]) for who in folds)
        difference = compare_folds(values, others, ratio)
        rows.append(_row(what, of, against, difference, seeds=seeds, folds=len(folds), dataset=dataset))
    return _frame(rows)


def find_difference(table: pd.DataFrame, of: tuple[str, str, str], against: tuple[str, str, str]) -> Difference:
    """Return a comparison of the table, whichever of the two it takes first.

    Args:
        table: of :func:`compare_tested`.
        of, against: network, platform and quantity of either.

    Raises:
        InputError: the table does not compare the two.
    """
    names = ["network", "platform", "quantity", "against", "against_platform", "against_quantity"]
    found = table.set_index(names)[["difference", "low", "high"]]
    if (*of, *against) in found.index:
        return Difference(*found.loc[(*of, *against)])
    if (*against, *of) in found.index:
        mean, low, high = found.loc[(*against, *of)]
        return Difference(-mean, -high, -low)
    raise InputError(f"Table comparisons does not compare {' '.join(of)} with {' '.join(against)}; make it again.")


def _pairs(keys: list[Measured], relation: _Relation) -> list[tuple[str, Measured, Measured]]:
    """Return what is compared with what, by kind and then in the order of the keys."""
    pairs = []
    for first, second in combinations(keys, 2):
        for of, against in ((first, second), (second, first)):
            what = relation(of, against)
            if what:
                pairs.append((what, of, against))
                break
    return sorted(pairs, key=lambda pair: _KINDS.index(pair[0]))


def _row(what: str, of: Measured, against: Measured, difference: Difference, **rest: Any) -> Mapping[str, Any]:
    names = [what, *of, *against, "points", difference.mean, difference.low, difference.high, difference.verdict]
    return dict(zip(COMPARISON_COLUMNS, names, strict=False)) | rest


def _frame(rows: list[Mapping[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COMPARISON_COLUMNS)


def _only(datasets: set[str]) -> str:
    if len(datasets) != 1:
        raise InputError(f"A table mixes data sets {sorted(datasets)}; delete results and run again.")
    return datasets.pop()
