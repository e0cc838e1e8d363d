"""Train a network with all its delay levels."""

import pandas as pd

from delaysnn.core.dataset import read_dataset
from delaysnn.core.files import atomic
from delaysnn.core.job import job
from delaysnn.core.network import write_network
from delaysnn.settings.networks import DelayLevels, Shape
from delaysnn.settings.training import Phase, Training
from delaysnn.training.checkpoints import checkpoints
from delaysnn.training.devices import find_device
from delaysnn.training.kernels import use_threads
from delaysnn.training.optimise import Run, fit
from delaysnn.training.shapes import draw_network

with job(snakemake) as provenance, checkpoints(snakemake.params.checkpoint) as checkpoint:
    use_threads(snakemake.threads)
    params, seed, name = snakemake.params, int(snakemake.wildcards.seed), snakemake.wildcards.network
    train, validation = read_dataset(snakemake.input.train), read_dataset(snakemake.input.validation)
    training = Training(**params.training)
    run = Run(train, validation, training, seed, checkpoint, params.code)
    shape, delays = Shape(**params.network), DelayLevels(**params.delays)
    model = draw_network(train, shape, delays, training, seed).to(find_device(training.device))
    history = fit(model, run, Phase(**params.phase))
    write_network(snakemake.output.network, model.export(train.spikes.n_steps, name, seed, train.name, provenance))
    with atomic(snakemake.output.history) as temporary:
        pd.DataFrame(history).to_csv(temporary, index=False, float_format="%.6g")
