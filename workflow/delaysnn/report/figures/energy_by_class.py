"""Paper Figure 10: energy an inference, class by class."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from delaysnn.core.arrays import read_npz
from delaysnn.report.classes import class_names
from delaysnn.report.registry import figure
from delaysnn.report.study import Study
from delaysnn.report.style import PAGE_INCHES, Figure, colour_of, name_dataset, new_figure


def smallest(study: Study) -> str:
    """Return the network that the paper draws: the smallest on Seneca."""
    return min(study.deployed_on["seneca"], key=lambda name: sum(study.networks[name]["hidden"]))


@figure(
    title="Figure 10: energy by class",
    caption="""
    Energy of every test inference of the smallest network on Seneca with SCDQ, by class, all seeds together. It varies
    with the spikes that a sample causes, and with how much the network of a seed fires.
    """,
    section="Energy, latency, memory",
    place=50,
    inputs=lambda study: {
        "samples": study.traces("seneca_energy", networks=[smallest(study)]),
        "card": study.files["card"],
    },
    params=lambda study: {"dataset": study.dataset, "network": smallest(study)},
    when=lambda study: study.has("seneca"),
)
def draw_energy_by_class(samples: Sequence[Path], card: Mapping[str, Any], dataset: str, network: str) -> Figure:
    """Draw one box a class from files with the energy (microjoule) and label of every test sample."""
    # Takes half a second, which every reading of the rules would.
    import seaborn as sns

    keys = ("energy_uj", "labels")
    seeds = [read_npz(path, required=keys) for path in samples]
    energy_uj, labels = (np.concatenate([seed[key] for seed in seeds]) for key in keys)
    figure = new_figure(PAGE_INCHES, 2.4)
    axis = figure.subplots()
    table = pd.DataFrame({"class": labels, "energy": energy_uj})
    sns.boxplot(table, x="class", y="energy", ax=axis, color=colour_of("seneca"), fliersize=1.5, linewidth=0.7)
    found = np.unique(labels)
    names = class_names(card, len(card.get("class_names", ())) or int(found[-1]) + 1)
    axis.set_xticks(
        range(len(found)), [names[label] for label in found], rotation=45, ha="right", rotation_mode="anchor"
    )
    axis.set_ylabel("energy (µJ), estimated")
    name_dataset(figure, dataset, f"network {network} on Seneca with SCDQ, {len(labels)} inferences")
    return figure
