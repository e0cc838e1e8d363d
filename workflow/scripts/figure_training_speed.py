"""Training speed beside other libraries'."""

import pandas as pd

from delaysnn.core.job import job
from delaysnn.report.style import save_figure
from delaysnn.report.training_speed import draw_training_speed

with job(snakemake) as provenance:
    figure = draw_training_speed(pd.read_csv(snakemake.input.table), snakemake.params.dataset)
    save_figure(figure, snakemake.output.png, snakemake.output.svg, provenance)
