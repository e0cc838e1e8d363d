"""Train a network that need not spike for other speakers than it is tested on, those of one fold."""

import torch

from delaysnn.core.dataset import Dataset, read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import Cell, Metrics, write_metrics
from delaysnn.data.splits import split_fold
from delaysnn.training.reference import accuracy, fit_reference

with job(snakemake) as provenance:
    torch.set_num_threads(snakemake.threads)
    samples = Dataset.join([read_dataset(path) for path in snakemake.input])
    fold, card = snakemake.params.fold, snakemake.params.card
    data = split_fold(samples, fold, snakemake.wildcards.fold)
    model = fit_reference(data["train"], snakemake.params.training, card["seed"], card["epochs"])
    cells = tuple(
        Cell("pytorch", "accuracy", "%", 100 * accuracy(model, own), samples=len(own), split=split)
        for split, own in ((None, data["test"]), ("validation", data["validation"]))
    )
    details = {**fold, "samples": {role: len(split) for role, split in data.items()}}
    metrics = Metrics("convolutional", card["seed"], samples.name, cells, details, provenance)
    write_metrics(snakemake.output.metrics, metrics)
