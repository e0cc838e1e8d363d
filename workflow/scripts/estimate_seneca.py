"""Estimate energy, latency and memory of an inference on Seneca, with SCDQ and with a queue in software."""

from pathlib import Path

import numpy as np
import yaml

from delaysnn.formats.arrays import write_npz
from delaysnn.formats.metrics import Cell, Metrics, write_metrics
from delaysnn.formats.network import read_network
from delaysnn.formats.traces import read_traces
from delaysnn.job import job
from delaysnn.seneca.cost import UNITS, calibrate, count, estimate
from delaysnn.seneca.edap import UNIT as EDAP_UNIT
from delaysnn.seneca.edap import areas_m2, edap

with job(snakemake) as provenance:
    constants, published = (
        yaml.safe_load(Path(path).read_text()) for path in (snakemake.input.constants, snakemake.input.published)
    )
    network, traces = read_network(snakemake.input.network), read_traces(snakemake.input.traces)
    counts = count(network, traces.layers)
    found = estimate(counts, constants, calibrate(published, constants, snakemake.params.fitted))
    cells = tuple(
        Cell(platform, quantity, UNITS[quantity], float(np.mean(value)))
        for (platform, quantity), value in found.items()
    )
    areas = areas_m2(published["table_5_area_um2"], len(network.layers))
    products = edap({(cell.platform, cell.quantity): cell.value for cell in cells}, areas)
    cells += tuple(Cell(platform, "edap", EDAP_UNIT, value) for platform, value in products.items())
    name, seed = snakemake.wildcards.network, int(snakemake.wildcards.seed)
    details = {"synaptic_operations": float(np.mean(counts.synaptic_operations)), "estimated": True}
    write_metrics(snakemake.output.metrics, Metrics(name, seed, network.dataset, cells, details, provenance))
    write_npz(snakemake.output.samples, {"energy_uj": found["seneca_scdq", "energy"], "labels": traces.labels})
