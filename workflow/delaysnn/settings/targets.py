"""What can be asked for, said where something else was asked for."""

import os
import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

# Folders below results/ that have one for each data set, and those that have one for each network in there.
_BY_DATASET = ("data", "models", "traces", "metrics")
_BY_NETWORK = _BY_DATASET[1:]


def explain_target(
    target: str, rules: Sequence[str], files: Sequence[str], dataset: str, networks: Sequence[str]
) -> str:
    """Return in a sentence or two why nothing makes a target, and what there is in its place.

    Args:
        target: a file, from the working folder, that no rule makes; or a name that is no rule's.
        rules: those that can be asked for by name.
        files: what rules make, with wildcards in braces.
        dataset: name of the configuration's data set.
        networks: names of its networks.
    """
    made = [PurePosixPath(re.sub(r"\{(\w+),[^}]*\}", r"{\1}", file)) for file in files]
    parts = PurePosixPath(target).parts
    if not parts:
        return f"The working folder is not a target. Targets are {', '.join(rules)}, or a file."
    if parts[0] != "results" or len(parts) < 2:
        return (
            f"There is no target {target}{_nearest(target, rules)}. Targets are {', '.join(rules)}, or a file that is "
            "named from the working folder, such as results/tables/energy.csv."
        )
    if parts[1] in _BY_DATASET and len(parts) > 3 and parts[2] != dataset:
        return (
            f"{target}: there is no data set {parts[2]} in this configuration, whose data set is {dataset}. Name the "
            "configuration file of the other."
        )
    if parts[1] in _BY_NETWORK and len(parts) > 4 and parts[3] not in networks:
        return f"{target}: there is no network {parts[3]} in this configuration, which has {', '.join(networks)}."
    if parts[1] in _BY_NETWORK and len(parts) == 6 and (seeds := _seeds(parts[5], files)) and parts[4] not in seeds:
        return f"{target}: there is no {parts[4]} in this configuration, which has {', '.join(seeds)}."
    if inside := sorted({file.name for file in made if _alike(file.parts[:-1], parts)}):
        return f"{target} is a folder, but a target is a file. In it there are {', '.join(inside)}."
    beside = sorted({file.name for file in made if _alike(file.parts[:-1], parts[:-1])})
    names = [name for name in beside if name.endswith(PurePosixPath(target).suffix)] or beside
    if not names:
        folders = sorted({file.parts[1] for file in made if file.parts[0] == "results" and len(file.parts) > 2})
        return f"There is no target {target}. The folders below results/ are {', '.join(folders)}."
    return f"There is no target {target}{_nearest(parts[-1], names)}. In its folder there are {', '.join(names)}."


def explain_repeated(arguments: Sequence[str]) -> str | None:
    """Return in two sentences that the command line names configuration files more than once, of which the last counts.

    Args:
        arguments: of the command line.
    """
    options = [argument.partition("=")[0] for argument in arguments]
    if sum(option in ("--configfile", "--configfiles") for option in options) < 2:
        return None
    return (
        "--configfile is given more than once, and only the last would count. Write both files after one: "
        "--configfile one.yaml other.yaml -- target."
    )


def explain_configfiles(paths: Sequence[str | Path]) -> str | None:
    """Return in two sentences which of the configuration files on the command line is none, or None where all are.

    After ``--configfile`` and a space Snakemake takes all that follows for configuration files, targets too.
    """
    for index, path in enumerate(paths):
        here = os.path.relpath(path)
        # A result in YAML is an overlay that a search wrote.
        made = here.startswith(("results/", "logs/")) and not here.endswith(".yaml")
        if not made and Path(path).is_file():
            continue
        what = f"{here}: is a result and no" if made else f"{here}: there is no such"
        if index == 0:
            return f"{what} configuration file."
        return (
            f"{what} configuration file. After --configfile and a space all that follows counts as one, so write a "
            f"target as in --configfile={paths[0]} {here}, or --configfile {paths[0]} -- {here}."
        )
    return None


def _seeds(name: str, files: Sequence[str]) -> list[str]:
    """Return the folders of seeds in which a file of this name is made."""
    seeds = set()
    for *_, folder, last in (PurePosixPath(file).parts for file in files if file.count("/") == 5):
        known = re.sub(r"\{\w+,([^}]*)\}", r"(\1)", last)
        if re.fullmatch(known, name) and (wanted := re.fullmatch(r"seed\{seed,([\d|]+)\}", folder)):
            seeds |= set(wanted[1].split("|"))
    return [f"seed{seed}" for seed in sorted(seeds, key=int)]


def _nearest(name: str, names: Sequence[str]) -> str:
    return "".join(f"; the nearest is {near}" for near in get_close_matches(name, names, 1))


def _alike(pattern: Sequence[str], folder: Sequence[str]) -> bool:
    """Whether a folder is one that a pattern with wildcards stands for."""
    return len(pattern) == len(folder) and all(a == b or "{" in a for a, b in zip(pattern, folder, strict=True))
