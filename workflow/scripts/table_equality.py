"""Every spike-for-spike comparison in one table."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_metrics
from delaysnn.report.tables import equality, write_table

with job(snakemake) as provenance:
    write_table(snakemake.output.table, equality(map(read_metrics, snakemake.input.metrics)), provenance)
