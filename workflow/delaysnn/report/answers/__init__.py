"""The report's first screen: which data were used, and answers to questions, made from the tables."""

from collections.abc import Mapping
from typing import Any

from delaysnn.report.answers.accuracy import answer_bits, answer_budget, answer_chips, answer_delays
from delaysnn.report.answers.costs import answer_axonal, answer_memory, answer_scdq
from delaysnn.report.answers.parts import Answer, Tables
from delaysnn.report.tidy import select

_OWN = Answer(
    "How do I bring my own?",
    "Name your network, data or chip's constants in an overlay of the configuration.",
    "An overlay is a small YAML file. `snakemake --configfile yours.yaml` makes every table and figure with it. "
    "docs/own-network.md explains it for a network of another tool, docs/own-data.md for events and recordings, and "
    "docs/extending.md for a chip, its constants, a delay queue or a figure.",
)


def describe_data(dataset: str, seeds: int, card: Mapping[str, Any]) -> str:
    """Return which data the numbers belong to, in words."""
    name = dataset.replace("_", " ")
    voices = "" if card.get("voices") is None else f" by {card['voices']} voices"
    text = (
        f"Data: {name}, {card['samples']:,} samples{voices}, {card['spikes_per_sample']:,.0f} spikes a "
        f"sample; {seeds} seed{'s' * (seeds > 1)} for each network. In parentheses behind an accuracy: the 95 % "
        "interval by the number of test samples alone."
    )
    return text if dataset == "shd" else f"{text} The paper's numbers, in brackets, are on SHD."


def answer(tables: Tables, networks: Mapping[str, str]) -> list[Answer]:
    """Return the first screen's answers.

    Args:
        tables: those of the report by name, as written; what some of them would answer is left out where they are not
            there.
        networks: which network plays which part: ``shown``, and where the configuration has them ``axonal``
            (pruned by axons), ``random`` (delays drawn at random), ``recurrent`` (instead of delayed), ``wider`` and
            ``baseline`` (no delays; of another width, and of the same).
    """
    shown = networks["shown"]
    energy = select(tables["energy"], network=shown)["platform"] if "energy" in tables else ()
    queues = {"seneca_scdq", "seneca_software"} <= {*energy}
    answers = [*([answer_scdq(tables, shown)] if queues else []), answer_delays(tables, networks)]
    if "recurrent" in networks and "baseline_costs" in tables and shown in set(tables["baseline_costs"]["network"]):
        answers.append(answer_memory(tables, networks))
    if "budgets" in tables:
        answers.append(answer_budget(tables))
    answers.append(answer_chips(tables, shown))
    if select(tables["quantisation"], network=shown)["bits"].notna().any():
        answers.append(answer_bits(tables, shown))
    if "axonal" in networks and "queues" in tables and queues:
        answers.append(answer_axonal(tables, shown, networks["axonal"]))
    return [*answers, _OWN]
