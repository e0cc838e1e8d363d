"""Every spike-for-spike comparison in one table."""

from collections.abc import Sequence

import pandas as pd

from delaysnn.core.errors import InputError
from delaysnn.core.metrics import Metrics
from delaysnn.queues import registered as structures
from delaysnn.report.registry import table
from delaysnn.report.wide import ReportCell, WideTable, number, spoken

EQUALITY_COLUMNS = ["comparison", "platform", "network", "seed", "samples", "spikes", "differences"]


def show_equality(table: pd.DataFrame) -> WideTable:
    """Show one row a comparison, all networks and seeds together."""
    counted = [name for name in ("spikes", "potentials", "differences") if name in table]
    rows = []
    for (comparison, platform), own in table.fillna({"platform": ""}).groupby(["comparison", "platform"], sort=False):
        what = _name(comparison) + (f" ({platform})" if platform else "")
        runs = own[["network", "seed"]].drop_duplicates()
        found = [own["network"].nunique(), len(runs), own["samples"].sum(), *(own[name].sum() for name in counted)]
        rows.append([ReportCell(what), *(ReportCell(number(value)) for value in found)])
    return WideTable(["compared", "networks", "networks and seeds", "samples", *counted], rows, 1)


def _name(comparison: str) -> str:
    """Return what readers see of a comparison's name."""
    queues = {each.comparison: each.label for each in structures().values() if each.run}
    return _COMPARED.get(comparison) or queues.get(comparison) or spoken(comparison)


_COMPARED = {
    "lava_batched": "Lava in batches",
    "lava_stock": "Lava's stock graph",
    "scdq_rtl": "Verilog of SCDQ",
    "scdq_gates": "synthesised gates of SCDQ",
}
_LAVA = ", Lava on the platform in parentheses,"


@table(
    title="Every spike compared",
    caption=lambda study: (
        f"""
    Each row runs networks in two ways{study.said(loihi=_LAVA) or study.said(loihi2=_LAVA)} and compares every
    spike: {
            study.said(
                "; ",
                loihi="Lava in batches, and Lava's stock graph, one DelayDense a delay level and one LIF a layer, "
                "against our integer reference",
                loihi2="Lava in batches, with adaptive neurons of our own, against the integer reference of Loihi 2",
                seneca="the deliveries of the delay queue and of its variants against the dense delayed product; the "
                "queue's Verilog and its synthesised gates against the simulator, deliveries in their order and the "
                "cycles of every step",
                fpga="the engine in Verilog, with each delay structure, against the integer reference",
                end=".",
            )
        } A difference other than 0 is an error.
    """
    ),
    section="On the chips",
    place=40,
    inputs=lambda study: {"metrics": study.equality},
    when=lambda study: study.equality,
    show=show_equality,
)
def tabulate_equality(metrics: Sequence[Metrics]) -> pd.DataFrame:
    """Collect every spike-for-spike comparison: how many spikes were compared, how many differ.

    A comparison that this machine could not make is an empty list. ``platform`` is Loihi 2 or its simulation for what
    runs in Lava, and empty otherwise. Where membranes decide, the last layer's potentials are compared in the place of
    its spikes, one a neuron, step and sample; where any were, the column ``potentials`` has how many.

    Raises:
        InputError: a metrics file holds no comparison.
    """
    rows = []
    for m in metrics:
        if "equality" not in m.details:
            raise InputError(f"The metrics of network {m.network}, seed {m.seed} hold no comparison; make them again.")
        rows += [{"platform": "", "network": m.network, "seed": m.seed, **entry} for entry in m.details["equality"]]
    columns = [*EQUALITY_COLUMNS]
    if any("potentials" in row for row in rows):
        columns.insert(columns.index("differences"), "potentials")
        rows = [{"potentials": 0, **row} for row in rows]
    return pd.DataFrame(rows)[columns].sort_values(["comparison", "network", "seed"], ignore_index=True)
