"""Take in files of the user's own in SHD's layout."""

from delaysnn.core.job import job
from delaysnn.core.metrics import write_json
from delaysnn.data.events import write_events
from delaysnn.data.importing import import_files
from delaysnn.data.provenance import describe_files

with job(snakemake) as provenance:
    given = snakemake.params.files
    speakers, duration_s = snakemake.params.test_speakers, snakemake.params.duration_s
    samples = import_files(snakemake.input.train, snakemake.input.get("test"), speakers, duration_s)
    files = {role: (snakemake.output[role], events) for role, events in samples.items()}
    for path, events in files.values():
        write_events(path, events)
    source = {"source": given["citation"], "licence": given["licence"], "files": describe_files(files)}
    write_json(snakemake.output.provenance, {**source, "made_by": provenance})
