"""Lay a network onto Loihi's cores: what each holds, and how full the fullest is."""

from dataclasses import asdict
from pathlib import Path

import yaml

from delaysnn.formats.metrics import Cell, Metrics, write_metrics
from delaysnn.job import job
from delaysnn.loihi.integer_network import read_integer_network
from delaysnn.loihi.mapping import RESOURCES, fullness, map_network, platform

with job(snakemake) as provenance:
    limits = yaml.safe_load(Path(snakemake.input.constants).read_text())
    network = read_integer_network(snakemake.input.network)
    mappings = {platform(cores): map_network(network, cores, limits) for cores in snakemake.params.cores}
    cells = tuple(
        Cell(name, resource, "% of a core", max(fullness(core, limits)[resource] for core in cores))
        for name, cores in mappings.items()
        for resource in RESOURCES
    )
    details = {name: [asdict(core) for core in cores] for name, cores in mappings.items()}
    seed = int(snakemake.wildcards.seed)
    write_metrics(snakemake.output.metrics, Metrics(network.name, seed, network.dataset, cells, details, provenance))
