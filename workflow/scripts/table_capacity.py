"""The published sizes of delay queues and ring buffers beside ours."""

from delaysnn.formats.metrics import read_json
from delaysnn.job import job
from delaysnn.paper.capacity import capacity_table
from delaysnn.paper.tables import write_table

with job(snakemake) as provenance:
    table = capacity_table(read_json(snakemake.input.capacity)["references"])
    write_table(snakemake.output.table, table, provenance)
