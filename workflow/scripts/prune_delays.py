"""Keep the strongest delay levels of networks, one a seed, and fine-tune what remains."""

from contextlib import ExitStack

import pandas as pd

from delaysnn.core.dataset import read_dataset
from delaysnn.core.files import atomic
from delaysnn.core.job import job, of_seed
from delaysnn.core.network import read_network, write_network
from delaysnn.settings.training import Phase, Training
from delaysnn.training.checkpoints import checkpoints
from delaysnn.training.fine_tuning import fit_pruned_together
from delaysnn.training.kernels import use_threads
from delaysnn.training.optimise import Run

with job(snakemake) as provenance, ExitStack() as stack:
    use_threads(snakemake.threads)
    params, name = snakemake.params, snakemake.wildcards.network
    own = [stack.enter_context(checkpoints(path)) for path in params.checkpoints]
    train, validation = read_dataset(snakemake.input.train), read_dataset(snakemake.input.validation)
    training = Training(**params.training)
    runs = [Run(train, validation, training, *each, params.code) for each in zip(params.seeds, own, strict=True)]
    dense = [read_network(path) for path in snakemake.input.dense]
    tuned = fit_pruned_together(dense, params.criterion, params.keep, runs, Phase(**params.phase))
    files = zip(snakemake.output.networks, snakemake.output.histories, strict=True)
    for seed, (model, history), (network, table) in zip(params.seeds, tuned, files, strict=True):
        source = of_seed(provenance, seed)
        write_network(network, model.export(train.spikes.n_steps, name, seed, train.name, source))
        with atomic(table) as temporary:
            pd.DataFrame(history).to_csv(temporary, index=False, float_format="%.6g")
