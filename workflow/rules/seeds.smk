def of_seeds(seeds=None):
    """The seeds of a job, one if none are given. Which share a job is no reason to run it again, so that a list with one
    seed less trains nothing."""
    return dict(
        seeds=lambda wildcards, output: seeds or [int(wildcards.seed)],
        checkpoints=lambda wildcards, output: [f"{file}.checkpoint" for file in output[: len(seeds or [0])]],
    )


def for_seeds(file, seeds=None):
    """The file that an input function names, for each of a job's seeds."""
    return lambda wildcards: [file(dict(network=wildcards.network, seed=seed)) for seed in seeds or [wildcards.seed]]


def widths_of_layers(wildcards):
    """Each layer's width, as a file's name has it."""
    return [[int(own) for own in wildcards.bits.split("-")]]


def log_of(what, seeds):
    """The log of a job of several seeds."""
    return f"logs/{DATASET}/{{network}}/{what}_of_{'_'.join(map(str, seeds))}.log"


def every_seed(pattern, seeds):
    """The pattern's file for each of these seeds."""
    return expand(pattern, seed=seeds, allow_missing=True)
