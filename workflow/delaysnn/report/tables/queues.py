"""What the delay queues do: useful delays of an axon, and events that wait and that are delivered."""

from collections.abc import Sequence

import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.report.registry import table
from delaysnn.report.tidy import summarise

_QUANTITIES = ["useful_delays", "last_useful_delay", "steps_in_queue", "queue_events", "deliveries"]


@table(
    title="Events and deliveries of the delay queues",
    caption="""
    Useful delays: those at which any synapse of an axon has a weight; a mean over the axons of all queues. Last useful
    delay: in time steps, the same mean. Steps in queue: how long an event waits, to its last useful delay or to the
    sample's end; a mean over events. Queue events (one for each event and step that it waits) and deliveries are sums
    over all queues for an inference; they also grow with the spikes. Pruning single synapses leaves nearly every delay
    useful for some synapse. Pruning whole axons halves the deliveries. But an event waits until the last useful delay
    of its axon, so the queue's own energy falls only as far as that delay moves.
    """,
    section="Delay queues",
    place=50,
    inputs=lambda study: {"metrics": study.metrics("queues", networks=study.deployed_on["seneca"])},
    when=lambda study: study.has("seneca"),
)
def tabulate_queues(metrics: Sequence[Metrics]) -> pd.DataFrame:
    """Return what SCDQ does for every network."""
    return summarise(metrics, {}, ["seneca_scdq"], _QUANTITIES)
