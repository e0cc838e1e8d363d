"""One table or figure of the report."""

from delaysnn.core.job import job
from delaysnn.report.registry import find
from delaysnn.report.style import save_figure
from delaysnn.report.tidy import write_table

with job(snakemake) as provenance:
    item = find(snakemake.params.item)
    made = item.draw(dict(snakemake.input.items()), snakemake.params.given)
    if item.kind == "table":
        write_table(snakemake.output.table, made, provenance)
    else:
        save_figure(made, snakemake.output.png, snakemake.output.svg, provenance)
