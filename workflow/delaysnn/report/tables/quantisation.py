"""The numbers of paper Figure 9: accuracy over the bits of a weight, and in number formats of chips."""

from collections.abc import Mapping, Sequence

import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.report.published import Key
from delaysnn.report.registry import table
from delaysnn.report.tidy import add_intervals, summarise


@table(
    title="Table behind Figure 9: accuracy over weight bits",
    caption=lambda study: (
        f"""
    {
            study.said(loihi="The integer network on Loihi after quantisation-aware fine-tuning at each width; and, as")
            or "As"
        } plain accuracy, the float network{
            study.said(
                seneca=" and Seneca's bfloat16 (weights, decays, thresholds, and membranes rounded at every "
                "addition), which needs no fine-tuning"
            )
        }. In parentheses: the 95 % interval by the number of test samples alone (Wilson; all seeds share the samples).
    """
    ),
    section="Accuracy",
    place=90,
    inputs=lambda study: {
        "metrics": study.metrics("pytorch", networks=study.deployed)
        + study.chip_metrics(lambda name: study.scored(name)[-1:]),
        "published": study.files["published"],
    },
    params=lambda study: {"shapes": study.shapes, "platforms": study.names},
)
def tabulate_quantisation(
    metrics: Sequence[Metrics], beside: Mapping[Key, float], platforms: Sequence[str]
) -> pd.DataFrame:
    """Return accuracies at each width, and where weights are no integers."""
    return add_intervals(summarise(metrics, beside, platforms, ["accuracy"], ["bits"]), metrics)
