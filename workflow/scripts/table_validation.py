"""The cost models against every published cell they were fitted to or kept from."""

from delaysnn.formats.metrics import read_json
from delaysnn.job import job
from delaysnn.paper.tables import write_table
from delaysnn.paper.validation import validation_table

with job(snakemake) as provenance:
    rows = [row for path in snakemake.input.rows for row in read_json(path)["rows"]]
    write_table(snakemake.output.table, validation_table(rows), provenance)
