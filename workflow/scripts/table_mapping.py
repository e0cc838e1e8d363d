"""How full the fullest of Loihi's cores is, for every network and number of cores."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_metrics
from delaysnn.report.tables import summarise, write_table

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    platforms, quantities = (
        list(dict.fromkeys(getattr(cell, name) for each in metrics for cell in each.cells))
        for name in ("platform", "quantity")
    )
    write_table(snakemake.output.table, summarise(metrics, {}, platforms, quantities), provenance)
