import yaml

from delaysnn.report.archive import describe_commit, portable

REPORT = ROOT / "workflow/report"
# Snakemake takes a relative caption as one beside the rule.
CAPTIONS = REPOSITORY / "workflow/report"

# The report's table of contents says which tables and figures there are. Some have nothing to show where no network is
# pruned, as where all of them come as files, or where none is laid on a single core.
EMPTY = [] if SWEPT_ON_CORE else ["table_sweep", "figure_pareto"]
EMPTY += [] if SWEPT else ["table_levels", "figure_levels"]
CONTENTS = [item for section in yaml.safe_load((REPORT / "contents.yaml").read_text()) for item in section["items"]]
ITEMS = [item for item in CONTENTS if item not in EMPTY]
TABLES = [item.removeprefix("table_") for item in ITEMS if item.startswith("table_")]
FIGURES = [item.removeprefix("figure_") for item in ITEMS if item.startswith("figure_")]

# Figures of a single network show the one that the configuration names; those of a single seed the first.
SHOWN = dict(network=SETTINGS.shown, seed=SEEDS[0])


# Which network plays which part in the report's answers.
SHOWN_SHAPE = dict(hidden=SETTINGS.network(SHOWN["network"]).hidden)
NO_DELAYS = dict(delays=False, recurrent=False)
AS_WIDE = SETTINGS.first_like(**SHOWN_SHAPE, **NO_DELAYS)
PARTS = dict(
    shown=[SHOWN["network"]],
    axonal=(
        []
        if SETTINGS.network(SHOWN["network"]).pruning == "axon"
        else SETTINGS.first_like(**SHOWN_SHAPE, delays=True, pruning="axon")
    ),
    baseline=AS_WIDE,
    wider=SETTINGS.first_like(but=AS_WIDE, **NO_DELAYS),
    recurrent=SETTINGS.first_like(delays=False, recurrent=True),
    random=SETTINGS.first_like(**SHOWN_SHAPE, delays="random"),
)


# A published value stands beside the network of its shape.
SHAPES = dict(
    networks={
        name: SETTINGS.network(name).model_dump(include={"hidden", "delays", "pruning", "recipe"}) for name in NETWORKS
    },
    delays={key: config["delays"][key] for key in ("max", "stride", "keep")},
    time_steps=config["data"]["time_steps"],
    bits=DEPLOYED_BITS,
)
VALIDATION = expand("results/metrics/{platform}_validation.json", platform=VALIDATED)
# Carried into every table and figure that shows measured values.
ORIGIN = f"{DATA}/provenance.json"
ROOMS = ["data", "training", "platforms", *PAGES]
# The paper draws energy by class for its smallest network.
SMALLEST = min(DEPLOYED, key=lambda name: sum(SETTINGS.network(name).hidden))


rule paper:
    input:
        expand("results/tables/{name}.csv", name=TABLES),
        expand("results/tables/{name}.json", name=TABLES),
        expand("results/figures/{name}.{ending}", name=FIGURES, ending=["png", "svg"]),
        "results/report.html",
        "results/run.json",


rule build_report:
    input:
        tables=expand("results/tables/{name}.csv", name=TABLES),
        provenance=expand("results/tables/{name}.json", name=TABLES),
        figures=expand("results/figures/{name}.png", name=FIGURES),
        card="results/data/card.json",
        contents=str(REPORT / "contents.yaml"),
        captions=[str(REPORT / f"{item}.rst") for item in ITEMS],
    output:
        report="results/report.html",
    log:
        "logs/build_report.log",
    params:
        code=code_of(ROOT / "workflow/scripts/build_report.py"),
        dataset=DATASET,
        made=ITEMS,
        networks={part: names[0] for part, names in PARTS.items() if names},
    script:
        "../scripts/build_report.py"


rule describe_run:
    input:
        data=ORIGIN,
    output:
        run="results/run.json",
    log:
        "logs/describe_run.log",
    params:
        code=code_of(ROOT / "workflow/scripts/describe_run.py"),
        commit=describe_commit(REPOSITORY),
        config=portable(config),
        dataset=DATASET,
    script:
        "../scripts/describe_run.py"


# Not part of `all`: `make archive`.
rule pack_archive:
    input:
        rules.paper.input,
        run="results/run.json",
    output:
        archive="results/archive.zip",
    log:
        "logs/pack_archive.log",
    params:
        code=code_of(ROOT / "workflow/scripts/pack_archive.py"),
        repository=str(ROOT),
    script:
        "../scripts/pack_archive.py"


# Every speaker once among those tested; not part of `all`, since it trains anew for each fold.
rule folds:
    input:
        "results/tables/folds.csv",
        "results/tables/fold_comparisons.csv",
