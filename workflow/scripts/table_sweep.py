"""Accuracy, energy and memory on Loihi over delay levels kept and bits a weight."""

from delaysnn.formats.metrics import read_metrics
from delaysnn.job import job
from delaysnn.paper.tables import add_intervals, summarise, write_table

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    quantities = [
        f"{kind}_{keep}levels_{bits}bit"
        for kind in ("accuracy", "energy", "memory")
        for keep, bits in sorted(snakemake.params.settings)
    ]
    table = add_intervals(summarise(metrics, {}, ["loihi_1core"], quantities), metrics)
    write_table(snakemake.output.table, table, provenance)
