"""Prune to other numbers of delay levels, and quantise each of them to every width."""

import logging

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import Metrics, share, write_metrics
from delaysnn.core.network import read_network, write_network
from delaysnn.settings.training import Phase, Training
from delaysnn.training.checkpoints import checkpoints
from delaysnn.training.evaluate import trace
from delaysnn.training.fine_tuning import fit_pruned
from delaysnn.training.kernels import use_threads
from delaysnn.training.optimise import Run, fit_quantised

with job(snakemake) as provenance, checkpoints(snakemake.params.checkpoint) as checkpoint:
    use_threads(snakemake.threads)
    train, validation, test = (read_dataset(snakemake.input[split]) for split in ("train", "validation", "test"))
    params, seed, name = snakemake.params, int(snakemake.wildcards.seed), snakemake.wildcards.network
    n_steps, pruned_phase, quantised_phase = train.spikes.n_steps, Phase(**params.pruned), Phase(**params.quantised)
    run = Run(train, validation, Training(**params.training), seed, checkpoint, params.code)
    dense, cells, targets = read_network(snakemake.input.dense), [], iter(snakemake.output.networks)
    for keep in params.levels:
        logging.info("%d levels", keep)
        own = run.beside(f"{keep}levels")
        model, _ = fit_pruned(dense, params.criterion, keep, own, pruned_phase)
        cells.append(share("pytorch", "accuracy", trace(model, test, provenance).right, levels=keep))
        pruned = model.export(n_steps, name, seed, train.name, provenance)
        for bits in params.bits:
            logging.info("%d levels, %d bits", keep, bits)
            quantised = fit_quantised(pruned, bits, own, quantised_phase, params.decay_groups)
            write_network(next(targets), quantised.export(n_steps, name, seed, train.name, provenance))
    write_metrics(snakemake.output.metrics, Metrics(name, seed, test.name, tuple(cells), {}, provenance))
