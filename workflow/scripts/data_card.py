"""The data set's card: size, and three baselines on its test samples."""

import torch

from delaysnn.core.job import job
from delaysnn.core.metrics import write_json
from delaysnn.data.card import are_unseen, count_voices, measure_baselines
from delaysnn.data.events import read_events
from delaysnn.data.splits import samples_of

with job(snakemake) as provenance:
    torch.set_num_threads(snakemake.threads)
    train, test = (read_events(snakemake.input[role], snakemake.params.channels) for role in ("train", "test"))
    tested = test.select(samples_of(test.speakers, snakemake.params.test_speakers))
    settings = snakemake.params.card
    baselines = measure_baselines(train, tested, snakemake.params.duration_s, settings["seed"], settings["epochs"])
    samples = len(train) + len(test)
    card = {
        "dataset": snakemake.params.dataset,
        "seed": settings["seed"],
        "samples": samples,
        **(
            {"voices": count_voices(train, test), "unseen": are_unseen(train, tested)}
            if snakemake.params.speakers
            else {}
        ),
        **({"class_names": list(train.keys or test.keys)} if train.keys or test.keys else {}),
        "spikes_per_sample": (len(train.times) + len(test.times)) / samples,
        **baselines,
        "test_samples": len(tested),
        "provenance": provenance,
    }
    write_json(snakemake.output.card, card)
