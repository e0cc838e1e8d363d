"""Whether the cost models beat lines that know nothing of a chip."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_json
from delaysnn.report.tables import write_table
from delaysnn.report.validation import null_model_table

with job(snakemake) as provenance:
    rows = [row for path in snakemake.input.rows for row in read_json(path)["rows"]]
    write_table(snakemake.output.table, null_model_table(rows), provenance)
