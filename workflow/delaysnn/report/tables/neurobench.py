"""What NeuroBench counts of every network, in its words."""

from collections.abc import Sequence

import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.costs.neurobench import NEUROBENCH
from delaysnn.report.registry import table
from delaysnn.report.tidy import summarise


@table(
    title="NeuroBench's metrics",
    caption=lambda study: (
        f"""
    Of every network before quantisation, on the test samples, as NeuroBench 2.3.0 defines them; means a sample. A
    delayed layer is one Linear over the history of the spikes before it, and a recurrent layer has a second one.
    Footprint: bytes of all weights, pruned ones included, and of what neurons have, 32 bits a number. Sparsity: share
    of weights that are zero; share of neurons and steps without a spike. Effective ACs: additions, one a weight other
    than zero, of each spike that arrives before the sample ends. Effective MACs: none, since all that arrives is a
    spike. Dense: the same if every neuron fired in every step and no weight were zero. Channels that share a weight
    have one each here. {
            study.said(
                seneca="Seneca's operations within the sample (table operations) are more: a core adds the zeros, too, "
                "of an axon and delay that any weight is left of.",
                loihi="Loihi's synaptic operations are more: they include what would arrive after the sample's end.",
            )
        } "snakemake neurobench" lets NeuroBench itself count, and ends with an error where it finds another value.
    """
    ),
    section="Trust",
    place=45,
    inputs=lambda study: {"metrics": study.metrics("neurobench")},
)
def tabulate_neurobench(metrics: Sequence[Metrics]) -> pd.DataFrame:
    """Return a row a network and metric, of float networks."""
    return summarise(metrics, {}, ["pytorch"], list(NEUROBENCH))
