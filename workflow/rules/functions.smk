import math
import re
import time
from collections import Counter

from snakemake.cli import get_argument_parser
from snakemake.logging import logger

from delaysnn.core.imports import code_of
from delaysnn.core.metrics import read_json
from delaysnn.core.widths import show
from delaysnn.frontier.halving import shorten
from delaysnn.frontier.space import draw
from delaysnn.networks.readers import file_of as file_of_reader
from delaysnn.neurons import PLAIN
from delaysnn.neurons import file_of as file_of_neuron
from delaysnn.platforms import registered
from delaysnn.platforms.constants import read_constants, shipped_constants
from delaysnn.settings.targets import explain_target
from delaysnn.settings.training import Training


def every(pattern, networks=NETWORKS):
    """The pattern's file for every network and seed."""
    return expand(pattern, network=networks, seed=SEEDS)


def dense_network(wildcards):
    """The network before pruning; one dense training serves all that pruning alone tells apart."""
    name, seed = wildcards["network"], wildcards["seed"]
    if name in SETTINGS.brought:
        return f"{MODELS}/imported.safetensors".format(network=name, seed=seed)
    return f"{MODELS}/dense.safetensors".format(network=SETTINGS.shares_training(name), seed=seed)


def float_network(wildcards):
    """The network to deploy, before quantisation."""
    if wildcards["network"] in SETTINGS.brought:
        return dense_network(wildcards)
    return f"{MODELS}/pruned.safetensors".format(network=wildcards["network"], seed=wildcards["seed"])


# What pages of platforms check of a network and the data before it is trained: files by its name.
BEFORE_TRAINING = {}


def checked(wildcards):
    """What is checked of the networks that one dense training serves."""
    return [file for name, file in BEFORE_TRAINING.items() if SETTINGS.shares_training(name) == wildcards.network]


def course(key=None):
    """How every phase of a network's training goes; or what one phase has, so that another's makes nothing stale."""

    def of(wildcards):
        found = SETTINGS.course(wildcards.network)
        return found.model_dump()[key] if key else found.model_dump(include=set(Training.model_fields))

    return of


def variation():
    """How samples vary that a network learns from which has no course of its own, None for not at all."""
    found = SETTINGS.varied(SETTINGS.training).variation
    return found and found.model_dump()


def code_that_trains(script):
    """Hash of what a script does for the network of its wildcards: of the neurons' models its own alone."""
    path = ROOT / f"workflow/scripts/{script}.py"
    return lambda wildcards: code_of(path, *map(file_of_neuron, SETTINGS.network(wildcards.network).neurons))


def pruning(wildcards):
    """What decides which delay levels of a network are kept."""
    return SETTINGS.network(wildcards.network).pruning


def gpus(wildcards):
    """Asked of a cluster for a job that trains."""
    return int(SETTINGS.course(wildcards.network).device in GPUS)


def held_out(wildcards):
    """Whom a fold chooses by and tests on; the reference has one seed of its own."""
    try:
        return SETTINGS.held_out(int(wildcards.fold), wildcards.get("seed"))
    except InputError as error:
        # Of any other exception here Snakemake shows where it came from.
        raise SystemExit(str(error)) from None


def with_output(value):
    """A parameter whose value is no reason to run a job again, as of all that follow from a job's files."""
    return lambda wildcards, output: value


def only(names):
    """A regular expression for these platforms alone, which is never empty."""
    return "|".join(names) or "none"


# The methods of a platform that a script calls.
METHODS = dict(
    run_platform=["deploy", "run"],
    record_platform=["deploy", "membranes"],
    estimate_platform=["deploy", "place", "count", "estimate"],
    estimate_floats=["estimate_floats"],
    validate_platform=["validate"],
    price_candidate=["deploy", "place", "run", "count", "estimate"],
    show_demo=["deploy", "place", "run", "count", "estimate"],
)


def code_of_platform(script, *platforms, neurons=(PLAIN,)):
    """Hash of what a script does for these platforms: of their methods those alone that it calls, and of the neurons'
    models those of the network."""
    library = ROOT / "workflow/delaysnn"
    calls = METHODS[script]
    # What prices a network is found by its folder.
    found = [
        file
        for name in platforms
        for folder in registered()[name].finds
        for file in (library / folder).glob("*.py")
        if "estimate" in calls
    ]
    own = [library / f"platforms/{name}/platform.py" for name in platforms]
    # Their models say what a step takes.
    priced = {*neurons} - {PLAIN} if {"estimate", "estimate_floats"} & {*calls} else ()
    others = {method for called in METHODS.values() for method in called} | {"check"}
    return code_of(
        ROOT / f"workflow/scripts/{script}.py", *own, *found, *map(file_of_neuron, priced), without=others - {*calls}
    )


def code_of_its_platform(script):
    """The same for the platform that a rule's wildcard names, and for the network of one that names it."""

    def of(wildcards):
        neurons = SETTINGS.network(wildcards.network).neurons if "network" in wildcards.keys() else (PLAIN,)
        return code_of_platform(script, wildcards.platform, neurons=neurons)

    return of


def of_platforms(pattern, platforms):
    """The pattern's file for every platform, network that is deployed on it, and seed."""
    return [
        file
        for platform in platforms
        for file in expand(pattern, platform=platform, network=DEPLOYED_ON[platform], seed=SEEDS)
    ]


def deployed_network(wildcards):
    """The network that a platform runs."""
    if registered()[wildcards.platform].quantised:
        return deployed_file()(wildcards)
    return float_network(wildcards)


def deployed_file(form="", ending="safetensors"):
    """The file of a network at the width that it is deployed with, or of its form for a chip."""

    def of(wildcards):
        bits = show(SETTINGS.deployed_width(wildcards["network"]), "-")
        folder = MODELS.format(network=wildcards["network"], seed=wildcards["seed"])
        return f"{folder}/{form}{bits}bit.{ending}"

    return of


def at_widths(pattern, networks):
    """The pattern's file for every one of these networks, each of its widths, and seed."""
    return [
        file
        for name in networks
        for bits in SETTINGS.widths(name)
        for file in expand(pattern, network=name, seed=SEEDS, bits=show(bits, "-"))
    ]


def quantised_networks(wildcards):
    """A network at each width that it is quantised to."""
    name, seed = wildcards["network"], wildcards["seed"]
    folder = MODELS.format(network=name, seed=seed)
    return [f"{folder}/{show(bits, '-')}bit.safetensors" for bits in SETTINGS.widths(name)]


def options_of_benchmark(wildcards, input):
    """What a benchmark's script is told, quoted."""
    told = {name: file for name, file in input.items() if name not in ("ready", "script", "shared")}
    if "lava" in told:
        told["batch"] = str(config["loihi"]["batch"])
    return " ".join(f"--{name} {shlex.quote(value)}" for name, value in told.items())


def made(item):
    """The files of a table or figure."""
    endings = dict(table="csv", provenance="json") if item.kind == "table" else dict(png="png", svg="svg")
    return {key: f"results/{item.kind}s/{item.stem}.{ending}" for key, ending in endings.items()}


# When a run began, and whether it makes the report.
RUN = {}


def tell(text):
    """Write to the terminal what is no step (workflow/snakemake_logger_plugin_steps)."""
    logger.info(text, extra=dict(said=True))


def size_of_training():
    """How much training there is beside that of the first look, None where only the files say."""
    samples, first_look = SOURCE.samples(config), dict(epochs=25 + 8, samples=2000, time_steps=64)
    epochs = SETTINGS.training.dense.epochs + SETTINGS.training.pruned.epochs
    if samples is None:
        return None
    own = dict(epochs=epochs, samples=samples, time_steps=config["data"]["time_steps"])
    return math.prod(own[key] / first_look[key] for key in own)


def announce():
    """Say which data a run is of and how long it takes, and, where results at hand are of others, that too."""
    counts = Counter(job.rule.name for job in workflow.dag.needrun_jobs())
    RUN.update(begun=time.monotonic(), reports="build_report" in counts)
    described = Path("results/run.json")
    if RUN["reports"] and described.is_file():
        before = read_json(described)["data"]["name"]
        if before != DATASET:
            tell(tell_other(DATASET, before))
    size = size_of_training()
    cores = workflow.cores if workflow.local_exec else None
    seconds = expect(counts, size, cores) if size and cores else None
    tell(tell_start(DATASET, len(NETWORKS), len(SEEDS), counts, seconds, cores))


def tell_results():
    """Say where the report is and what it answers, where this run made it."""
    if RUN.get("reports"):
        answers = dict(read_json("results/answers.json")["answers"])
        tell(tell_end("results/report.html", answers, time.monotonic() - RUN["begun"], DATASET))


def asked_for():
    """The targets of the command line, where it is one of Snakemake for this workflow."""
    # Jobs of a cluster, and workflows that use this one, have command lines of another kind.
    ours = Path(workflow.main_snakefile).resolve().is_relative_to(REPOSITORY.resolve())
    if not (workflow.is_main_process and ours and "snakemake" in Path(sys.argv[0]).parts[-2:]):
        return []
    # Snakemake keeps the targets to itself until all rules are read.
    return get_argument_parser().parse_known_args(sys.argv[1:])[0].targets


def refuse_unknown_targets():
    """End with a sentence where the command line asks for what nothing makes; Snakemake does not say what there is."""
    for target in asked_for():
        # Only a path from the working folder is one that a rule makes.
        path = target if os.path.isabs(target) else os.path.relpath(target or ".")
        # A rule with wildcards does not say which of its files.
        named = workflow.is_rule(target) and not workflow.get_rule(target).has_wildcards()
        made = named or any(each.is_producer(path) for each in workflow.rules)
        if not made and not os.path.isfile(target):
            rooms = [each.name for each in workflow.rules if not list(each.output)]
            files = [str(file) for each in workflow.rules for file in each.output]
            raise WorkflowError(explain_target(path, rooms, files, DATASET, NETWORKS))


# Of the search for the frontier (frontier.smk).
def refuse_impossible_search():
    """End with a sentence, before any job, where the command line asks for a search whose space cannot be drawn from."""
    search = re.compile(r"frontier|results/(frontier/|(tables|figures)/frontier[.]).*")
    if not any(search.fullmatch(target) for target in asked_for()):
        return
    try:
        # Where only the files say how many classes there are, as if it were one.
        draw(SETTINGS, SETTINGS.channels, SETTINGS.classes or 1)
    except InputError as error:
        raise WorkflowError(str(error)) from None


def constants_of(platform):
    """The file with a chip's constants, none where there are none; not only of those that networks are deployed on."""
    file = config["hardware"].get(platform) or shipped_constants(platform, ROOT)
    return str(file) if file else []


def trained_at(rung):
    """Names of the candidates of a round, known once the one before has been ranked."""
    if rung == 1:
        return list(read_json(checkpoints.draw_candidates.get().output.candidates)["candidates"])
    return read_json(checkpoints.rank_candidates.get(rung=rung - 1).output.chosen)["candidates"]


def seeds_at(rung):
    """Of the trainings of a round."""
    return FRONTIER.seeds if rung == ROUNDS[-1] else FRONTIER.seeds[:1]


def scores_at(rung):
    """What every candidate of a round has been measured by."""
    return expand(f"{CANDIDATE}_validation.json", candidate=trained_at(rung), rung=rung, seed=seeds_at(rung))


def energies_at(rung):
    """What every candidate of a round takes, where energies have budgets."""
    if not FRONTIER.budgets_uj:
        return []
    return expand(f"{CANDIDATE}_energy.json", candidate=trained_at(rung), rung=rung, seed=seeds_at(rung))


def tests(wildcards):
    """What the winners have been measured by."""
    winners = read_json(checkpoints.choose_winners.get().output.winners)
    names = sorted({name for key in FRONTIER.budgets for name in winners[key].values() if name})
    return expand(f"{CANDIDATE}_test.json", candidate=names, rung=ROUNDS[-1], seed=FRONTIER.seeds)


def settings_of(wildcards):
    """A candidate's settings, as they were drawn."""
    drawn = read_json(f"{SEARCH}/candidates.json")["candidates"]
    if wildcards.candidate not in drawn:
        raise WorkflowError(f"{SEARCH}/candidates.json has no {wildcards.candidate}; ask for frontier instead.")
    return drawn[wildcards.candidate]["settings"]


def course_of(wildcards):
    """How long and how a candidate trains in a round."""
    recipe = settings_of(wildcards)["recipe"]
    whole = SETTINGS.varied(SETTINGS.recipes[recipe] if recipe else SETTINGS.training)
    return shorten(whole, FRONTIER.rungs[int(wildcards.rung) - 1], FRONTIER.rungs[-1]).model_dump()


def code_of_candidate(script):
    """Hash of what a script does for a candidate: of the neurons' models its own alone."""
    path = ROOT / f"workflow/scripts/{script}.py"
    return lambda wildcards: code_of(path, file_of_neuron(settings_of(wildcards)["neuron"]))


def code_that_reads(wildcards):
    """Hash of what brings in a network that comes as a file: of the readers its format's alone."""
    reader = SETTINGS.network(wildcards.network).reader.name
    return code_of(ROOT / "workflow/scripts/import_network.py", file_of_reader(reader))
