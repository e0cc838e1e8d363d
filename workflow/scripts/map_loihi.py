"""Map a network onto Loihi's cores: what each holds, and how full the fullest is."""

import logging
from dataclasses import asdict

from delaysnn.core.job import job
from delaysnn.core.metrics import Cell, Metrics, read_metrics, write_metrics
from delaysnn.core.yaml_file import read_yaml
from delaysnn.platforms.loihi.cores import RESOURCES, fullness, overfull
from delaysnn.platforms.loihi.fixed_point import most_accumulated
from delaysnn.platforms.loihi.integer_network import read_integer_network
from delaysnn.platforms.loihi.mapping import FEWEST, platform
from delaysnn.platforms.loihi.placement import place

with job(snakemake) as provenance:
    limits = read_yaml(snakemake.input.constants)
    network = read_integer_network(snakemake.input.network)
    mapped = place(network, snakemake.params.cores, limits, snakemake.params.excess).mapped
    mappings = mapped.by_platform
    reached = {
        "accumulated": max(read_metrics(snakemake.input.simulation).details["accumulated"]),
        "accumulated_at_most": max(most_accumulated(layer) for layer in network.layers),
    }
    cells = [Cell(platform(FEWEST), "cores", "cores", len(mapped.division.cores))] if mapped.division else []
    for name, cores in mappings.items():
        full = [fullness(core, limits) for core in cores]
        cells += [Cell(name, resource, "% of a core", max(each[resource] for each in full)) for resource in RESOURCES]
        cells += [Cell(name, quantity, "% of an accumulator", 100 * share) for quantity, share in reached.items()]
        beyond = [overfull(core, limits) for core in cores]
        cells.append(Cell(name, "synapse_words_beyond", "words", max(each.get("synapse_words", 0) for each in beyond)))
        for index, each in enumerate(beyond):
            for resource, value in each.items():
                logging.warning("%s, core %d needs %d %s more than it has", name, index, value, RESOURCES[resource])
    details = {name: [asdict(core) for core in cores] for name, cores in mappings.items()}
    if mapped.division:
        for core, parts in zip(details[platform(FEWEST)], mapped.division.parts, strict=True):
            core["neurons"] = [[part.first, part.last] for part in parts]
    seed = int(snakemake.wildcards.seed)
    write_metrics(
        snakemake.output.metrics, Metrics(network.name, seed, network.dataset, tuple(cells), details, provenance)
    )
