"""Energy times latency times area of Seneca, with SCDQ and with a queue in software."""

from delaysnn.formats.metrics import read_metrics
from delaysnn.job import job
from delaysnn.paper.published import published_beside
from delaysnn.paper.tables import outputs, summarise, write_table

PLATFORMS = ["seneca_scdq_flip_flop", "seneca_scdq_sram", "seneca_software"]

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    published = published_beside(snakemake.input.published, **snakemake.params.shapes, outputs=outputs(provenance))
    table = summarise(metrics, published, PLATFORMS, ["edap"])
    write_table(snakemake.output.table, table, provenance)
