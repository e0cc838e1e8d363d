"""The numbers of paper Figure 9: accuracy over the bits of a weight, and in Seneca's number format."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_metrics
from delaysnn.report.published import published_beside
from delaysnn.report.tables import add_intervals, outputs, summarise, write_table

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    published = published_beside(snakemake.input.published, snakemake.params.shapes, outputs(provenance))
    cells = summarise(metrics, published, ["pytorch", "loihi", "seneca"], ["accuracy"], ["bits"])
    write_table(snakemake.output.table, add_intervals(cells, metrics), provenance)
