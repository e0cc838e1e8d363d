"""Estimate what a float network would take on either chip, recurrent and delay-free baselines too."""

from pathlib import Path

import numpy as np
import yaml

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import Cell, Metrics, write_metrics
from delaysnn.core.network import read_network
from delaysnn.core.traces import read_traces
from delaysnn.costs.baselines import count_on_loihi, count_on_seneca, has_queue
from delaysnn.platforms.constants import read_constants
from delaysnn.platforms.loihi import cost as loihi
from delaysnn.platforms.loihi.mapping import platform
from delaysnn.platforms.seneca import cost as seneca

LOIHI, SENECA = platform(1), "seneca_scdq"

with job(snakemake) as provenance:
    on_loihi, on_seneca = (read_constants(snakemake.input[chip]) for chip in ("loihi", "seneca"))
    published = yaml.safe_load(Path(snakemake.input.published).read_text())
    network, traces = read_network(snakemake.input.network), read_traces(snakemake.input.traces)
    spikes = (network, read_dataset(snakemake.input.test).spikes, traces.layers)
    counts = count_on_loihi(*spikes, int(on_loihi["weight_bits"]))
    happens, due = (count_on_seneca(*spikes, within_sample) for within_sample in (True, False))
    # Only the paper's chips have cells to fit a line to.
    fitted = snakemake.params.fitted
    lines = loihi.calibrate(published, on_loihi, fitted["loihi"]) if fitted["loihi"] else {}
    seneca_lines = seneca.calibrate(published, on_seneca, fitted["seneca"]) if fitted["seneca"] else {}
    cells = [
        Cell(LOIHI, "operations", "1", counts.synaptic_operations, "counted"),
        *(Cell(SENECA, name, "1", happens.totals()[name], "counted") for name in ("operations", "queue_events")),
    ]
    quantities = ["energy", "latency", *(["delay_ip_energy"] if has_queue(network) else [])]
    estimates = {
        "counted": (loihi.counted(counts, on_loihi), seneca.counted(happens, on_seneca)),
        "calibrated": (loihi.calibrated(counts, on_loihi, lines), seneca.calibrated(due, on_seneca, seneca_lines)),
    }
    for how, (theirs, ours) in estimates.items():
        cells += [Cell(LOIHI, name, loihi.UNITS[name], theirs[name], how) for name in theirs if name in quantities]
        cells += [
            Cell(SENECA, name, seneca.UNITS[name], float(np.mean(ours[SENECA, name])), how)
            for name in quantities
            if (SENECA, name) in ours
        ]
    beyond = {
        LOIHI: loihi.outside(counts, on_loihi, lines, 1),
        **seneca.by_platform(seneca.outside(due, on_seneca, seneca_lines)),
    }
    name, seed = snakemake.wildcards.network, int(snakemake.wildcards.seed)
    metrics = Metrics(name, seed, network.dataset, tuple(cells), {"outside_fit": beyond}, provenance)
    write_metrics(snakemake.output.metrics, metrics)
