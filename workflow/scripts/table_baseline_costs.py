"""What networks with delays, recurrence or neither would take on either chip."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_json, read_metrics
from delaysnn.report.baseline_costs import tabulate_baseline_costs
from delaysnn.report.estimates import model_errors
from delaysnn.report.tables import write_table

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    validation = [row for path in snakemake.input.validation for row in read_json(path)["rows"]]
    table = tabulate_baseline_costs(metrics, snakemake.params.networks, model_errors(validation))
    write_table(snakemake.output.table, table, provenance)
