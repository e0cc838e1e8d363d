"""Train a network that need not spike for other speakers than it is tested on, those of one fold."""

import torch

from delaysnn.core.dataset import Dataset, read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import Cell, Metrics, write_metrics
from delaysnn.data.splits import split_fold
from delaysnn.settings.training import as_variation
from delaysnn.training.reference import accuracy, fit_reference

with job(snakemake) as provenance:
    torch.set_num_threads(snakemake.threads)
    samples = Dataset.join([read_dataset(path) for path in snakemake.input])
    fold, card = snakemake.params.fold, snakemake.params.card
    data = split_fold(samples, fold, snakemake.wildcards.fold)
    model = fit_reference(data["train"], as_variation(snakemake.params.variation), card["seed"], card["epochs"])
    scores = {"accuracy": data["test"], "validation_accuracy": data["validation"]}
    cells = tuple(
        Cell("pytorch", name, "%", 100 * accuracy(model, split), samples=len(split)) for name, split in scores.items()
    )
    details = {**fold, "samples": {role: len(split) for role, split in data.items()}}
    metrics = Metrics("convolutional", card["seed"], samples.name, cells, details, provenance)
    write_metrics(snakemake.output.metrics, metrics)
