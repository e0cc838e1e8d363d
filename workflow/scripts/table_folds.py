"""Accuracy when every speaker is once among those tested, and what differs over those folds."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_metrics
from delaysnn.report.comparisons import compare_fold_means
from delaysnn.report.folds import tabulate_folds
from delaysnn.report.tables import write_table

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in (*snakemake.input.metrics, *snakemake.input.reference)]
    write_table(snakemake.output.table, tabulate_folds(metrics), provenance)
    write_table(snakemake.output.comparisons, compare_fold_means(metrics), provenance)
