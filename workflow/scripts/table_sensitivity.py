"""How much each constant of a chip matters to both estimates."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_json
from delaysnn.report.sensitivity import sensitivity_table
from delaysnn.report.tables import write_table

with job(snakemake) as provenance:
    found = [read_json(path)["sensitivity"] for path in snakemake.input.rows]
    write_table(snakemake.output.table, sensitivity_table(found), provenance)
