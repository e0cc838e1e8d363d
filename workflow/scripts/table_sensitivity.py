"""How much each constant of a chip matters to both estimates."""

from delaysnn.formats.metrics import read_json
from delaysnn.job import job
from delaysnn.paper.sensitivity import sensitivity_table
from delaysnn.paper.tables import write_table

with job(snakemake) as provenance:
    found = [read_json(path)["sensitivity"] for path in snakemake.input.rows]
    write_table(snakemake.output.table, sensitivity_table(found), provenance)
