"""What each way of delaying spikes must remember: the published sizes and the curves of paper Figure 11."""

from pathlib import Path

import yaml

from delaysnn.core.job import job
from delaysnn.core.metrics import write_json
from delaysnn.queues.capacity import compare_with_published, curves

with job(snakemake) as provenance:
    references = yaml.safe_load(Path(snakemake.input.published).read_text())["capacity_references"]
    constants = yaml.safe_load(Path(snakemake.input.constants).read_text())
    content = {
        "references": compare_with_published(references, constants["event_bits"]),
        "curves": curves(neurons=range(1, 17), delay_levels=range(1, 17)),
        "provenance": provenance,
    }
    write_json(snakemake.output.capacity, content)
