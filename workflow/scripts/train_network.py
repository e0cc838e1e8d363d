"""Train a network with all its delay levels."""

import pandas as pd

from delaysnn.core.dataset import read_dataset
from delaysnn.core.files import atomic
from delaysnn.core.job import job
from delaysnn.core.network import write_network
from delaysnn.training.checkpoints import checkpoints
from delaysnn.training.devices import find_device
from delaysnn.training.kernels import use_threads
from delaysnn.training.optimise import fit
from delaysnn.training.shapes import draw_network

with job(snakemake) as provenance, checkpoints(snakemake.params.checkpoint) as checkpoint:
    use_threads(snakemake.threads)
    train, validation = read_dataset(snakemake.input.train), read_dataset(snakemake.input.validation)
    settings, shape, delays = (snakemake.params[key] for key in ("training", "network", "delays"))
    seed, name = int(snakemake.wildcards.seed), snakemake.wildcards.network
    model = draw_network(train, shape, delays, settings, seed).to(find_device(settings["device"]))
    code = snakemake.params.code
    history = fit(model, train, validation, settings, settings["dense"], seed, checkpoint, code)
    write_network(snakemake.output.network, model.export(train.spikes.n_steps, name, seed, train.name, provenance))
    with atomic(snakemake.output.history) as temporary:
        pd.DataFrame(history).to_csv(temporary, index=False, float_format="%.6g")
