"""Gates of the delay queues by part, over depth and over delays."""

from delaysnn.formats.metrics import read_json
from delaysnn.job import job
from delaysnn.paper.area import draw_area
from delaysnn.paper.style import save_figure

with job(snakemake) as provenance:
    area = read_json(snakemake.input.area)
    save_figure(draw_area(area["rows"], area["sizes"]), snakemake.output.png, snakemake.output.svg, provenance)
