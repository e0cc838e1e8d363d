"""Fine-tune networks, one a seed, with weights of few bits, for each width; those that came quantised only get it."""

import dataclasses
import logging
from contextlib import ExitStack

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job, of_seed
from delaysnn.core.network import read_network, write_network
from delaysnn.core.widths import show
from delaysnn.settings.training import Phase, Training
from delaysnn.training.checkpoints import checkpoints
from delaysnn.training.kernels import use_threads
from delaysnn.training.optimise import Run, fit_quantised_together
from delaysnn.training.quantisation import requantise

with job(snakemake) as provenance, ExitStack() as stack:
    use_threads(snakemake.threads)
    params, name = snakemake.params, snakemake.wildcards.network
    own = [stack.enter_context(checkpoints(path)) for path in params.checkpoints]
    train, validation = read_dataset(snakemake.input.train), read_dataset(snakemake.input.validation)
    training, phase = Training(**params.training), Phase(**params.phase)
    networks = dict(zip(params.seeds, map(read_network, snakemake.input.networks), strict=True))
    runs = {
        seed: Run(train, validation, training, seed, checkpoint, params.code)
        for seed, checkpoint in zip(params.seeds, own, strict=True)
    }
    tuned, targets = [seed for seed in params.seeds if not networks[seed].quantised], iter(snakemake.output.networks)
    for bits in params.bits:
        logging.info("%s bits", show(bits))
        of_tuned = [networks[seed] for seed in tuned], bits, [runs[seed] for seed in tuned]
        models = fit_quantised_together(*of_tuned, phase, params.decay_groups) if tuned else []
        made = {
            seed: model.export(train.spikes.n_steps, name, seed, train.name, of_seed(provenance, seed))
            for seed, model in zip(tuned, models, strict=True)
        }
        for seed, network in networks.items():
            if network.quantised:
                made[seed] = dataclasses.replace(requantise(network, bits), provenance=of_seed(provenance, seed))
            write_network(next(targets), made[seed])
