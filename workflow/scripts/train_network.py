"""Train networks with all their delay levels, one a seed."""

from contextlib import ExitStack

import pandas as pd

from delaysnn.core.dataset import read_dataset
from delaysnn.core.files import atomic
from delaysnn.core.job import job, of_seed
from delaysnn.core.network import write_network
from delaysnn.settings.networks import DelayLevels, Shape
from delaysnn.settings.training import Phase, Training
from delaysnn.training.checkpoints import checkpoints
from delaysnn.training.devices import find_device
from delaysnn.training.kernels import use_threads
from delaysnn.training.optimise import Run, fit_together
from delaysnn.training.shapes import draw_network

with job(snakemake) as provenance, ExitStack() as stack:
    use_threads(snakemake.threads)
    params, name = snakemake.params, snakemake.wildcards.network
    own = [stack.enter_context(checkpoints(path)) for path in params.checkpoints]
    train, validation = read_dataset(snakemake.input.train), read_dataset(snakemake.input.validation)
    training = Training(**params.training)
    runs = [Run(train, validation, training, *each, params.code) for each in zip(params.seeds, own, strict=True)]
    shape, delays = Shape(**params.network), DelayLevels(**params.delays)
    device = find_device(training.device)
    models = [draw_network(train, shape, delays, training, seed).to(device) for seed in params.seeds]
    histories = fit_together(models, runs, Phase(**params.phase))
    files = zip(snakemake.output.networks, snakemake.output.histories, strict=True)
    for seed, model, history, (network, table) in zip(params.seeds, models, histories, files, strict=True):
        source = of_seed(provenance, seed)
        write_network(network, model.export(train.spikes.n_steps, name, seed, train.name, source))
        with atomic(table) as temporary:
            pd.DataFrame(history).to_csv(temporary, index=False, float_format="%.6g")
