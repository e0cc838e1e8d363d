"""Accuracy, energy and memory on Loihi over delay levels kept and bits a weight."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_metrics
from delaysnn.report.estimates import SWEEP_COLUMNS, summarise_ways
from delaysnn.report.tables import add_intervals, write_table

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    quantities = [
        f"{kind}_{keep}levels_{bits}bit"
        for kind in ("accuracy", "energy", "memory")
        for keep, bits in sorted(snakemake.params.settings)
    ]
    ways = ("measured", "calibrated", "counted")
    cells = summarise_ways(metrics, {}, ["loihi_1core"], quantities, ways)
    table = add_intervals(cells, metrics).assign(how=cells["how"])
    write_table(snakemake.output.table, table[SWEEP_COLUMNS], provenance)
