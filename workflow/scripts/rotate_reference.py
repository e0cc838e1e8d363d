"""Train a network that need not spike for other speakers than it is tested on, those of one rotation."""

import torch

from delaysnn.data.splits import rotate
from delaysnn.formats.dataset import Dataset, read_dataset
from delaysnn.formats.metrics import Cell, Metrics, write_metrics
from delaysnn.job import job
from delaysnn.training.reference import accuracy, fit_reference

with job(snakemake) as provenance:
    torch.set_num_threads(snakemake.threads)
    words = Dataset.join([read_dataset(path) for path in snakemake.input])
    rotation, card = snakemake.params.rotation, snakemake.params.card
    data = rotate(words, rotation, snakemake.wildcards.rotation)
    model = fit_reference(data["train"], snakemake.params.training, card["seed"], card["epochs"])
    scores = {"accuracy": data["test"], "validation_accuracy": data["validation"]}
    cells = tuple(
        Cell("pytorch", name, "%", 100 * accuracy(model, split), samples=len(split)) for name, split in scores.items()
    )
    details = {**rotation, "words": {role: len(split) for role, split in data.items()}}
    metrics = Metrics("convolutional", card["seed"], words.name, cells, details, provenance)
    write_metrics(snakemake.output.metrics, metrics)
