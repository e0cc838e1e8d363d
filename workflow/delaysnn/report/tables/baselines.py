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
    title="With delays and without",
    caption=lambda study: (
        f"""
    Networks with delays, one of equal width without, and three that have about as many weights as the largest with
    delays keeps: a wider one without, a recurrent one without, whose hidden neurons feed their own layer one step
    later, and one whose delays were drawn at random before training instead of learned; all trained and fine-tuned
    equally long (those with learned delays are pruned between). The first look (config/quick.yaml) leaves out
    48refined (delays at half the stride beside the kept ones, as many weights as 48) and 48authors (48 by the
    recipe of the authors' code, whose loss reads membrane potentials and has epochs chosen by them;
    accuracy_membranes: scored by them too, which no chip offers). Below them three networks that do not spike (one
    seed; trained on the validation {"speakers" if study.speakers else "samples"}
    too{", tested on the samples of data.test_speakers alone where any are named" * study.speakers}):
    a perceptron on spikes a channel, a recurrent network on 25 ms bins, and the same on bins out of order.
    Accuracy dense: before pruning and fine-tuning. In parentheses: the 95 % interval that the number of test
    samples alone gives (Wilson; all seeds share the samples).
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
