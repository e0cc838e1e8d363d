"""What networks with delays, recurrence or neither would take on either chip."""

from delaysnn.formats.metrics import read_json, read_metrics
from delaysnn.job import job
from delaysnn.paper.baseline_costs import tabulate_baseline_costs
from delaysnn.paper.estimates import model_errors
from delaysnn.paper.tables import write_table

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    validation = [row for path in snakemake.input.validation for row in read_json(path)["rows"]]
    table = tabulate_baseline_costs(metrics, snakemake.params.networks, model_errors(validation))
    write_table(snakemake.output.table, table, provenance)
