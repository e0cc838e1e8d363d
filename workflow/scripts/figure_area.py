"""Gates of the delay queues by part, over depth and over delays."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_json
from delaysnn.report.area import draw_area
from delaysnn.report.style import save_figure

with job(snakemake) as provenance:
    area = read_json(snakemake.input.area)
    save_figure(draw_area(area["rows"], area["sizes"]), snakemake.output.png, snakemake.output.svg, provenance)
