"""What the delay queues do: useful delays of an axon, and events that wait and that are delivered."""

from collections.abc import Sequence

import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.report.registry import table
from delaysnn.report.tidy import summarise

_QUANTITIES = ["useful_delays", "last_useful_delay", "steps_in_queue", "queue_events", "deliveries"]


@table(
    title="What the queues do",
    caption="""
    Useful delays of an axon (those at which any of its synapses has a weight), and the last of them in time steps:
    means over the axons of all queues. Steps in queue: how long an event waits, to its last useful delay or to the
    sample's end, a mean over events. Queue events (an event and a step that it waits) and deliveries are of an
    inference, all queues together; they grow with the spikes, too. Pruning single synapses leaves nearly every
    delay useful for some synapse; pruning whole axons halves the deliveries, but an event waits until the last
    useful delay of its axon, so the queue's own energy falls only as far as that delay moves.
    """,
    section="Delay queues",
    place=50,
    inputs=lambda study: {"metrics": study.metrics("queues", networks=study.deployed_on["seneca"])},
    when=lambda study: study.has("seneca"),
)
def tabulate_queues(metrics: Sequence[Metrics]) -> pd.DataFrame:
    """Return what SCDQ does for every network."""
    return summarise(metrics, {}, ["seneca_scdq"], _QUANTITIES)
