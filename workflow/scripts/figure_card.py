"""The data set's card as a picture."""

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import read_json
from delaysnn.report.card import draw_card
from delaysnn.report.style import save_figure

with job(snakemake) as provenance:
    figure = draw_card(read_dataset(snakemake.input.train), read_json(snakemake.input.card))
    save_figure(figure, snakemake.output.png, snakemake.output.svg, provenance)
