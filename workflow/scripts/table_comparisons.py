"""Which networks, chips, widths and levels differ in accuracy, and which were not told apart."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_metrics
from delaysnn.report.comparisons import compare_tested
from delaysnn.report.tables import write_table

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    write_table(snakemake.output.table, compare_tested(metrics, snakemake.params.kept), provenance)
