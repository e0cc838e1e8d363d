"""Bin the events of every split into time steps."""

import logging

from delaysnn.core.dataset import Dataset, write_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import read_json
from delaysnn.data.binning import bin_events, check_window
from delaysnn.data.events import read_events
from delaysnn.data.splits import split_samples

with job(snakemake) as provenance:
    settings = snakemake.params.data
    channels, sensor = snakemake.params.channels, snakemake.params.sensor
    given = {role: read_events(path, channels) for role, path in snakemake.input.items() if role != "provenance"}
    speakers = (settings[f"{role}_speakers"] for role in ("validation", "test"))
    files = snakemake.params.files
    for role, events in given.items():
        check_window(events, settings["duration_s"], files[role])
    share, seed = settings["validation_share"], settings["split_seed"]
    parts, shared = split_samples(given, *speakers, snakemake.params.published, files, share, seed)
    if share is None and shared is not None:
        logging.info("%d of %d test samples are by speakers of training or validation", shared, len(parts["test"]))
    # Twice in memory otherwise.
    del given, events
    n_classes = 1 + max(int(events.labels.max()) for events in parts.values())
    origin = {**read_json(snakemake.input.provenance), "binned_by": provenance}
    if share is None:
        origin["shared_speaker_samples"] = shared
    for name, events in parts.items():
        n_steps, source = settings["time_steps"] * settings["substeps"], files.get(name, files["train"])
        binned = bin_events(events, n_steps, settings["duration_s"], source)
        spikes, fine = binned.spikes.coarser(settings["substeps"]), binned.spikes
        logging.info(
            "%s: %d samples, %d spikes; %d merged with another of the same step and channel, %d after the window",
            *(name, len(events), len(spikes.steps), len(events.times) - binned.outside - len(spikes.steps)),
            binned.outside,
        )
        step_s = settings["duration_s"] / settings["time_steps"]
        about = (snakemake.params.dataset, n_classes, step_s, origin)
        binned_data = Dataset(spikes, events.labels, events.speakers, *about, fine=fine, sensor=sensor)
        write_dataset(snakemake.output[name], binned_data)
