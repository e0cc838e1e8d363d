"""What each way of delaying spikes must remember: the published sizes and the curves of paper Figure 11."""

from delaysnn.core.job import job
from delaysnn.core.metrics import write_json
from delaysnn.core.yaml_file import read_yaml
from delaysnn.queues.capacity import compare_with_published, curves

with job(snakemake) as provenance:
    references = read_yaml(snakemake.input.published)["capacity_references"]
    constants = read_yaml(snakemake.input.constants)
    content = {
        "references": compare_with_published(references, constants["event_bits"]),
        "curves": curves(neurons=range(1, 17), delay_levels=range(1, 17)),
        "provenance": provenance,
    }
    write_json(snakemake.output.capacity, content)
