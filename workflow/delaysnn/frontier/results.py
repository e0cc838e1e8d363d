"""What the search found: the last round and each budget's winner, and an overlay that trains and deploys a winner."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
import yaml

from delaysnn.core.errors import InputError
from delaysnn.core.metrics import Metrics
from delaysnn.core.widths import show
from delaysnn.frontier.budgets import Quantity, read_budget
from delaysnn.frontier.space import network_of
from delaysnn.platforms import registered
from delaysnn.settings.configuration import settle


def summarise(
    validation: Iterable[Metrics],
    test: Iterable[Metrics],
    best: Mapping[str, Mapping[str, str | None]],
    energies: Iterable[Metrics] = (),
) -> dict[str, Any]:
    """Return the last round by its candidates' names, and the names of the winners.

    Args:
        validation: of every candidate of the last round and every seed.
        test: of every winner and every seed.
        best: as :func:`delaysnn.frontier.halving.winners` returns it.
        energies: of every candidate of the last round and every seed, where energies have budgets; without a cell
            where no chip runs the network.

    Returns:
        ``candidates``: settings, memory in kB, and accuracies in percent, one a seed, on validation samples and, of
        winners, on test samples, of which ``samples`` says how many; where energies have budgets, ``energy_uj``, one a
        seed, and ``energy_by``, what they were counted for, of those that a chip runs; winners by the keys of
        ``best``; ``dataset``.
    """
    found: dict[str, dict[str, Any]] = {}
    datasets: set[str] = set()
    for m in validation:
        own = found.setdefault(m.network, {**m.details, "validation": [], "test": [], "samples": None})
        own["validation"].append(m.cells[0].value)
        datasets.add(m.dataset)
    for m in test:
        found[m.network]["test"].append(m.cells[0].value)
        found[m.network]["samples"] = m.cells[0].samples
        datasets.add(m.dataset)
    for m in energies:
        for cell in m.cells:
            found[m.network].setdefault("energy_uj", []).append(cell.value)
            found[m.network]["energy_by"] = cell.platform
    (dataset,) = datasets
    return {"candidates": found, **{key: dict(own) for key, own in best.items()}, "dataset": dataset}


def write_overlay(frontier: Mapping[str, Any], name: str, config: Mapping[str, Any], root: Path) -> str:
    """Return, as YAML, an overlay whose one network is the winner within a budget.

    It runs on those of the configured platforms that take its neurons. A winner that none runs stands beside the
    network that figures of a single one show, since the pipeline needs one to deploy. Where the pipeline does not take
    the overlay, such as for a chip that is too small, a comment says why.

    Args:
        frontier: as :func:`summarise` returns it.
        name: of the budget, such as 22kB or 10uJ.
        config: that the overlay lies over.
        root: the repository.

    Raises:
        InputError: no network is within the budget.
    """
    quantity, budget = read_budget(name)
    winner, below = _winner(frontier, quantity, budget), settle(config, root)
    settings = winner["settings"]
    network = network_of(settings)
    mixed = isinstance(settings["bits"], list)
    if mixed:
        network = network.model_copy(update={"bits": settings["bits"]})
    chips = [name for name in below.platforms if network.deployed and registered()[name].takes([network.neuron])]
    shown = "best" if chips else below.shown
    best = network.model_dump()
    if network.takes_levels:
        own = {"delays": _delays(settings, below.delays.sweep)}
    else:
        own, best["keep"] = {}, settings["keep"] if network.keeps else None
    left_out = dict.fromkeys(name for name in below.networks if name not in ("best", shown))
    overlay: dict[str, Any] = {
        "networks": {**left_out, "best": best},
        "report": {"show": shown},
        **own,
    }
    if chips:
        # A platform must have a network to run.
        overlay["platforms"] = chips
    if chips and not mixed:
        overlay["quantisation"] = {
            "bits": sorted({*below.quantisation.bits, settings["bits"]}),
            "deployed": settings["bits"],
        }
    energy = f", {mean(winner['energy_uj']):.3g} uJ by {winner['energy_by']}" if "energy_by" in winner else ""
    said = [
        f"The most accurate network that was found within {budget} {quantity.unit} on {frontier['dataset']}: "
        f"{winner['memory_kb']:.3g} kB with {show(settings['bits'])} bits a weight{energy}, "
        f"{mean(winner['validation']):.1f} % in validation."
    ]
    if not chips:
        said.append(f"No chip runs it here, so it is trained and scored beside network {shown}, which is deployed.")
    try:
        settle({**config, **{key: _merge(config[key], value) for key, value in overlay.items()}}, root)
    except InputError as error:
        said.append(f"As configured, the pipeline does not take it. {error}")
    text = yaml.safe_dump(overlay, sort_keys=False, default_flow_style=None, width=120)
    return "".join(f"# {line}\n" for line in said) + text


def _winner(frontier: Mapping[str, Any], quantity: Quantity, budget: str) -> dict[str, Any]:
    """Return the best candidate within a budget."""
    candidates, name = frontier["candidates"], frontier[quantity.key][budget]
    if name:
        return candidates[name]
    # A network's memory is one number, its energy one a seed.
    known = [np.mean(each[quantity.taken]) for each in candidates.values() if quantity.taken in each]
    least = f"the least takes {min(known):.3g} {quantity.unit}" if known else "that chip runs none of them"
    raise InputError(
        f"Configuration: frontier.{quantity.key} has {budget}, but no network of the search's last round is within "
        f"that: {least}. Write a larger one, or other networks in frontier.space."
    )


def _merge(below: Any, above: Any) -> Any:
    """Return what Snakemake makes of two values of a section."""
    return {**below, **above} if isinstance(above, Mapping) else above


def _delays(settings: Mapping[str, Any], sweep: Sequence[int]) -> dict[str, Any]:
    """Return the section ``delays``: of the numbers of levels to sweep those that these delays allow, one at least."""
    levels, keep = len(range(0, settings["max"], settings["stride"])), settings["keep"]
    others = [count for count in sweep if count <= levels and count != keep] or [levels if keep < levels else 1]
    return {key: settings[key] for key in ("max", "stride", "keep")} | {"sweep": others}
