"""Keep the strongest delay levels and fine-tune what remains."""

from pathlib import Path

import pandas as pd
import torch

from delaysnn.files import atomic
from delaysnn.formats.dataset import read_dataset
from delaysnn.formats.network import read_network, write_network
from delaysnn.job import job
from delaysnn.training.model import DelayNetwork
from delaysnn.training.optimise import fit
from delaysnn.training.pruning import prune

with job(snakemake) as provenance:
    torch.set_num_threads(snakemake.threads)
    train, validation = read_dataset(snakemake.input.train), read_dataset(snakemake.input.validation)
    settings = snakemake.params.training
    seed, name = int(snakemake.wildcards.seed), snakemake.wildcards.network
    model = DelayNetwork.restore(read_network(snakemake.input.dense), settings).to(settings["device"])
    prune(model, snakemake.params.criterion, snakemake.params.keep)
    checkpoint, code = Path(snakemake.params.checkpoint), snakemake.params.code
    history = fit(model, train, validation, settings, settings["pruned"], seed, checkpoint, code)
    write_network(snakemake.output.network, model.export(train.spikes.n_steps, name, seed, train.name, provenance))
    with atomic(snakemake.output.history) as temporary:
        pd.DataFrame(history).to_csv(temporary, index=False, float_format="%.6g")
