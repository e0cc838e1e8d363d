"""Paper Figure 10: energy an inference, class by class."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from delaysnn.report.style import PAGE_INCHES, PLATFORM_COLOURS, name_dataset, new_figure


def draw_energy_by_class(energy_uj: np.ndarray, labels: np.ndarray, dataset: str, network: str) -> Figure:
    """Draw one box a class from the energy [samples] (microjoule) and label [samples] of every test sample."""
    figure = new_figure(PAGE_INCHES, 2.4)
    axis = figure.subplots()
    table = pd.DataFrame({"class": labels, "energy": energy_uj})
    sns.boxplot(table, x="class", y="energy", ax=axis, color=PLATFORM_COLOURS["seneca"], fliersize=1.5, linewidth=0.7)
    axis.set_ylabel("energy (µJ), estimated")
    name_dataset(figure, dataset, f"network {network} on Seneca with SCDQ, {len(labels)} inferences")
    return figure
