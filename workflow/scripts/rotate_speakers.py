"""Train, prune and quantise a network for other speakers than it is tested on, those of one rotation."""

from pathlib import Path

from delaysnn.data.splits import split_by_speaker
from delaysnn.formats.dataset import Dataset, read_dataset
from delaysnn.formats.metrics import Metrics, write_metrics
from delaysnn.job import job
from delaysnn.training.kernels import use_threads
from delaysnn.training.rotation import train_and_score

with job(snakemake) as provenance:
    use_threads(snakemake.threads)
    words = Dataset.join([read_dataset(path) for path in snakemake.input])
    held_out = {role: snakemake.params.rotation[role] for role in ("validation", "test")}
    keys = tuple(f"rotations.{snakemake.wildcards.rotation}.{role}" for role in held_out)
    split = split_by_speaker(words.speakers, **held_out, keys=keys)
    data = {role: words.select(chosen) for role, chosen in split.items()}
    asked = {key: snakemake.params[key] for key in ("network", "delays", "bits", "code")}
    settings, checkpoint = snakemake.params.training, Path(snakemake.params.checkpoint)
    seed, name = int(snakemake.wildcards.seed), snakemake.wildcards.network
    cells = train_and_score(data, settings=settings, seed=seed, checkpoint=checkpoint, **asked)
    details = {**held_out, "words": {role: len(split) for role, split in data.items()}}
    write_metrics(snakemake.output.metrics, Metrics(name, seed, words.name, cells, details, provenance))
