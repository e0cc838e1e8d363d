"""Train, prune and quantise a network for other speakers than it is tested on, those of one fold."""

from delaysnn.core.dataset import Dataset, read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import Metrics, write_metrics
from delaysnn.data.splits import split_fold
from delaysnn.settings.networks import KeptLevels, Network
from delaysnn.settings.training import Phases
from delaysnn.training.checkpoints import checkpoints
from delaysnn.training.folds import train_and_score
from delaysnn.training.kernels import use_threads
from delaysnn.training.optimise import Run

with job(snakemake) as provenance, checkpoints(snakemake.params.checkpoint) as checkpoint:
    use_threads(snakemake.threads)
    samples = Dataset.join([read_dataset(path) for path in snakemake.input])
    fold = snakemake.params.fold
    data = split_fold(samples, fold, snakemake.wildcards.fold)
    params, seed, name = snakemake.params, int(snakemake.wildcards.seed), snakemake.wildcards.network
    course = Phases(**params.training)
    run = Run(data["train"], data["validation"], course, seed, checkpoint, params.code)
    network, delays = Network(**params.network), KeptLevels(**params.delays)
    cells = train_and_score(run, data["test"], network, delays, params.bits, course)
    details = {**fold, "samples": {role: len(split) for role, split in data.items()}}
    write_metrics(snakemake.output.metrics, Metrics(name, seed, samples.name, cells, details, provenance))
