from snakemake.cli import get_argument_parser

from delaysnn.core.imports import code_of
from delaysnn.settings.targets import explain_target


def every(pattern, networks=NETWORKS):
    """The pattern's file for every network and seed."""
    return expand(pattern, network=networks, seed=SEEDS)


def shape(name):
    """What a network is trained as, before pruning."""
    return {key: SETTINGS[name][key] for key in ("hidden", "delays", "recurrent", "recipe")}


def levels_before_pruning(name):
    """What says the levels that a network is trained with; how many are kept matters where they are drawn before."""
    keys = ("max", "stride", "keep") if SETTINGS[name]["delays"] == "random" else ("max", "stride")
    return {key: config["delays"][key] for key in keys}


def shares_training(name):
    """The first network of the same shape: pruning alone tells the others apart, so one dense training serves all."""
    return next(other for other in NETWORKS if other not in IMPORTED and shape(other) == shape(name))


def dense_network(wildcards):
    """The network before pruning."""
    if wildcards["network"] in IMPORTED:
        return f"{MODELS}/imported.safetensors".format(network=wildcards["network"], seed=wildcards["seed"])
    return f"{MODELS}/dense.safetensors".format(network=shares_training(wildcards["network"]), seed=wildcards["seed"])


def float_network(wildcards):
    """The network to deploy, before quantisation."""
    if wildcards["network"] in IMPORTED:
        return dense_network(wildcards)
    return f"{MODELS}/pruned.safetensors".format(network=wildcards["network"], seed=wildcards["seed"])


def settings_of(*phases):
    """Settings that these phases of training depend on: another phase's epochs do not make them stale."""
    others = {"dense", "pruned", "quantised"} - set(phases)
    if "quantised" not in phases:
        others.add("decay_groups")

    def of(wildcards):
        settings = training_settings(config, SETTINGS[wildcards.network])
        return {key: value for key, value in settings.items() if key not in others}

    return of


def gpus(wildcards):
    """Asked of a cluster for a job that trains."""
    return int(training_settings(config, SETTINGS[wildcards.network])["device"] == "cuda")


def held_out(wildcards):
    """Whom a fold chooses by and tests on."""
    fold = config["folds"][int(wildcards.fold)]
    # The reference has one seed of its own.
    if "seed" in wildcards.keys() and int(wildcards.seed) not in fold["seeds"]:
        raise InputError(
            f"Configuration: folds.{wildcards.fold}.seeds is {fold['seeds']}, without {wildcards.seed}; "
            "add it there."
        )
    chosen = {role: fold[role] for role in ("validation", "test")}
    if SPEAKERS:
        refuse_absent({f"folds.{wildcards.fold}.{role}": chosen[role] for role in chosen}, SPEAKERS)
    return chosen


def first_like(but=(), **wanted):
    """The first network with these settings, trained as all are, but none of ``but``, if there is one."""
    wanted = wanted | {"recipe": None}
    return [name for name, network in SETTINGS.items() if name not in but and wanted.items() <= network.items()][:1]


def figure(name):
    """A figure's two files; the first carries its caption into Snakemake's own report."""
    return dict(
        png=report(
            f"results/figures/{name}.png",
            caption=str(CAPTIONS / f"figure_{name}.rst"),
            category="Figures",
        ),
        svg=f"results/figures/{name}.svg",
    )


def table(name):
    """A table and, beside it, where it comes from."""
    return dict(
        table=report(
            f"results/tables/{name}.csv",
            caption=str(CAPTIONS / f"table_{name}.rst"),
            category="Tables",
        ),
        provenance=f"results/tables/{name}.json",
    )


def refuse_unknown_targets():
    """End with a sentence where the command line asks for what nothing makes; Snakemake does not say what there is."""
    # Jobs of a cluster, and workflows that use this one, have command lines of another kind.
    ours = Path(workflow.main_snakefile).resolve().is_relative_to(REPOSITORY.resolve())
    if not (workflow.is_main_process and ours and "snakemake" in Path(sys.argv[0]).parts[-2:]):
        return
    # Snakemake keeps the targets to itself until all rules are read.
    for target in get_argument_parser().parse_known_args(sys.argv[1:])[0].targets:
        # Only a path from the working folder is one that a rule makes.
        path = target if os.path.isabs(target) else os.path.relpath(target or ".")
        # A rule with wildcards does not say which of its files.
        named = workflow.is_rule(target) and not workflow.get_rule(target).has_wildcards()
        made = named or any(each.is_producer(path) for each in workflow.rules)
        if not made and not os.path.isfile(target):
            rooms = [each.name for each in workflow.rules if not list(each.output)]
            files = [str(file) for each in workflow.rules for file in each.output]
            raise WorkflowError(explain_target(path, rooms, files, DATASET, NETWORKS))
