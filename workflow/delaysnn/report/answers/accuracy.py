"""Answers on accuracy: what delays are worth, how faithful chips are, how few bits suffice, which network fits."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from delaysnn.platforms import REFERENCE, registered
from delaysnn.report.answers.parts import Answer, Tables, compare, mean_of, percent, row_of
from delaysnn.report.claims import NONE_DETECTED
from delaysnn.report.style import label_of
from delaysnn.report.tidy import select

# What network 48 is measured against, the most alike first: in a sentence, and in a word or two.
_CONTROLS = {
    "random": ("With delays drawn at random instead of learned", "random delays"),
    "recurrent": ("Recurrent instead of delayed", "recurrent"),
    "wider": ("Without delays, of another width", "no delays"),
    "baseline": ("Without delays, equally wide", "no delays"),
}
# The one that the question names.
_BUDGET_KB = 64
_NONE = "No network of this run is that small."


def answer_delays(tables: Tables, networks: Mapping[str, str]) -> Answer:
    """Answer what delays are worth: the accuracy of a network with learned delays beside every control of the run."""

    def describe(name: str) -> str:
        return f"{mean_of(tables['models'], name, 'pytorch', 'parameters'):,.0f} weights"

    shown = networks["shown"]
    row = row_of(tables["models"], shown, "pytorch", "accuracy")
    published = "" if pd.isna(row.published) else f" [paper: {row.published:.0f} %]"
    text = f"Accuracy of network {shown} ({describe(shown)}) on the test samples: {percent(row)}{published}."
    verdicts: dict[str, list[str]] = {}
    for part, (wording, short_wording) in _CONTROLS.items():
        if part in networks:
            name = networks[part]
            accuracy = percent(row_of(tables["models"], name, "pytorch", "accuracy"))
            difference = compare(tables, shown, name)
            text += f" {wording} ({name}, {describe(name)}): {accuracy}; {shown} against it: {difference}."
            found = difference.verdict
            points = "" if found == NONE_DETECTED else f" by {abs(difference.mean):.1f} points"
            verdicts.setdefault(found, []).append(f"{name} ({short_wording}){points}")
    said = [f"{verdict} than {', '.join(names)}" for verdict, names in verdicts.items() if verdict != NONE_DETECTED]
    if NONE_DETECTED in verdicts:
        said.append(f"no difference detected from {', '.join(verdicts[NONE_DETECTED])}")
    short = f"Accuracy of network {shown}: {row.ours_mean:.1f} %" + "".join(f"; {each}" for each in said) + "."
    return Answer("What are learned delays worth?", short, text)


def answer_chips(tables: Tables, network: str) -> Answer:
    """Answer how faithful each deployment is."""
    found = set(select(tables["fidelity"], network=network)["platform"]) - {REFERENCE}
    sentences, short = [], []
    for chip in (name for name in registered() if name in found):
        accuracy, agreement = (row_of(tables["fidelity"], network, chip, key) for key in ("accuracy", "agreement"))
        difference = compare(tables, network, network, chip)
        sentences.append(
            f"Accuracy of network {network} on {label_of(chip)}: {percent(accuracy)}; against the float network: "
            f"{difference}. Both decide alike on {percent(agreement)} of the samples."
        )
        short.append(f"{label_of(chip)}: the same decision on {agreement.ours_mean:.1f} % of the samples.")
    lava = _in_lava(tables)
    if lava is not None:
        spikes, differing, where = lava
        sentences.append(
            f"Of {spikes:,} spikes of all networks in Lava ({where}), {differing:,} differ from our integer reference."
        )
        short.append(f"In Lava {differing:,} of {spikes:,} spikes differ.")
    return Answer("Do chips decide as the float network does?", " ".join(short), " ".join(sentences))


def _in_lava(tables: Tables) -> tuple[int, int, str] | None:
    """Return how many spikes were compared in Lava, how many differ, and what Lava ran on."""
    if "equality" not in tables:
        return None
    lava = tables["equality"][tables["equality"]["comparison"].str.startswith("lava")]
    if lava.empty:
        return None
    return int(lava["spikes"].sum()), int(lava["differences"].sum()), ", ".join(sorted(set(lava["platform"])))


def answer_bits(tables: Tables, network: str) -> Answer:
    """Answer how accuracy changes with the bits of a weight."""
    rows = select(tables["quantisation"], network=network).dropna(subset="bits")
    found = {
        label_of(platform): ", ".join(f"{row.bits} bits {row.ours_mean:.1f} %" for row in own.itertuples())
        for platform, own in rows.groupby("platform", sort=False)
    }
    shares = "; ".join(f"on {platform} {shares}" for platform, shares in found.items())
    text = f"Accuracy of network {network} over the bits of a weight, {shares}."
    return Answer("How many bits does a weight need?", f"Network {network} {shares}.", text)


def answer_budget(tables: Tables) -> Answer:
    """Answer which network to take within a memory of weights: the best in validation that fits."""
    question = f"Which network for {_BUDGET_KB} kB of weights?"
    best = {int(row.budget_kb): row for row in tables["budgets"].itertuples()}
    if not best:
        return Answer(question, _NONE, f"{_NONE} `snakemake frontier` searches for such.")
    shown = "; ".join(
        f"{budget} kB: {_choice(row)}, {percent(row)} on {label_of(row.platform)}" for budget, row in best.items()
    )
    row = best.get(_BUDGET_KB)
    short = _NONE
    if row is not None:
        reached = f"{row.ours_mean:.1f} % of the test samples, with {row.memory_kb:.1f} kB"
        short = f"Best in validation is network {_choice(row)}: {reached}."
    text = (
        "For each memory, the network with the best validation accuracy whose weights fit, counted after pruning and "
        f"without indices, and its accuracy on the test samples: {shown}. Validation and test may have other speakers, "
        "so their accuracies differ. What a chip takes in all is in tables energy and mapping. `snakemake frontier` "
        "searches many more networks."
    )
    return Answer(question, short, text)


def _choice(row: Any) -> str:
    return f"{row.network} with {row.bits} bits a weight"
