"""The numbers of paper Figure 9: accuracy over the bits of a weight, and in Seneca's number format."""

from delaysnn.formats.metrics import read_metrics
from delaysnn.job import job
from delaysnn.paper.published import read_published
from delaysnn.paper.tables import summarise, write_table

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    published = read_published(snakemake.input.published)
    quantities = ["accuracy", *(f"accuracy_{bits}bit" for bits in sorted(snakemake.params.bits))]
    cells = summarise(metrics, published, ["pytorch", "loihi", "seneca"], quantities)
    write_table(snakemake.output.table, cells, provenance)
