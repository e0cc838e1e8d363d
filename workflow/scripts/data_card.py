"""The data set's card: size, and three baselines on its test words."""

import torch

from delaysnn.data.card import are_unheard, count_voices, measure_baselines
from delaysnn.data.events import read_events
from delaysnn.data.splits import words_of
from delaysnn.formats.metrics import write_json
from delaysnn.job import job

with job(snakemake) as provenance:
    torch.set_num_threads(snakemake.threads)
    train, test = read_events(snakemake.input.train), read_events(snakemake.input.test)
    tested = test.select(words_of(test.speakers, snakemake.params.test_speakers))
    settings = snakemake.params.card
    baselines = measure_baselines(train, tested, snakemake.params.duration_s, settings["seed"], settings["epochs"])
    words = len(train) + len(test)
    card = {
        "dataset": snakemake.params.dataset,
        "seed": settings["seed"],
        "words": words,
        "voices": count_voices(train, test),
        "unheard": are_unheard(train, tested),
        "spikes_per_word": (len(train.times) + len(test.times)) / words,
        "counts_accuracy": baselines.counts,
        "gru_accuracy": baselines.gru,
        "gru_permuted_accuracy": baselines.gru_permuted,
        "test_words": len(tested),
        "provenance": provenance,
    }
    write_json(snakemake.output.card, card)
