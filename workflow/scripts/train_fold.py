"""Train, prune and quantise a network for other speakers than it is tested on, those of one fold."""

from delaysnn.core.dataset import Dataset, read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import Metrics, write_metrics
from delaysnn.data.splits import split_fold
from delaysnn.training.checkpoints import checkpoints
from delaysnn.training.folds import train_and_score
from delaysnn.training.kernels import use_threads

with job(snakemake) as provenance, checkpoints(snakemake.params.checkpoint) as checkpoint:
    use_threads(snakemake.threads)
    samples = Dataset.join([read_dataset(path) for path in snakemake.input])
    fold = snakemake.params.fold
    data = split_fold(samples, fold, snakemake.wildcards.fold)
    asked = {key: snakemake.params[key] for key in ("network", "delays", "bits", "code")}
    settings = snakemake.params.training
    seed, name = int(snakemake.wildcards.seed), snakemake.wildcards.network
    cells = train_and_score(data, settings=settings, seed=seed, checkpoint=checkpoint, **asked)
    details = {**fold, "samples": {role: len(split) for role, split in data.items()}}
    write_metrics(snakemake.output.metrics, Metrics(name, seed, samples.name, cells, details, provenance))
