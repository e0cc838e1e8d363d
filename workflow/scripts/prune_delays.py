"""Keep the strongest delay levels and fine-tune what remains."""

import pandas as pd

from delaysnn.core.dataset import read_dataset
from delaysnn.core.files import atomic
from delaysnn.core.job import job
from delaysnn.core.network import read_network, write_network
from delaysnn.settings.training import Phase, Training
from delaysnn.training.checkpoints import checkpoints
from delaysnn.training.fine_tuning import fit_pruned
from delaysnn.training.kernels import use_threads
from delaysnn.training.optimise import Run

with job(snakemake) as provenance, checkpoints(snakemake.params.checkpoint) as checkpoint:
    use_threads(snakemake.threads)
    params, seed, name = snakemake.params, int(snakemake.wildcards.seed), snakemake.wildcards.network
    train, validation = read_dataset(snakemake.input.train), read_dataset(snakemake.input.validation)
    run = Run(train, validation, Training(**params.training), seed, checkpoint, params.code)
    dense = read_network(snakemake.input.dense)
    model, history = fit_pruned(dense, params.criterion, params.keep, run, Phase(**params.phase))
    write_network(snakemake.output.network, model.export(train.spikes.n_steps, name, seed, train.name, provenance))
    with atomic(snakemake.output.history) as temporary:
        pd.DataFrame(history).to_csv(temporary, index=False, float_format="%.6g")
