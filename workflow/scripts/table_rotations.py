"""Accuracy when every speaker is once among those tested, and what differs over those rotations."""

from delaysnn.formats.metrics import read_metrics
from delaysnn.job import job
from delaysnn.paper.comparisons import compare_rotations
from delaysnn.paper.rotations import tabulate_rotations
from delaysnn.paper.tables import write_table

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in (*snakemake.input.metrics, *snakemake.input.reference)]
    phases = ["_dense", "", f"_{snakemake.params.bits}bit"]
    beginnings = ("accuracy", "accuracy_membranes", "validation_accuracy", "validation_accuracy_membranes")
    quantities = [f"{beginning}{phase}" for beginning in beginnings for phase in phases]
    write_table(snakemake.output.table, tabulate_rotations(metrics, quantities), provenance)
    compared = compare_rotations(metrics, [f"accuracy{phase}" for phase in phases])
    write_table(snakemake.output.comparisons, compared, provenance)
