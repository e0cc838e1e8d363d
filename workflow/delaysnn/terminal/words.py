"""What each rule is called, and what it took in the first look (config/quick.yaml)."""

import re
from collections.abc import Mapping
from typing import NamedTuple


class Step(NamedTuple):
    """A rule in words, its seconds on one core in the first look, and whether they grow with what is trained on."""

    words: str
    seconds: float
    trains: bool = False


STEPS = {
    "fetch_data": Step("getting the data", 40),
    "bin_spikes": Step("binning spikes", 2),
    "data_card": Step("measuring baselines of the data", 20, trains=True),
    "train_network": Step("training", 17, trains=True),
    "prune_delays": Step("pruning", 9, trains=True),
    "quantise_network": Step("quantising", 10, trains=True),
    "quantise_layers": Step("quantising by layers", 10, trains=True),
    "sweep_levels": Step("sweeping delay levels", 15, trains=True),
    "control_levels": Step("training controls of delay levels", 45, trains=True),
    "train_fold": Step("training a fold", 30, trains=True),
    "evaluate_network": Step("testing", 2.5),
    "import_network": Step("importing", 2),
    "run_platform": Step("running on a chip's arithmetic", 1.5),
    "run_quantised": Step("running on a chip's arithmetic", 1.5),
    "run_queues": Step("playing spikes through delay queues", 3.5),
    "simulate_rtl": Step("simulating the delay queue's Verilog", 100),
    "measure_area": Step("synthesising delay queues", 26),
    "place_engine": Step("placing and routing an engine", 130),
    "measure_engine": Step("synthesising engines", 6),
    "simulate_engine": Step("simulating the engine's Verilog", 100),
    "toggle_engine": Step("simulating an engine's gates", 90),
    "build_lava": Step("setting Lava up", 40),
    "deploy_loihi": Step("repeating spikes in Lava", 5),
    "deploy_loihi2": Step("repeating spikes in Lava", 5),
    "sweep_loihi": Step("sweeping levels and bits on Loihi", 4),
    "train_candidate": Step("training a candidate", 17, trains=True),
}
# Of any other rule.
_SECONDS = 1.0
# What takes less is counted and not named.
_LEAST_S = 3.0
_ROOMS = {"table_": "tables", "figure_": "figures"}


def step_of(rule: str) -> Step:
    """Return what a rule is called and takes; one that nobody has described is called as it is."""
    name = re.sub(r"_together\d+$", "", rule)
    return STEPS.get(name, Step(name.replace("_", " "), _SECONDS))


def matters(rule: str) -> bool:
    """Say whether a step has a line of its own."""
    return step_of(rule).seconds >= _LEAST_S


def name_step(rule: str, wildcards: Mapping[str, str]) -> str:
    """Return a step with its network and seed, and what else tells it from others of its rule."""
    others = dict(wildcards)
    network, seed = others.pop("network", None), others.pop("seed", None)
    parts = [f"network {network}" if network else "", f"seed {seed}" if seed else ""]
    parts += [f"{key} {value}" for key, value in others.items()]
    told = ", ".join(filter(None, parts))
    return f"{step_of(rule).words} {told}".rstrip()


def span(seconds: float) -> str:
    """Write a time as people say it."""
    if seconds < 90:
        return f"{max(5, 5 * round(seconds / 5))} seconds"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} minutes"
    return f"{seconds / 3600:.0f} hours" if seconds > 10 * 3600 else f"{seconds / 3600:.1f} hours"
