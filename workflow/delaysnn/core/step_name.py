"""The subject of a job in words: its network, its other wildcards, and its seeds."""

import re
from collections.abc import Iterable, Mapping


def rule_of_one(rule: str) -> str:
    """Return the rule for one seed of a rule that trains several together, such as ``train_fold_together0``."""
    return re.sub(r"_together\d+$", "", rule)


def describe_wildcards(wildcards: Mapping[str, str], seeds: Iterable[int] = ()) -> str:
    """Return wildcards with their keys, such as ``network tiny, fold 0, seeds 1 and 2``.

    Args:
        wildcards: of a job, by key.
        seeds: of a job that has several and no wildcard for them.
    """
    others = dict(wildcards)
    network, seed = others.pop("network", None), others.pop("seed", None)
    *most, last = [seed] if seed else [str(each) for each in seeds] or [""]
    of_seeds = f"seeds {', '.join(most)} and {last}" if most else f"seed {last}" if last else ""
    parts = [f"network {network}" if network else "", *(f"{key} {value}" for key, value in others.items()), of_seeds]
    return ", ".join(filter(None, parts))
