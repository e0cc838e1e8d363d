"""Which networks, chips, widths and levels differ in accuracy, and which were not told apart."""

from collections.abc import Sequence

import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.report.comparisons import compare_tested
from delaysnn.report.registry import table
from delaysnn.report.style import label_of
from delaysnn.report.wide import ReportCell, WideTable, joined


def show_comparisons(table: pd.DataFrame) -> WideTable:
    """Show one row a pair; what is neither PyTorch nor as deployed stands with the network's name."""
    settings = ("levels", "bits", "control", "phase")
    named = table.copy()
    for name, platform in (("network", "platform"), ("against", "against_platform")):
        named[name] += ["" if each == "pytorch" else f", {label_of(each)}" for each in table[platform]]
    first, second = joined(named, "network", settings), joined(named, "against", settings, "against_")
    rows = [
        [
            ReportCell(row.compared),
            ReportCell(of),
            ReportCell(against),
            ReportCell(row.verdict),
            ReportCell(f"{row.difference:+.1f}", interval=f"{row.low:+.1f} to {row.high:+.1f}"),
        ]
        for of, against, row in zip(first, second, table.itertuples(), strict=True)
    ]
    return WideTable(["compared", "network", "against", "verdict", "difference (points)"], rows, 4)


@table(
    title="Which differences in accuracy were detected",
    caption=lambda study: (
        f"""
    Differences of accuracy in percentage points with their 95 % intervals, for pairs that were tested on the same
    samples. They are paired over samples, and over seeds where both go back to one training. An interval combines those
    over samples and over seeds, each with its own degrees of freedom, so with two seeds it is wide. A network is better
    or worse if the interval does not contain zero. Otherwise no difference was detected, which does not say that there
    is none. Networks: every pair. Phases: after pruning and fine-tuning against before. Levels: those that pruning
    chose against as many that it did not choose. Platforms{study.said(loihi=" and bits")}: a
    chip{study.said(loihi=", or a width of a weight on Loihi,")} against the float network. There is no correction for
    the number of pairs: of twenty pairs without a difference, about one shows one. The intervals hold for other
    samples{" of these speakers" * study.speakers} and for other seeds (with one seed, for that seed
    alone){", not for other speakers" * study.speakers}.
    """
    ),
    section="Accuracy",
    place=40,
    inputs=lambda study: {
        "metrics": study.metrics("pytorch")
        + study.metrics("levels", networks=study.swept)
        + study.metrics("level_controls", networks=study.controlled)
        + study.chip_metrics(study.scored)
    },
    params=lambda study: {"kept": study.config["delays"]["keep"]},
    show=show_comparisons,
)
def tabulate_comparisons(metrics: Sequence[Metrics], kept: int) -> pd.DataFrame:
    """Return every pair that was tested on the same samples."""
    return compare_tested(metrics, kept)
