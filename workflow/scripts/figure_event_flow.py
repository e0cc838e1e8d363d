"""Paper Figure 3: the delay queue's events over three time steps."""

from delaysnn.formats.metrics import read_json
from delaysnn.job import job
from delaysnn.paper.event_flow import draw_event_flow
from delaysnn.paper.style import save_figure

with job(snakemake) as provenance:
    save_figure(
        draw_event_flow(read_json(snakemake.input.events)), snakemake.output.png, snakemake.output.svg, provenance
    )
