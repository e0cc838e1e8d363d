"""Paper Table II: accuracy, agreement and spikes on every platform."""

from delaysnn.formats.metrics import read_metrics
from delaysnn.job import job
from delaysnn.paper.published import read_published
from delaysnn.paper.tables import summarise, write_table

QUANTITIES = ["accuracy", "agreement", "spikes_h1", "spikes_h2", "spikes_output"]

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    published = read_published(snakemake.input.published)
    table = summarise(metrics, published, ["pytorch", "loihi", "seneca"], QUANTITIES)
    write_table(snakemake.output.table, table, provenance)
