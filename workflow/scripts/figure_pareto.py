"""Accuracy against energy and memory."""

from delaysnn.core.job import job
from delaysnn.report.estimates import preferred
from delaysnn.report.pareto import collect, collect_sweep, draw_pareto
from delaysnn.report.style import save_figure
from delaysnn.report.tables import read_table

with job(snakemake) as provenance:
    points = collect(read_table(snakemake.input.fidelity), preferred(read_table(snakemake.input.energy)))
    sweep = collect_sweep(read_table(snakemake.input.sweep))
    save_figure(
        draw_pareto(points, sweep, snakemake.params.dataset), snakemake.output.png, snakemake.output.svg, provenance
    )
