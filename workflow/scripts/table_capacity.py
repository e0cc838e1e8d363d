"""The published sizes of delay queues and ring buffers beside ours."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_json
from delaysnn.report.capacity import capacity_table
from delaysnn.report.tables import write_table

with job(snakemake) as provenance:
    table = capacity_table(read_json(snakemake.input.capacity)["references"])
    write_table(snakemake.output.table, table, provenance)
