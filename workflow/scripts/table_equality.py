"""Every spike-for-spike comparison in one table."""

from delaysnn.formats.metrics import read_metrics
from delaysnn.job import job
from delaysnn.paper.tables import equality, write_table

with job(snakemake) as provenance:
    write_table(snakemake.output.table, equality(map(read_metrics, snakemake.input.metrics)), provenance)
