"""Fine-tune a network with weights of few bits, for each width; one that came quantised is only brought to it."""

import dataclasses
import logging

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.network import read_network, write_network
from delaysnn.training.checkpoints import checkpoints
from delaysnn.training.kernels import use_threads
from delaysnn.training.optimise import fit_quantised
from delaysnn.training.quantisation import requantise

with job(snakemake) as provenance, checkpoints(snakemake.params.checkpoint) as checkpoint:
    use_threads(snakemake.threads)
    train, validation = read_dataset(snakemake.input.train), read_dataset(snakemake.input.validation)
    settings = snakemake.params.training
    seed, name = int(snakemake.wildcards.seed), snakemake.wildcards.network
    network = read_network(snakemake.input.network)
    for bits, target in zip(snakemake.params.bits, snakemake.output.networks, strict=True):
        logging.info("%d bits", bits)
        if network.quantised:
            write_network(target, dataclasses.replace(requantise(network, bits), provenance=provenance))
            continue
        model = fit_quantised(network, bits, train, validation, settings, seed, checkpoint, snakemake.params.code)
        write_network(target, model.export(train.spikes.n_steps, name, seed, train.name, provenance))
