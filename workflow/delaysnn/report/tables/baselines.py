"""Networks with delays beside those without, and beside networks that do not spike."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from delaysnn.core.metrics import Cell, Metrics
from delaysnn.report.registry import table
from delaysnn.report.tidy import add_intervals, summarise

# Keys of the card, and the names under which figures and tables show them.
BASELINES = {
    "counts_accuracy": "spike counts",
    "gru_permuted_accuracy": "GRU, bins permuted",
    "gru_accuracy": "GRU",
}
_QUANTITIES = ["parameters", "accuracy", "accuracy_membranes"]


def baseline_metrics(card: Mapping[str, Any]) -> list[Metrics]:
    """Return the card's baselines as if they were networks, to stand in a table with them."""
    return [
        Metrics(
            name,
            card["seed"],
            card["dataset"],
            (Cell("pytorch", "accuracy", "%", card[key], samples=card["test_samples"]),),
        )
        for key, name in BASELINES.items()
    ]


@table(
    title="Networks with delays and without",
    caption=lambda study: (
        f"""
    Networks with delays beside controls. One control has the same width and no delays. Three have about as many weights
    as the largest network with delays keeps: a wider one without delays, a recurrent one without delays (hidden neurons
    feed their own layer one step later), and one with delays drawn at random before training. All are trained and
    fine-tuned equally long; those with learned delays are pruned between. config/quick.yaml leaves out two networks.
    48refined has delays at half the stride beside the kept ones, and as many weights as 48. 48authors is 48 trained by
    the recipe of the authors' code: its loss reads membrane potentials, and these choose the epoch
    (accuracy_membranes: scored by them, too, which no chip offers). Below are three networks that do not spike: a
    perceptron on spike counts a channel, a recurrent network on bins of 25 ms, and the same on shuffled bins. They have
    one seed and are trained on the validation {"speakers" if study.speakers else "samples"},
    too{"; where data.test_speakers names speakers, they are tested on these alone" * study.speakers}. Accuracy dense:
    before pruning and fine-tuning. In parentheses: the 95 % interval by the number of test samples alone (Wilson; all
    seeds share the samples).
    """
    ),
    section="Accuracy",
    place=20,
    inputs=lambda study: {"metrics": study.metrics("pytorch"), "card": study.files["card"]},
)
def tabulate_baselines(metrics: Sequence[Metrics], card: Mapping[str, Any]) -> pd.DataFrame:
    """Return the accuracy of every network of the study and of the card."""
    metrics = [*metrics, *baseline_metrics(card)]
    return add_intervals(summarise(metrics, {}, ["pytorch"], _QUANTITIES, ["phase"]), metrics)
