"""The report's first screen: what was run, and what came out, each in a sentence made from the tables."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from delaysnn.platforms import REFERENCE, registered
from delaysnn.report.claims import Difference
from delaysnn.report.comparisons import find_difference
from delaysnn.report.estimates import preferred
from delaysnn.report.style import label_of
from delaysnn.report.tidy import select
from delaysnn.report.wide import measured_cell

Tables = Mapping[str, pd.DataFrame]

# What network 48 is measured against, the most alike first.
_CONTROLS = {
    "random": "With delays drawn at random instead of learned",
    "recurrent": "Recurrent instead of delayed",
    "wider": "Without delays, of another width",
    "baseline": "Without delays, equally wide",
}


def _row(table: pd.DataFrame, network: str, platform: str, quantity: str) -> Any:
    return next(select(table, network=network, platform=platform, quantity=quantity).itertuples())


def _mean(table: pd.DataFrame, network: str, platform: str, quantity: str) -> float:
    return _row(table, network, platform, quantity).ours_mean


def _percent(row: Any) -> str:
    deviation = "" if pd.isna(row.ours_sd) else f" ± {row.ours_sd:.1f}"
    return f"{row.ours_mean:.1f}{deviation} % ({row.ours_low:.1f} to {row.ours_high:.1f})"


def _compare(tables: Tables, of: str, against: str, platform: str = "pytorch") -> Difference:
    """Return how a network on a platform differs in accuracy from another's, or its own, floats."""
    return find_difference(tables["comparisons"], (of, platform), (against, "pytorch"))


def _saving(before: float, after: float) -> str:
    return f"{100 * (1 - after / before):.0f} % less" if after <= before else f"{100 * (after / before - 1):.0f} % more"


def _save(before: Any, after: Any) -> str:
    """Say what an estimate saves on another, where the difference is more than seeds and models leave open.

    That is the root of the squared deviations over seeds and errors of the models, both estimates' together.
    """
    parts = [part for row in (before, after) for part in (row.ours_sd, row.ours_mean * row.model_error_pct / 100)]
    if abs(before.ours_mean - after.ours_mean) <= np.sqrt(np.nansum(np.square(parts))):
        return "no difference that the estimate can tell"
    return _saving(before.ours_mean, after.ours_mean)


def _save_published(before: Any, after: Any) -> str:
    """Say in brackets what the paper's cells save, where both estimates are on lines fitted to these."""
    rows = (before, after)
    if any(row.how != "calibrated" or pd.isna(row.published) for row in rows):
        return ""
    return f" [paper: {_saving(*(row.published for row in rows))}]"


def _beside(row: Any, other: Any, unit: str) -> str:
    """Say what an estimate is, against which other, and what it saves."""
    return f"{measured_cell(row).ours} against {measured_cell(other).ours} {unit}, {_save(other, row)}"


def describe_data(dataset: str, seeds: int, card: Mapping[str, Any]) -> str:
    """Say which data the numbers belong to."""
    name = dataset.replace("_", " ")
    voices = "" if card.get("voices") is None else f" by {card['voices']} voices"
    text = (
        f"Data: {name}, {card['samples']:,} samples{voices}, {card['spikes_per_sample']:,.0f} spikes a "
        f"sample; {seeds} seed{'s' * (seeds > 1)} a network. In parentheses behind an accuracy: the 95 % interval by "
        "the number of test samples alone."
    )
    return text if dataset == "shd" else f"{text} The paper's numbers, in brackets, are on SHD."


def answer_scdq(tables: Tables, network: str) -> str:
    """Answer "What does SCDQ save?" from both estimates of Table III and from the paper's own cells."""
    best, counted = preferred(tables["energy"]), select(tables["energy"], how="counted")

    def compare(table: pd.DataFrame, quantity: str, unit: str) -> str:
        software, hardware = (_row(table, network, f"seneca_{queue}", quantity) for queue in ("software", "scdq"))
        return _beside(hardware, software, unit) + _save_published(software, hardware)

    fitted = _row(best, network, "seneca_scdq", "energy").how == "calibrated"
    how = "lines fitted to the paper's Table III" if fitted else "constants alone"
    text = (
        f"What does SCDQ save? Against a queue in software on the same chip, network {network} takes "
        f"{compare(best, 'energy', 'µJ')}, and {compare(best, 'latency', 'ms')}; the queue itself takes "
        f"{measured_cell(_row(best, network, 'seneca_scdq', 'delay_ip_energy')).ours} µJ (estimates by {how})."
    )
    if not fitted:
        return text
    return f"{text} Counted from published constants alone, with nothing fitted: {compare(counted, 'energy', 'µJ')}."


def answer_delays(tables: Tables, networks: Mapping[str, str]) -> str:
    """Say what delays are worth: accuracy of a network with learned ones beside every control there is."""

    def describe(name: str) -> str:
        return f"{_mean(tables['models'], name, 'pytorch', 'parameters'):,.0f} weights"

    shown = networks["shown"]
    row = _row(tables["models"], shown, "pytorch", "accuracy")
    published = "" if pd.isna(row.published) else f" [paper: {row.published:.0f} %]"
    text = (
        f"What are learned delays worth? Network {shown} ({describe(shown)}) is right on {_percent(row)} of the test "
        f"samples{published}."
    )
    for part, wording in _CONTROLS.items():
        if part in networks:
            name = networks[part]
            accuracy = _percent(_row(tables["models"], name, "pytorch", "accuracy"))
            text += (
                f" {wording} ({name}, {describe(name)}): {accuracy}; "
                f"{shown} beside it: {_compare(tables, shown, name)}."
            )
    return text


def answer_memory(tables: Tables, networks: Mapping[str, str]) -> str:
    """Answer "Are delays cheaper than recurrence?" from what both would take on either chip."""
    shown, costs = networks["shown"], tables["baseline_costs"]
    best, counted = preferred(costs), select(costs, how="counted")

    def compare(other: str, platform: str) -> str:
        delayed, recalled = (_row(best, name, platform, "energy") for name in (shown, other))
        text = _beside(delayed, recalled, "µJ")
        if delayed.how == "counted":
            return text
        return f"{text} (counted: {_save(*(_row(counted, name, platform, 'energy') for name in (other, shown)))})"

    text = "Are delays cheaper than recurrence?"
    chips = select(costs, network=shown)["platform"].unique()
    for part, wording in (("recurrent", "recurrent"), ("wider", "no delays")):
        if part in networks:
            other = networks[part]
            found = "; ".join(f"{label_of(name)}: {compare(other, name)}" for name in chips)
            text += f" Network {shown} beside {other} ({wording}): {found}."
    return text


def answer_chips(tables: Tables, network: str) -> str:
    """Say how faithful each deployment is."""
    found = set(select(tables["fidelity"], network=network)["platform"]) - {REFERENCE}
    sentences = []
    for chip in (name for name in registered() if name in found):
        accuracy, agreement = (_row(tables["fidelity"], network, chip, key) for key in ("accuracy", "agreement"))
        sentences.append(
            f"On {label_of(chip)} network {network} is right on {_percent(accuracy)}; beside its floats: "
            f"{_compare(tables, network, network, chip)}. It makes the same decision on {_percent(agreement)} of "
            "the samples."
        )
    text = " ".join(sentences)
    if "equality" not in tables:
        return text
    lava = tables["equality"][tables["equality"]["comparison"].str.startswith("lava")]
    if lava.empty:
        return text
    return (
        f"{text} Of {lava['spikes'].sum():,} spikes of all networks in Lava ({', '.join(sorted(set(lava['platform'])))}"
        f"), {lava['differences'].sum():,} differ from our integer reference."
    )


def answer_axonal(tables: Tables, synaptic: str, axonal: str) -> str:
    """Say what it brings to prune whole delayed axons instead of synapses, ours beside the paper's, and why."""
    names, energy = (synaptic, axonal), preferred(tables["energy"])

    def save(quantity: str) -> str:
        rows = [_row(energy, name, "seneca_scdq", quantity) for name in names]
        outside = " (outside of its fit)" if any(row.outside_fit for row in rows) else ""
        return f"{_save(*rows)}{outside}{_save_published(*rows)}"

    def change(quantity: str, digits: int = 1) -> str:
        before, after = (_mean(tables["queues"], name, "seneca_scdq", quantity) for name in names)
        return f"{after:,.{digits}f} instead of {before:,.{digits}f}"

    before, after = (_row(tables["models"], name, "pytorch", "accuracy") for name in names)
    published = "" if pd.isna([before.published, after.published]).any() else f" [paper: {after.published:.0f} instead "
    published += f"of {before.published:.0f} %]" if published else ""
    return (
        f"Pruning whole axons (network {axonal}) instead of synapses: energy {save('energy')}, in the queue "
        f"{save('delay_ip_energy')}; accuracy {_percent(after)} instead of {_percent(before)}{published}: "
        f"{_compare(tables, axonal, synaptic)}. Why: an axon has {change('useful_delays')} useful delays, so "
        f"{change('deliveries', 0)} events are delivered; but its last one comes after {change('last_useful_delay')} "
        f"time steps, and until then, or the sample's end, an event stays in the queue: {change('steps_in_queue')} "
        f"time steps. {_asked(tables)}"
    ).rstrip()


def _asked(tables: Tables) -> str:
    """Say what the paper's own cells of its axonally pruned network ask for, which contradict each other."""
    rows = select(tables["operations"], network="48ax (paper)").set_index("quantity")["from_published"]
    if rows.empty:
        return ""
    energy, latency = (rows[f"operations_asked_by_{quantity}"] / 1e3 for quantity in ("energy", "latency"))
    return (
        "What the paper prints for its own 48ax contradicts itself: on the lines through its other networks, the "
        f"energy asks for {energy:,.0f} thousand operations, the latency for {latency:,.0f} thousand, the input "
        "layer included."
    )


def answer_bits(tables: Tables, network: str) -> str:
    """Say what fewer bits a weight cost."""
    rows = select(tables["quantisation"], network=network).dropna(subset="bits")
    shares = (f"{row.bits} bits {row.ours_mean:.1f} %" for row in rows.itertuples())
    return f"Accuracy of network {network} over the bits of a weight: {', '.join(shares)}."


def answer(tables: Tables, dataset: str, card: Mapping[str, Any], networks: Mapping[str, str]) -> list[str]:
    """Return the first screen's sentences.

    Args:
        tables: those of the report by name, as written; what some of them would answer is left out where they are not
            there.
        dataset: the data set's name.
        card: the data set's card.
        networks: which network plays which part: ``shown``, and where the configuration has them ``axonal``
            (pruned by axons), ``random`` (delays drawn at random), ``recurrent`` (instead of delayed), ``wider`` and
            ``baseline`` (no delays; of another width, and of the same).
    """
    shown = networks["shown"]
    energy = select(tables["energy"], network=shown)["platform"] if "energy" in tables else ()
    queues = {"seneca_scdq", "seneca_software"} <= {*energy}
    sentences = [
        describe_data(dataset, int(tables["models"]["seeds"].max()), card),
        *([answer_scdq(tables, shown)] if queues else []),
        answer_delays(tables, networks),
    ]
    if "recurrent" in networks and "baseline_costs" in tables and shown in set(tables["baseline_costs"]["network"]):
        sentences.append(answer_memory(tables, networks))
    sentences.append(answer_chips(tables, shown))
    if "axonal" in networks and "queues" in tables and queues:
        sentences.append(answer_axonal(tables, shown, networks["axonal"]))
    if select(tables["quantisation"], network=shown)["bits"].notna().any():
        sentences.append(answer_bits(tables, shown))
    return sentences
