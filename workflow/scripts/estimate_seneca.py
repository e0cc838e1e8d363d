"""Estimate energy, latency and memory of an inference on Seneca, with SCDQ and with a queue in software."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import yaml

from delaysnn.core.arrays import write_npz
from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import Cell, Metrics, write_metrics
from delaysnn.core.network import read_network
from delaysnn.core.traces import read_traces
from delaysnn.costs.lines import warn_outside
from delaysnn.platforms.constants import read_constants
from delaysnn.platforms.seneca.cost import UNITS, by_platform, calibrate, calibrated, counted, outside
from delaysnn.platforms.seneca.counts import count, run_others
from delaysnn.platforms.seneca.edap import UNIT as EDAP_UNIT
from delaysnn.platforms.seneca.edap import areas_m2, edap, edap_outside

with job(snakemake) as provenance:
    constants = read_constants(snakemake.input.constants)
    published = yaml.safe_load(Path(snakemake.input.published).read_text())
    network, traces = read_network(snakemake.input.network), read_traces(snakemake.input.traces)
    inputs = read_dataset(snakemake.input.test).spikes
    happens, due = (count(network, inputs, traces.layers, within_sample) for within_sample in (True, False))
    happens = replace(happens, others=run_others(network, traces.layers))
    # Only the paper's chip has cells to fit a line to.
    lines = calibrate(published, constants, snakemake.params.fitted) if snakemake.params.fitted else {}
    estimates = {"counted": counted(happens, constants), "calibrated": calibrated(due, constants, lines)}
    areas = areas_m2(published["table_5_area_um2"], len(network.layers))
    cells = [
        Cell("seneca", f"{quantity}_{way}", "1", value, "counted")
        for way, counts in (("within_sample", happens), ("due", due))
        for quantity, value in counts.totals().items()
    ]
    for how, values in estimates.items():
        means = {key: float(np.mean(value)) for key, value in values.items()}
        cells += [Cell(*key, UNITS[key[1]], value, how) for key, value in means.items()]
        if means:
            cells += [Cell(key, "edap", EDAP_UNIT, value, how) for key, value in edap(means, areas).items()]
    name, seed = snakemake.wildcards.network, int(snakemake.wildcards.seed)
    extrapolated = by_platform(outside(due, constants, lines))
    for platform, quantities in extrapolated.items():
        warn_outside(platform, quantities)
    for platform, products in edap_outside(extrapolated).items():
        extrapolated.setdefault(platform, {}).update(products)
    details = {"outside_fit": extrapolated}
    write_metrics(snakemake.output.metrics, Metrics(name, seed, network.dataset, tuple(cells), details, provenance))
    energy = estimates["calibrated" if lines else "counted"]["seneca_scdq", "energy"]
    write_npz(snakemake.output.samples, {"energy_uj": energy, "labels": traces.labels})
