"""What each rule is called in words, and how long it takes with config/quick.yaml."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from delaysnn.core.step_name import describe_wildcards, rule_of_one


class Step(NamedTuple):
    """A rule in words, its seconds on one core with config/quick.yaml, and whether these grow with data and epochs."""

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
    "quantise_layers": Step("quantising each layer to its own width", 10, trains=True),
    "sweep_levels": Step("sweeping delay levels", 15, trains=True),
    "control_levels": Step("training controls of delay levels", 45, trains=True),
    "train_fold": Step("training a fold", 30, trains=True),
    "evaluate_network": Step("testing", 2.5),
    "validate_widths": Step("scoring widths of weights in validation", 4),
    "import_network": Step("importing", 2),
    "run_platform": Step("running with a chip's arithmetic", 1.5),
    "run_quantised": Step("running with a chip's arithmetic", 1.5),
    "run_queues": Step("simulating delay queues", 3.5),
    "simulate_rtl": Step("simulating the delay queue's Verilog", 100),
    "measure_area": Step("synthesising delay queues", 26),
    "place_engine": Step("placing and routing an engine", 130),
    "measure_engine": Step("synthesising engines", 6),
    "simulate_engine": Step("simulating the engine's Verilog", 100),
    "toggle_engine": Step("simulating an engine's gates", 90),
    "build_lava": Step("setting up Lava", 40),
    "deploy_loihi": Step("comparing spikes with Lava", 5),
    "deploy_loihi2": Step("comparing spikes with Lava", 5),
    "sweep_loihi": Step("sweeping levels and bits on Loihi", 4),
    "train_candidate": Step("training a candidate", 17, trains=True),
}
# For any other rule.
_SECONDS = 1.0
# A step that takes less is counted, but has no line.
_LEAST_S = 3.0
_ROOMS = {"table_": "tables", "figure_": "figures"}


def step_of(rule: str) -> Step:
    """Return a rule's words and seconds; a rule that is not in ``STEPS`` is called by its name."""
    name = rule_of_one(rule)
    return STEPS.get(name, Step(name.replace("_", " "), _SECONDS))


def matters(rule: str) -> bool:
    """Return whether a step has a line of its own."""
    return step_of(rule).seconds >= _LEAST_S


def name_step(rule: str, wildcards: Mapping[str, str], outputs: Iterable[str] = ()) -> str:
    """Return what a step does and with what, such as ``training a fold: network tiny, fold 0, seeds 1 and 2``.

    Args:
        rule: of the step.
        wildcards: of the step, by key.
        outputs: files that the step makes; where several seeds share it, only these name them.
    """
    seeds = {int(seed) for file in outputs if "network" in wildcards for seed in re.findall(r"/seed(\d+)/", file)}
    told = describe_wildcards(wildcards, sorted(seeds))
    return ": ".join(filter(None, [step_of(rule).words, told]))


def span(seconds: float) -> str:
    """Write a time as people say it."""
    if seconds < 90:
        return f"{max(5, 5 * round(seconds / 5))} seconds"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} minutes"
    return f"{seconds / 3600:.0f} hours" if seconds > 10 * 3600 else f"{seconds / 3600:.1f} hours"
