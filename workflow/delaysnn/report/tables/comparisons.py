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
    title="What differs and what was not told apart",
    caption=lambda study: (
        f"""
    Pairs that were tested on the same samples: differences of accuracy in percentage points with their 95 %
    intervals, paired over samples, and over seeds where both are one training. An interval joins those over samples
    and over seeds, each with its own degrees of freedom, so it is wide where there are two seeds. A pair is better
    or worse where the interval leaves out zero; otherwise no difference was detected, which does not say that there
    is none. Networks: every pair. Phases: after pruning and fine-tuning against before. Levels: those that pruning
    chose against as many that it did not. Platforms{study.said(loihi=" and bits")}: a
    chip{study.said(loihi=", or a width of a weight on Loihi,")} against the float network.
    No correction is made for the number of pairs: of twenty that are the same, about one is told apart. The
    intervals speak of other samples{" of these voices" * study.speakers} and of other seeds (of none where there is
    one seed){", not of other voices" * study.speakers}.
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
