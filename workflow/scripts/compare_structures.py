"""What other ways of delaying spikes would need for the deployed network's spikes."""

from pathlib import Path

import numpy as np
import yaml

from delaysnn.core.job import job
from delaysnn.core.metrics import Cell, Metrics, write_metrics
from delaysnn.core.network import read_network
from delaysnn.core.traces import read_traces
from delaysnn.queues.structures import STRUCTURES, activity_density, compare_structures, memory_over_density

with job(snakemake) as provenance:
    network, traces = read_network(snakemake.input.network), read_traces(snakemake.input.traces)
    constants = yaml.safe_load(Path(snakemake.input.constants).read_text())
    pairs = list(zip(network.layers[1:], traces.layers[:-1], strict=True))
    needs = [compare_structures(layer, spikes, constants) for layer, spikes in pairs]
    cells = [
        Cell(structure, quantity, unit, sum(getattr(need[structure], quantity) for need in needs))
        for structure in STRUCTURES
        for quantity, unit in (("provisioned_bits", "bit"), ("needed_bits", "bit"), ("accesses", "accesses"))
    ]
    # The figure over activity shows the queue into the second hidden layer.
    layer, spikes = pairs[0]
    _, n_pre, n_post = layer.weights.shape
    densities = np.geomspace(1e-3, 1, 200)
    curves = memory_over_density(n_pre, n_post, layer.delay_levels[-1] + 1, constants, densities)
    details = {
        "shape": {"n_pre": n_pre, "n_post": n_post, "delays": layer.delay_levels[-1] + 1},
        "densities": densities.tolist(),
        "curves": {name: bits.tolist() for name, bits in curves.items()},
        "measured": {"density": activity_density(spikes), "needed_bits": needs[0]["scdq"].needed_bits},
    }
    name, seed = snakemake.wildcards.network, int(snakemake.wildcards.seed)
    write_metrics(snakemake.output.metrics, Metrics(name, seed, network.dataset, tuple(cells), details, provenance))
