"""Hear recordings of the user's own through the cochlea."""

import numpy as np

from delaysnn.core.job import job
from delaysnn.core.metrics import write_json
from delaysnn.data.events import write_events
from delaysnn.data.provenance import describe_files
from delaysnn.data.recordings import checksum, encode_recordings, read_recordings
from delaysnn.data.splits import split_by_speaker

with job(snakemake) as provenance:
    given = snakemake.params.recordings
    recordings = read_recordings(snakemake.input.table, given["folder"])
    speakers = np.array([sample.speaker for sample in recordings])
    split = split_by_speaker(speakers, validation=(), test=snakemake.params.test_speakers)
    duration_s = snakemake.params.duration_s
    events = encode_recordings(recordings, given["sample_rate"], duration_s, given["seed"], snakemake.threads)
    files = {role: (snakemake.output[role], events.select(split[role])) for role in ("train", "test")}
    for path, part in files.values():
        write_events(path, part)
    # One checksum stands for all recordings.
    provenance["inputs"] = {"recordings": checksum(recordings)}
    source = {"source": given["citation"], "licence": given["licence"], "files": describe_files(files)}
    write_json(snakemake.output.provenance, {**source, "made_by": provenance})
