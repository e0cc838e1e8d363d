"""The cost models against every published cell they were fitted to or kept from."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_json
from delaysnn.report.tables import write_table
from delaysnn.report.validation import validation_table

with job(snakemake) as provenance:
    rows = [row for path in snakemake.input.rows for row in read_json(path)["rows"]]
    write_table(snakemake.output.table, validation_table(rows), provenance)
