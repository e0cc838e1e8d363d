"""How full the fullest of Loihi's cores is, for every network and number of cores, and how many are the fewest."""

from collections.abc import Sequence

import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.platforms.loihi.division import FEWEST
from delaysnn.report.registry import table
from delaysnn.report.study import Study
from delaysnn.report.tidy import summarise


def _excess(study: Study) -> str:
    """Say which networks of the paper need more than there is, where Loihi runs these."""
    if not {"48", "48ax"} <= {*study.deployed_on["loihi"]}:
        return ""
    return (
        ": networks 48 and 48ax with 15 delays a synapse need up to 36 words more than one core has. So by these "
        "limits the paper's claim that they fit does not hold"
    )


def _fewest(study: Study) -> str:
    """Explain the rows of networks that are divided, where there are any."""
    if FEWEST not in study.config["loihi"]["cores"]:
        return ""
    return (
        " Rows with the fewest cores divide layers; cores is their number. Where a network does not fit a number of "
        "cores with whole layers, that number has no rows."
    )


@table(
    title="How full Loihi's cores are",
    caption=lambda study: (
        f"""
    How much of each resource of a core the fullest core needs: compartments (neurons), their profiles (distinct decays
    and thresholds), bits a delay, accumulators (slots that delay currents), synaptic memory (bits of weights and delays
    alone; 64-bit words as axons fill them), axons in and out. A network that needs more than 100 % is refused, unless
    loihi.excess allows it{_excess(study)}.{_fewest(study)} accumulated: the largest current of a step on the test
    samples, as a share of the 16 bits of an accumulator; accumulated_at_most: the same for the worst possible spikes.
    """
    ),
    section="On the chips",
    place=50,
    inputs=lambda study: {"metrics": study.metrics("loihi_mapping", networks=study.deployed_on["loihi"])},
    when=lambda study: study.has("loihi"),
)
def tabulate_mapping(metrics: Sequence[Metrics]) -> pd.DataFrame:
    """Return the shares of a core that are used, a row a network, number of cores and resource."""
    platforms, quantities = (
        list(dict.fromkeys(getattr(cell, name) for each in metrics for cell in each.cells))
        for name in ("platform", "quantity")
    )
    return summarise(metrics, {}, platforms, quantities)
