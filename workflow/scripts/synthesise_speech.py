"""Say the digits in many voices and hear them through the cochlea: the embedded data set."""

from delaysnn.core.job import job
from delaysnn.core.metrics import write_json
from delaysnn.data import speech
from delaysnn.data.events import Events, write_events
from delaysnn.data.provenance import describe_files
from delaysnn.data.splits import split_by_speaker
from delaysnn.data.synthesis import hear, seeds_by_place

with job(snakemake) as provenance:
    settings = snakemake.params.speech
    samples = list(speech.speak_digits(settings["voices"], settings["takes"], settings["seed"]))
    audio = [sample.audio for sample in samples]
    seeds = seeds_by_place(settings["seed"], len(audio))
    times, units = hear(audio, max(map(len, audio)), speech.sample_rate(), seeds, snakemake.threads)
    labels, speakers = [sample.label for sample in samples], [sample.speaker for sample in samples]
    events = Events.from_samples(times, units, labels, speakers, speech.KEYS)
    split = split_by_speaker(events.speakers, validation=(), test=snakemake.params.test_speakers)
    files = {role: (snakemake.output[role], events.select(split[role])) for role in ("train", "test")}
    for path, part in files.values():
        write_events(path, part)
    source = {"source": "synthesised with eSpeak NG and a cochlea model", "licence": "free to use"}
    write_json(snakemake.output.provenance, {**source, "files": describe_files(files), "made_by": provenance})
