"""Fine-tune a network with weights of few bits, for each width; one that came quantised is only brought to it."""

import dataclasses
import logging

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.network import read_network, write_network
from delaysnn.core.widths import show
from delaysnn.settings.training import Phase, Training
from delaysnn.training.checkpoints import checkpoints
from delaysnn.training.kernels import use_threads
from delaysnn.training.optimise import Run, fit_quantised
from delaysnn.training.quantisation import requantise

with job(snakemake) as provenance, checkpoints(snakemake.params.checkpoint) as checkpoint:
    use_threads(snakemake.threads)
    params, seed, name = snakemake.params, int(snakemake.wildcards.seed), snakemake.wildcards.network
    train, validation = read_dataset(snakemake.input.train), read_dataset(snakemake.input.validation)
    run = Run(train, validation, Training(**params.training), seed, checkpoint, params.code)
    network = read_network(snakemake.input.network)
    for bits, target in zip(params.bits, snakemake.output.networks, strict=True):
        logging.info("%s bits", show(bits))
        if network.quantised:
            write_network(target, dataclasses.replace(requantise(network, bits), provenance=provenance))
            continue
        model = fit_quantised(network, bits, run, Phase(**params.phase), params.decay_groups)
        write_network(target, model.export(train.spikes.n_steps, name, seed, train.name, provenance))
