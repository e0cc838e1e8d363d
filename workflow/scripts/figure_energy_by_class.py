"""Paper Figure 10: energy an inference, class by class."""

import numpy as np

from delaysnn.core.arrays import read_npz
from delaysnn.core.job import job
from delaysnn.report.energy_by_class import draw_energy_by_class
from delaysnn.report.style import save_figure

with job(snakemake) as provenance:
    samples = [read_npz(path, required=("energy_uj", "labels")) for path in snakemake.input.samples]
    energy, labels = (np.concatenate([sample[key] for sample in samples]) for key in ("energy_uj", "labels"))
    figure = draw_energy_by_class(energy, labels, snakemake.params.dataset, snakemake.params.network)
    save_figure(figure, snakemake.output.png, snakemake.output.svg, provenance)
