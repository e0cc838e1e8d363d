"""Draw the networks that the search for the most accurate at each memory tries."""

import logging

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import write_json
from delaysnn.frontier.space import draw
from delaysnn.settings.configuration import read

with job(snakemake) as provenance:
    train = read_dataset(snakemake.input.train)
    configuration = read(snakemake.params.config)
    drawn = draw(configuration, train.spikes.n_neurons, train.n_classes)
    rungs = configuration.frontier.rungs
    logging.info(
        "%d networks of %.3g to %.3g kB; round 1 of %d: as many trainings, %d dense epochs each",
        *(len(drawn), drawn[0].memory_kb, drawn[-1].memory_kb, len(rungs), rungs[0]),
    )
    candidates = {each.name: {"settings": each.settings, "memory_kb": each.memory_kb} for each in drawn}
    write_json(snakemake.output.candidates, {"candidates": candidates, "provenance": provenance})
