"""The data set's card as a picture."""

from delaysnn.formats.dataset import read_dataset
from delaysnn.formats.metrics import read_json
from delaysnn.job import job
from delaysnn.paper.card import draw_card
from delaysnn.paper.style import save_figure

with job(snakemake) as provenance:
    figure = draw_card(read_dataset(snakemake.input.train), read_json(snakemake.input.card))
    save_figure(figure, snakemake.output.png, snakemake.output.svg, provenance)
