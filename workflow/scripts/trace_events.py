"""Send the paper's example through the delay queue, event by event."""

from dataclasses import asdict

import numpy as np

from delaysnn.core.job import job
from delaysnn.core.metrics import write_json
from delaysnn.queues.delays import leading_zeros
from delaysnn.queues.events import trace_events

with job(snakemake) as provenance:
    example = snakemake.params.example
    names = list(example["useful_delays"])
    useful = np.zeros((len(names), example["delays"]), bool)
    for axon, delays in enumerate(example["useful_delays"].values()):
        useful[axon, delays] = True
    steps = trace_events([[names.index(name) for name in step] for step in example["arrivals"]], useful)
    content = {
        "axons": names,
        "useful": useful.astype(int).tolist(),
        "leading_zeros": leading_zeros(useful).tolist(),
        "arrivals": example["arrivals"],
        "steps": [asdict(step) for step in steps],
        "provenance": provenance,
    }
    write_json(snakemake.output.events, content)
