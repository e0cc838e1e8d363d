"""Train, prune and quantise networks for other speakers than they are tested on, those of one fold; one a seed."""

from contextlib import ExitStack

from delaysnn.core.dataset import Dataset, read_dataset
from delaysnn.core.job import job, of_seed
from delaysnn.core.metrics import Metrics, write_metrics
from delaysnn.data.splits import split_fold
from delaysnn.settings.networks import KeptLevels, Network
from delaysnn.settings.training import Phases
from delaysnn.training.checkpoints import checkpoints
from delaysnn.training.folds import train_and_score
from delaysnn.training.kernels import use_threads
from delaysnn.training.optimise import Run

with job(snakemake) as provenance, ExitStack() as stack:
    use_threads(snakemake.threads)
    samples = Dataset.join([read_dataset(path) for path in snakemake.input])
    params, name = snakemake.params, snakemake.wildcards.network
    data = split_fold(samples, params.fold, snakemake.wildcards.fold)
    course, splits = Phases(**params.training), (data["train"], data["validation"])
    own = [stack.enter_context(checkpoints(path)) for path in params.checkpoints]
    pairs = list(zip(params.seeds, own, strict=True))
    runs = [Run(*splits, course, seed, checkpoint, params.code) for seed, checkpoint in pairs]
    network, delays = Network(**params.network), KeptLevels(**params.delays)
    scored = train_and_score(runs, data["test"], network, delays, params.bits, course)
    details = {**params.fold, "samples": {role: len(split) for role, split in data.items()}}
    for path, seed, cells in zip(snakemake.output, params.seeds, scored, strict=True):
        write_metrics(path, Metrics(name, seed, samples.name, cells, details, of_seed(provenance, seed)))
