"""Paired comparisons of accuracies: which networks, chips, widths and levels differ."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from delaysnn.core.errors import InputError
from delaysnn.core.metrics import Cell, Metrics
from delaysnn.report.claims import Difference, compare_folds, compare_samples
from delaysnn.report.tidy import only_dataset, select, type_widths

# In what either network may differ from how it is deployed.
_FORMS = ["levels", "bits", "control", "phase"]
COMPARISON_COLUMNS = [
    "compared",
    "network",
    "platform",
    "quantity",
    "against",
    "against_platform",
    "unit",
    "difference",
    "low",
    "high",
    "verdict",
    "seeds",
    "samples",
    "folds",
    "dataset",
    *_FORMS,
    *(f"against_{name}" for name in _FORMS),
]


class Measured(NamedTuple):
    """What an accuracy on test samples is of; the last four as :class:`delaysnn.core.metrics.Cell` has them."""

    network: str
    platform: str
    levels: int | None = None
    bits: int | str | None = None
    control: str | None = None
    phase: str | None = None

    @property
    def form(self) -> tuple[int | str | None, ...]:
        """Return in what it differs from the network as deployed."""
        return self[2:]


_DEPLOYED = (None,) * len(_FORMS)
_KINDS = ["networks", "phases", "levels", "platforms", "bits"]
_Relation = Callable[[Measured, Measured], str]


def compare_tested(metrics: Iterable[Metrics], kept: int) -> pd.DataFrame:
    """Compare networks that were tested on the same samples, paired over these, and over seeds where one is both.

    Every pair of networks on a platform (kind ``networks``); a network against itself before pruning (``phases``); on
    each chip (``platforms``) and with each width of a weight (``bits``) against its floats; levels that pruning chose
    against as many that it did not (``levels``).

    Args:
        metrics: one or more files' worth a network and seed, whose accuracies name what each sample gave.
        kept: delay levels that the deployed networks keep, whose cells name none.

    Returns:
        A frame with the columns of :data:`COMPARISON_COLUMNS`, one pair a row; ``difference``, ``low`` and ``high`` in
        percentage points, with the interval of :func:`compare_samples`.

    Raises:
        InputError: two networks were tested on different samples or data sets.
    """
    found: dict[Measured, dict[int, np.ndarray]] = {}
    metrics = list(metrics)
    dataset = only_dataset(metrics)
    for m in metrics:
        for of, cell in _accuracies(m):
            if cell.right is not None:
                found.setdefault(of, {})[m.seed] = np.array([answer == "1" for answer in cell.right])

    def relation(of: Measured, against: Measured) -> str:
        if of.network != against.network:
            alike = of.platform == against.platform and of.form == against.form == _DEPLOYED
            return "networks" if alike else ""
        floats = Measured(of.network, "pytorch")
        if against == floats and of.platform != "pytorch":
            return "platforms" if of.form == _DEPLOYED else "bits"
        if of.platform != "pytorch" or against.platform != "pytorch":
            return ""
        if of.phase or against.phase:
            return "phases" if of == floats else ""
        alike = (of.levels or kept) == (against.levels or kept)
        return "levels" if alike and not of.control and against.control else ""

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
        one_training = of.network == against.network and against.control != "coarse"
        difference = compare_samples(*answers, one_training)
        rows.append(_row(what, of, against, difference, seeds=len(seeds), samples=lengths.pop(), dataset=dataset))
    return _frame(rows)


def ratio_of_samples(metrics: Iterable[Metrics]) -> float:
    """Return test samples over training samples, the mean over folds.

    Args:
        metrics: one file's worth a network, seed and fold, whose details name the ``test`` speakers and count the
            ``samples`` of each role. A fold whose ``validation`` speakers take turns counts with its mean.
    """
    ratios: dict[tuple[int, ...], dict[tuple[int, ...], float]] = {}
    for m in metrics:
        samples, fold = m.details["samples"], ratios.setdefault(tuple(m.details["test"]), {})
        fold[tuple(m.details["validation"])] = samples["test"] / samples["train"]
    return float(np.mean([np.mean(list(fold.values())) for fold in ratios.values()]))


def compare_fold_means(metrics: Iterable[Metrics]) -> pd.DataFrame:
    """Compare networks, and the phases of each, paired over folds of who is tested.

    A fold counts once, with its mean over all trainings: every seed, with each choice of validation speakers where
    these take turns. The interval is that of :func:`compare_folds`.

    Args:
        metrics: as :func:`ratio_of_samples` takes them.
    """
    metrics = list(metrics)
    ratio, dataset = ratio_of_samples(metrics), only_dataset(metrics)
    found: dict[Measured, dict[tuple[int, ...], list[float]]] = {}
    seeds: dict[Measured, dict[tuple[int, ...], set[int]]] = {}
    for m in metrics:
        who = tuple(m.details["test"])
        for of, cell in _accuracies(m):
            found.setdefault(of, {}).setdefault(who, []).append(cell.value)
            seeds.setdefault(of, {}).setdefault(who, set()).add(m.seed)

    def relation(of: Measured, against: Measured) -> str:
        if of.network != against.network:
            return "networks" if of.form == against.form else ""
        return "phases" if _phase(of) == _phase(against) + 1 else ""

    rows = []
    for what, of, against in _pairs(list(found), relation):
        folds = sorted(found[of].keys() & found[against].keys())
        values, others = (np.array([np.mean(found[key][who]) for who in folds]) for key in (of, against))
        most = max(len(seeds[of][who]) for who in folds)
        difference = compare_folds(values, others, ratio)
        rows.append(_row(what, of, against, difference, seeds=most, folds=len(folds), dataset=dataset))
    return _frame(rows)


def find_difference(table: pd.DataFrame, of: tuple[str, str], against: tuple[str, str]) -> Difference:
    """Return a comparison of two deployed networks, whichever of them the table takes first.

    Args:
        table: of :func:`compare_tested`.
        of, against: network and platform of either.

    Raises:
        InputError: the table does not compare the two.
    """
    table = select(table, **dict.fromkeys(COMPARISON_COLUMNS[-2 * len(_FORMS) :]))
    found = table.set_index(["network", "platform", "against", "against_platform"])[["difference", "low", "high"]]
    if (*of, *against) in found.index:
        return Difference(*found.loc[(*of, *against)])
    if (*against, *of) in found.index:
        mean, low, high = found.loc[(*against, *of)]
        return Difference(-mean, -high, -low)
    raise InputError(f"Table comparisons does not compare {' '.join(of)} with {' '.join(against)}; make it again.")


def _accuracies(metrics: Metrics) -> Iterator[tuple[Measured, Cell]]:
    for cell in metrics.cells:
        if cell.quantity == "accuracy" and cell.split is None:
            yield Measured(metrics.network, cell.platform, *(getattr(cell, name) for name in _FORMS)), cell


def _phase(of: Measured) -> int:
    """Return the place of a fold's phase: trained dense, pruned, quantised."""
    return 0 if of.phase == "dense" else 1 if of.bits is None else 2


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
    names = of._asdict() | {f"against_{name}": value for name, value in against._asdict().items()}
    names |= {"compared": what, "quantity": "accuracy", "against": against.network, "unit": "points"}
    interval = {"difference": difference.mean, "low": difference.low, "high": difference.high}
    return names | interval | {"verdict": difference.verdict} | rest


def _frame(rows: list[Mapping[str, Any]]) -> pd.DataFrame:
    whole = ("levels", "against_levels")
    return type_widths(pd.DataFrame(rows, columns=COMPARISON_COLUMNS).astype(dict.fromkeys(whole, "Int64")))
