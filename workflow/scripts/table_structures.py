"""Other ways of delaying spikes: memory provisioned and needed, and how often it is touched."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_metrics
from delaysnn.queues import registered
from delaysnn.report.tables import summarise, write_table

STRUCTURES = [name for name, structure in registered().items() if structure.need]
QUANTITIES = ["provisioned_bits", "needed_bits", "accesses"]

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    write_table(snakemake.output.table, summarise(metrics, {}, STRUCTURES, QUANTITIES), provenance)
