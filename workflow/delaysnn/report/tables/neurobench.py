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
    Metrics as NeuroBench 2.3.0 defines them, of every network before quantisation, means over the test samples. A
    delayed layer is one Linear over the history of the spikes before it; a recurrent layer has a second Linear.
    Footprint: bytes of all weights, pruned ones included, and of the neurons' parameters, 32 bits a number. Connection
    sparsity: share of weights that are zero. Activation sparsity: share of neurons and steps without a spike.
    Effective ACs: additions, one for each weight other than zero and each spike that arrives before the sample ends.
    Effective MACs: none, since all inputs are spikes. Dense: the same if every neuron fired in every step and no
    weight were zero. Here channels that share a weight have one each. {
            study.said(
                seneca="Seneca's operations within the sample (table operations) are more: where an axon has any "
                "weight at a delay, a core also adds its zeros.",
                loihi="Loihi's synaptic operations are more: they include what would arrive after the sample's end.",
            )
        } "snakemake neurobench" runs NeuroBench itself, and fails if a value differs.
    """
    ),
    section="Trust",
    place=45,
    inputs=lambda study: {"metrics": study.metrics("neurobench")},
)
def tabulate_neurobench(metrics: Sequence[Metrics]) -> pd.DataFrame:
    """Return a row a network and metric, of float networks."""
    return summarise(metrics, {}, ["pytorch"], list(NEUROBENCH))
