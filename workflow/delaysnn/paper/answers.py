"""The report's first screen: what was run, and what came out, each in a sentence made from the tables."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from delaysnn.paper.estimates import preferred
from delaysnn.paper.tables import select

Tables = Mapping[str, pd.DataFrame]


def _row(table: pd.DataFrame, network: str, platform: str, quantity: str) -> Any:
    return next(select(table, network=network, platform=platform, quantity=quantity).itertuples())


def _mean(table: pd.DataFrame, network: str, platform: str, quantity: str) -> float:
    return _row(table, network, platform, quantity).ours_mean


def _percent(row: Any) -> str:
    deviation = "" if pd.isna(row.ours_sd) else f" ± {row.ours_sd:.1f}"
    return f"{row.ours_mean:.1f}{deviation} %"


def _saving(before: float, after: float) -> str:
    return f"{100 * (1 - after / before):.0f} % less" if after <= before else f"{100 * (after / before - 1):.0f} % more"


def describe_data(dataset: str, seeds: int, card: Mapping[str, Any]) -> str:
    """Say which data the numbers belong to."""
    name = dataset.replace("_", " ")
    voices = "" if card["voices"] is None else f" by {card['voices']} voices"
    text = (
        f"Data: {name}, {card['words']:,} words{voices}, {card['spikes_per_word']:,.0f} spikes a "
        f"word; {seeds} seed{'s' * (seeds > 1)} a network."
    )
    return text if dataset == "shd" else f"{text} The paper's numbers, in brackets, are on SHD."


def answer_scdq(tables: Tables, network: str) -> str:
    """Answer "What does SCDQ save?" from both estimates of Table III and from the paper's own cells."""
    energy = tables["energy"]
    counted = select(energy, how="counted")

    def compare(table: pd.DataFrame, quantity: str, unit: str) -> str:
        software, hardware = (_row(table, network, f"seneca_{queue}", quantity) for queue in ("software", "scdq"))
        published = ""
        if table is not counted and not pd.isna(software.published) and not pd.isna(hardware.published):
            published = f" [paper: {_saving(software.published, hardware.published)}]"
        saving = _saving(software.ours_mean, hardware.ours_mean)
        return f"{hardware.ours_mean:.3g} against {software.ours_mean:.3g} {unit}, {saving}{published}"

    best = preferred(energy)
    how = "lines fitted to the paper's Table III" if (best["how"] == "calibrated").any() else "constants alone"
    text = (
        f"What does SCDQ save? Against a queue in software on the same chip, network {network} takes "
        f"{compare(best, 'energy', 'µJ')}, and {compare(best, 'latency', 'ms')}; the queue itself takes "
        f"{_mean(best, network, 'seneca_scdq', 'delay_ip_energy'):.2g} µJ (estimates by {how})."
    )
    if how == "constants alone":
        return text
    return f"{text} Counted from published constants alone, with nothing fitted: {compare(counted, 'energy', 'µJ')}."


def answer_delays(tables: Tables, network: str, baseline: str) -> str:
    """Say what delays are worth: accuracy of a network with them and without."""
    with_delays, without = (_row(tables["models"], name, "pytorch", "accuracy") for name in (network, baseline))
    published = "" if pd.isna(with_delays.published) else f" [paper: {with_delays.published:.0f} %]"
    return (
        f"Network {network} is right on {_percent(with_delays)} of the test words{published}; without delays, "
        f"equally wide, on {_percent(without)}."
    )


def answer_loihi(tables: Tables, network: str) -> str:
    """Say how faithful the deployment is."""
    accuracy, agreement = (
        _row(tables["fidelity"], network, "loihi", quantity) for quantity in ("accuracy", "agreement")
    )
    lava = tables["equality"][tables["equality"]["comparison"].str.startswith("lava")]
    return (
        f"As integers on Loihi it is right on {_percent(accuracy)} and decides as the float network does on "
        f"{_percent(agreement)}; of {lava['spikes'].sum():,} spikes of all networks in Lava "
        f"({', '.join(sorted(set(lava['platform'])))}), "
        f"{lava['differences'].sum():,} differ from our integer reference."
    )


def answer_axonal(tables: Tables, synaptic: str, axonal: str) -> str:
    """Say what it brings to prune whole delayed axons instead of synapses."""
    energy = preferred(tables["energy"])
    energies = [_mean(energy, name, "seneca_scdq", "energy") for name in (synaptic, axonal)]
    queues = [_mean(energy, name, "seneca_scdq", "delay_ip_energy") for name in (synaptic, axonal)]
    accuracies = [_row(tables["models"], name, "pytorch", "accuracy") for name in (synaptic, axonal)]
    return (
        f"Pruning whole axons (network {axonal}) instead of synapses: energy {_saving(*energies)}, in the queue "
        f"{_saving(*queues)}, accuracy {_percent(accuracies[1])} instead of {_percent(accuracies[0])}."
    )


def answer_bits(tables: Tables, network: str) -> str:
    """Say what fewer bits a weight cost."""
    rows = select(tables["quantisation"], network=network, platform="loihi")
    shares = ", ".join(
        f"{row.quantity.removeprefix('accuracy_').removesuffix('bit')} bits {row.ours_mean:.1f} %"
        for row in rows.itertuples()
    )
    return f"Accuracy of network {network} over the bits of a weight: {shares}."


def answer(tables: Tables, dataset: str, card: Mapping[str, Any], networks: Mapping[str, str]) -> list[str]:
    """Return the first screen's sentences.

    Args:
        tables: models, fidelity, energy, quantisation and equality, as written.
        dataset: the data set's name.
        card: the data set's card.
        networks: which network plays which part: ``shown``, and where the configuration has them ``axonal``
            (pruned by axons) and ``baseline`` (no delays).
    """
    shown = networks["shown"]
    sentences = [
        describe_data(dataset, int(tables["models"]["seeds"].max()), card),
        answer_scdq(tables, shown),
    ]
    if "baseline" in networks:
        sentences.append(answer_delays(tables, shown, networks["baseline"]))
    sentences.append(answer_loihi(tables, shown))
    if "axonal" in networks:
        sentences.append(answer_axonal(tables, shown, networks["axonal"]))
    sentences.append(answer_bits(tables, shown))
    return sentences
