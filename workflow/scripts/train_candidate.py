"""Train, prune and quantise one network of the search, and score it on validation samples."""

import logging

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import Metrics, write_metrics
from delaysnn.core.network import write_network
from delaysnn.frontier.space import Candidate
from delaysnn.frontier.training import score, train
from delaysnn.settings.training import Phases
from delaysnn.training.checkpoints import checkpoints
from delaysnn.training.kernels import use_threads
from delaysnn.training.optimise import Run

with job(snakemake) as provenance, checkpoints(snakemake.params.checkpoint) as checkpoint:
    use_threads(snakemake.threads)
    params, seed = snakemake.params, int(snakemake.wildcards.seed)
    data = {split: read_dataset(snakemake.input[split]) for split in ("train", "validation")}
    course = Phases(**params.training)
    candidate = Candidate.of(params.settings, data["train"].spikes.n_neurons, data["train"].n_classes)
    logging.info("%.3g kB: %s", candidate.memory_kb, candidate.settings)
    run = Run(**data, training=course, seed=seed, checkpoint=checkpoint, code=params.code)
    network = train(run, candidate, course, provenance)
    cell = score(network, data["validation"], course, "validation")
    logging.info("%.1f %% in validation", cell.value)
    write_network(snakemake.output.network, network)
    details = {"settings": candidate.settings, "memory_kb": candidate.memory_kb}
    metrics = Metrics(candidate.name, seed, data["train"].name, (cell,), details, provenance)
    write_metrics(snakemake.output.metrics, metrics)
