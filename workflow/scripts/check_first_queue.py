"""Say before training whether Seneca's first queue holds a network's delayed inputs."""

import logging
from dataclasses import asdict

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import write_json
from delaysnn.core.yaml_file import read_yaml
from delaysnn.platforms.seneca.first_queue import check, measure

with job(snakemake) as provenance:
    inputs = read_dataset(snakemake.input.test).spikes
    depth = int(read_yaml(snakemake.input.constants)["queue_depth"])
    found = measure(inputs, snakemake.params.delays, snakemake.params.kept)
    if said := check(found, snakemake.wildcards.network, depth):
        logging.warning("%s", said)
    write_json(snakemake.output.needs, asdict(found) | {"queue_depth": depth, "provenance": provenance})
