"""What pruning's choice of delay levels is worth: as many of them drawn at random, and of a coarser stride."""

import logging
from itertools import product

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import Metrics, share, write_metrics
from delaysnn.core.network import read_network
from delaysnn.settings.training import Phase, Training
from delaysnn.training.checkpoints import checkpoints
from delaysnn.training.evaluate import trace
from delaysnn.training.fine_tuning import fit_control
from delaysnn.training.kernels import use_threads
from delaysnn.training.optimise import Run

with job(snakemake) as provenance, checkpoints(snakemake.params.checkpoint) as checkpoint:
    use_threads(snakemake.threads)
    train, validation, test = (read_dataset(snakemake.input[split]) for split in ("train", "validation", "test"))
    params, seed, name = snakemake.params, int(snakemake.wildcards.seed), snakemake.wildcards.network
    run = Run(train, validation, Training(**params.training), seed, checkpoint, params.code)
    phases = [Phase(**phase) for phase in params.phases]
    dense, cells = read_network(snakemake.input.dense), []
    for keep, control in product(params.levels, params.controls):
        logging.info("%d levels, %s", keep, control)
        model = fit_control(dense, control, keep, run, phases)
        right = trace(model, test, provenance).right
        cells.append(share("pytorch", "accuracy", right, levels=keep, control=control))
    write_metrics(snakemake.output.metrics, Metrics(name, seed, test.name, tuple(cells), {}, provenance))
