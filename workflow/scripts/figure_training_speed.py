"""Training speed beside other libraries'."""

import pandas as pd

from delaysnn.job import job
from delaysnn.paper.style import save_figure
from delaysnn.paper.training_speed import draw_training_speed

with job(snakemake) as provenance:
    figure = draw_training_speed(pd.read_csv(snakemake.input.table), snakemake.params.dataset)
    save_figure(figure, snakemake.output.png, snakemake.output.svg, provenance)
