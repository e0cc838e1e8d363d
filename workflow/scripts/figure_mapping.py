"""Paper Figure 4: the network on Seneca's cores and Delay IPs."""

from pathlib import Path

import yaml

from delaysnn.core.job import job
from delaysnn.core.network import read_network
from delaysnn.report.mapping import draw_mapping
from delaysnn.report.style import save_figure

with job(snakemake) as provenance:
    constants = yaml.safe_load(Path(snakemake.input.constants).read_text())
    sizes = (constants[key] for key in ("queue_depth", "event_bits", "weight_bits"))
    save_figure(
        draw_mapping(read_network(snakemake.input.network), *sizes),
        snakemake.output.png,
        snakemake.output.svg,
        provenance,
    )
