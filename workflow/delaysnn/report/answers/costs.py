"""Answers on what networks cost: SCDQ beside a queue in software, delays beside recurrence, whole axons pruned."""

from collections.abc import Mapping

import pandas as pd

from delaysnn.report.answers.parts import (
    Answer,
    Tables,
    beside,
    compare,
    mean_of,
    percent,
    row_of,
    save,
    save_published,
)
from delaysnn.report.estimates import preferred
from delaysnn.report.style import label_of
from delaysnn.report.tidy import select
from delaysnn.report.wide import measured_cell

_QUEUES = ("software", "scdq")


def answer_scdq(tables: Tables, network: str) -> Answer:
    """Answer what SCDQ saves, from both estimates of Table III and from the paper's own cells."""
    best, counted = preferred(tables["energy"]), select(tables["energy"], how="counted")

    def both(table: pd.DataFrame, quantity: str) -> list:
        return [row_of(table, network, f"seneca_{queue}", quantity) for queue in _QUEUES]

    def say(table: pd.DataFrame, quantity: str, unit: str) -> str:
        software, hardware = both(table, quantity)
        return beside(hardware, software, unit) + save_published(software, hardware)

    fitted = row_of(best, network, "seneca_scdq", "energy").how == "calibrated"
    how = "lines fitted to the paper's Table III" if fitted else "constants alone"
    short = f"Energy: {save(*both(best, 'energy'))}. Latency: {save(*both(best, 'latency'))}. Estimated by {how}."
    text = (
        f"On the same chip, network {network} takes "
        f"{say(best, 'energy', 'µJ')}, and {say(best, 'latency', 'ms')}; the queue itself takes "
        f"{measured_cell(row_of(best, network, 'seneca_scdq', 'delay_ip_energy')).ours} µJ (estimated by {how})."
    )
    if fitted:
        short += f" Energy counted from constants alone: {save(*both(counted, 'energy'))}."
        text += f" Counted from published constants alone, with nothing fitted: {say(counted, 'energy', 'µJ')}."
    return Answer("What does SCDQ save, compared with a queue in software?", short, text)


def answer_memory(tables: Tables, networks: Mapping[str, str]) -> Answer:
    """Answer "Are delays better or cheaper than recurrence?" from accuracies, and from what both take on each chip."""
    shown, recurrent, costs = networks["shown"], networks["recurrent"], tables["baseline_costs"]
    best, counted = preferred(costs), select(costs, how="counted")

    def both(table: pd.DataFrame, other: str, platform: str) -> list:
        return [row_of(table, name, platform, "energy") for name in (other, shown)]

    def say(other: str, platform: str) -> str:
        recalled, delayed = both(best, other, platform)
        text = beside(delayed, recalled, "µJ")
        return text if delayed.how == "counted" else f"{text} (counted: {save(*both(counted, other, platform))})"

    chips = list(select(costs, network=shown)["platform"].unique())
    found = {label_of(name): save(*both(best, recurrent, name)) for name in chips}
    accuracy = compare(tables, shown, recurrent)
    energy = "; ".join(f"{name}: {what}" for name, what in found.items())
    short = f"Accuracy: {accuracy}. Energy, estimated: {energy}."
    text = ""
    for part, wording in (("recurrent", "recurrent"), ("wider", "no delays")):
        if part in networks:
            other = networks[part]
            said = "; ".join(f"{label_of(name)}: {say(other, name)}" for name in chips)
            text += f" Network {shown} against {other} ({wording}): {said}."
    return Answer("Are delays better or cheaper than recurrence?", short, text.strip())


def answer_axonal(tables: Tables, synaptic: str, axonal: str) -> Answer:
    """Answer what pruning whole delayed axons instead of synapses saves, ours beside the paper's, and why."""
    names, energy = (synaptic, axonal), preferred(tables["energy"])

    def both(quantity: str) -> list:
        return [row_of(energy, name, "seneca_scdq", quantity) for name in names]

    def say(quantity: str) -> str:
        rows = both(quantity)
        outside = " (outside of its fit)" if any(row.outside_fit for row in rows) else ""
        return f"{save(*rows)}{outside}{save_published(*rows)}"

    def change(quantity: str, digits: int = 1) -> str:
        before, after = (mean_of(tables["queues"], name, "seneca_scdq", quantity) for name in names)
        return f"{after:,.{digits}f} instead of {before:,.{digits}f}"

    before, after = (row_of(tables["models"], name, "pytorch", "accuracy") for name in names)
    published = "" if pd.isna([before.published, after.published]).any() else f" [paper: {after.published:.0f} instead "
    published += f"of {before.published:.0f} %]" if published else ""
    difference = compare(tables, axonal, synaptic)
    text = (
        f"Pruning whole axons (network {axonal}) instead of synapses: energy {say('energy')}, in the queue "
        f"{say('delay_ip_energy')}; accuracy {percent(after)} instead of {percent(before)}{published}: "
        f"{difference}. Why: an axon has {change('useful_delays')} useful delays, so "
        f"{change('deliveries', 0)} events are delivered. But its last useful delay is {change('last_useful_delay')} "
        "time steps. An event stays in the queue until then, or until the sample ends: "
        f"{change('steps_in_queue')} time steps. {_asked(tables)}"
    ).rstrip()
    short = f"Energy on Seneca: {save(*both('energy'))}. Accuracy: {difference}."
    return Answer("What does pruning whole axons save?", short, text)


def _asked(tables: Tables) -> str:
    """Say that the paper's own cells of its axonally pruned network contradict each other."""
    rows = select(tables["operations"], network="48ax (paper)").set_index("quantity")["from_published"]
    if rows.empty:
        return ""
    energy, latency = (rows[f"operations_asked_by_{quantity}"] / 1e3 for quantity in ("energy", "latency"))
    return (
        "The paper's values of its own 48ax contradict each other: on the lines through its other networks, the "
        f"energy corresponds to {energy:,.0f} thousand operations, the latency to {latency:,.0f} thousand, the input "
        "layer included."
    )
