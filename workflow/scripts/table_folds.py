"""Accuracy when every speaker is once among those tested, and what differs over those folds."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_metrics
from delaysnn.report.comparisons import compare_fold_means
from delaysnn.report.folds import tabulate_folds
from delaysnn.report.tables import write_table

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in (*snakemake.input.metrics, *snakemake.input.reference)]
    phases = ["_dense", "", f"_{snakemake.params.bits}bit"]
    beginnings = ("accuracy", "accuracy_membranes", "validation_accuracy", "validation_accuracy_membranes")
    quantities = [f"{beginning}{phase}" for beginning in beginnings for phase in phases]
    write_table(snakemake.output.table, tabulate_folds(metrics, quantities), provenance)
    compared = compare_fold_means(metrics, [f"accuracy{phase}" for phase in phases])
    write_table(snakemake.output.comparisons, compared, provenance)
