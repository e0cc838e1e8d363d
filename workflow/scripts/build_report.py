"""The report: answers first, then every table and figure, in one file."""

from pathlib import Path

from delaysnn.core.files import atomic
from delaysnn.core.job import job
from delaysnn.core.metrics import read_json, write_json
from delaysnn.report.answers import answer, describe_data
from delaysnn.report.registry import find
from delaysnn.report.report import build_sections, render_report
from delaysnn.report.tidy import read_table

with job(snakemake):
    tables = {Path(path).stem: read_table(path) for path in snakemake.input.files if path.endswith(".csv")}
    answers = answer(tables, snakemake.params.networks)
    seeds = int(tables["models"]["seeds"].max())
    html = render_report(
        title="Spiking networks with synaptic delays on digital neuromorphic hardware",
        subtitle="Every table and figure of arXiv 2404.10597, made anew by one command.",
        data=describe_data(snakemake.params.dataset, seeds, read_json(snakemake.input.card)),
        answers=answers,
        sections=build_sections(
            {find(name): caption for name, caption in snakemake.params.captions.items()}, "results"
        ),
    )
    with atomic(snakemake.output.report) as temporary:
        temporary.write_text(html)
    write_json(snakemake.output.answers, {"answers": [[each.question, each.short] for each in answers]})
