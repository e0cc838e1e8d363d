"""Paper Table II: accuracy, agreement and spikes on every platform."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_metrics
from delaysnn.report.published import published_beside
from delaysnn.report.tables import add_intervals, name_platform, outputs, summarise, write_table

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    published = published_beside(snakemake.input.published, snakemake.params.shapes, outputs(provenance))
    spikes = sorted({c.quantity for m in metrics for c in m.cells if c.quantity.startswith("spikes_h")})
    quantities = ["accuracy", "agreement", *spikes, "spikes_output"]
    platforms = ["pytorch", "loihi", "seneca", "seneca_rounded_per_step"]
    table = summarise(metrics, published, platforms, quantities)
    table = name_platform(add_intervals(table, metrics), map(read_metrics, snakemake.input.deployments))
    write_table(snakemake.output.table, table, provenance)
