"""Train, prune and quantise a network for other speakers than it is tested on, those of one rotation."""

from delaysnn.data.splits import rotate
from delaysnn.formats.dataset import Dataset, read_dataset
from delaysnn.formats.metrics import Metrics, write_metrics
from delaysnn.job import job
from delaysnn.training.checkpoints import checkpoints
from delaysnn.training.kernels import use_threads
from delaysnn.training.rotation import train_and_score

with job(snakemake) as provenance, checkpoints(snakemake.params.checkpoint) as checkpoint:
    use_threads(snakemake.threads)
    words = Dataset.join([read_dataset(path) for path in snakemake.input])
    rotation = snakemake.params.rotation
    data = rotate(words, rotation, snakemake.wildcards.rotation)
    asked = {key: snakemake.params[key] for key in ("network", "delays", "bits", "code")}
    settings = snakemake.params.training
    seed, name = int(snakemake.wildcards.seed), snakemake.wildcards.network
    cells = train_and_score(data, settings=settings, seed=seed, checkpoint=checkpoint, **asked)
    details = {**rotation, "words": {role: len(split) for role, split in data.items()}}
    write_metrics(snakemake.output.metrics, Metrics(name, seed, words.name, cells, details, provenance))
