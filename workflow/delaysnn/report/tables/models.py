"""Paper Table I: size and accuracy of every network."""

from collections.abc import Mapping, Sequence

import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.report.published import Key
from delaysnn.report.registry import table
from delaysnn.report.tidy import add_intervals, summarise


@table(
    title="Table I: the networks",
    caption="""
    Size and accuracy of every network in PyTorch, after pruning and fine-tuning: mean ± standard deviation over seeds.
    In parentheses: the 95 % interval by the number of test samples alone (Wilson; all seeds share the samples). In
    brackets: the paper's value, on SHD. Parameters are the synapses that remain; one that input channels share counts
    once.
    """,
    section="Accuracy",
    place=10,
    inputs=lambda study: {"metrics": study.metrics("pytorch"), "published": study.files["published"]},
    params=lambda study: {"shapes": study.shapes},
)
def tabulate_models(metrics: Sequence[Metrics], beside: Mapping[Key, float]) -> pd.DataFrame:
    """Return what every network is in floating point."""
    return add_intervals(summarise(metrics, beside, ["pytorch"], ["parameters", "accuracy"]), metrics)
