from delaysnn.report.archive import describe_commit, portable
from delaysnn.report import registry
from delaysnn.report.study import Study
from delaysnn.report.style import looks

# Figures of a single network show the one that the configuration names; those of a single seed the first.
SHOWN = dict(network=SETTINGS.shown, seed=SEEDS[0])
# Which network plays which part in the report's answers.
SHOWN_SHAPE = {
    key: getattr(SETTINGS.network(SHOWN["network"]), key) for key in ("hidden", "input_sharing", "input_delays")
}
KEPT = dict(keep=SETTINGS.network(SHOWN["network"]).keep)
NO_DELAYS = dict(delays=False, input_delays=False, recurrent=False)
AS_WIDE = SETTINGS.first_like(**SHOWN_SHAPE | NO_DELAYS)
PRUNED_BY_AXONS = SETTINGS.network(SHOWN["network"]).pruning == "axon"
PARTS = dict(
    shown=[SHOWN["network"]],
    axonal=[] if PRUNED_BY_AXONS else SETTINGS.first_like(**SHOWN_SHAPE, **KEPT, delays=True, pruning="axon"),
    baseline=AS_WIDE,
    wider=SETTINGS.first_like(but=AS_WIDE, **NO_DELAYS),
    recurrent=SETTINGS.first_like(delays=False, recurrent=True),
    random=SETTINGS.first_like(**SHOWN_SHAPE, **KEPT, delays="random"),
)
# Carried into every table and figure that shows measured values.
ORIGIN = f"{DATA}/provenance.json"
ROOMS = ["data", "training", "platforms", *PAGES]
STUDY = Study(
    dataset=DATASET,
    networks={name: SETTINGS.described(name) for name in NETWORKS},
    deployed=DEPLOYED,
    deployed_on=DEPLOYED_ON,
    priced_as_floats=PRICED_AS_FLOATS,
    trained=list(SETTINGS.own_networks),
    swept=SWEPT,
    swept_on_core=SWEPT_ON_CORE,
    controlled=CONTROLLED,
    seeds=SEEDS,
    platforms=[registered()[name] for name in PLATFORMS],
    equality=EQUALITY,
    deployments=DEPLOYMENTS,
    engines=rules.engine.input.placed,
    engine_parts=rules.engine.input.measured,
    switching=rules.engine.input.toggled,
    parts={part: names[0] for part, names in PARTS.items() if names},
    config=config,
    patterns=dict(metrics=METRICS, traces=TRACES),
    constants=CONSTANTS,
    files=dict(
        published=PUBLISHED,
        cells=str(ROOT / "config/hardware/cells.yaml"),
        train=f"{DATA}/train.npz",
        test=f"{DATA}/test.npz",
        card="results/data/card.json",
        dense=dense_network(SHOWN),
        pruned=float_network(SHOWN),
        area="results/metrics/area.json",
        capacity="results/metrics/capacity.json",
        events="results/metrics/events.json",
        validation="results/metrics/{platform}_validation.json",
        convolutional=f"results/metrics/{DATASET}/convolutional/fold{{fold}}.json",
        rulegraph="results/metrics/rulegraph.json",
        frontier=f"results/frontier/{DATASET}/frontier.json",
        training_speed="results/benchmarks/training.csv",
        table="results/tables/{name}.csv",
    ),
)
try:
    ITEMS = [item for item in registry.registered() if item.when(STUDY)]
    for item in ITEMS:
        item.check(STUDY)
    # Of platforms that are not run, too.
    looks()
except InputError as error:
    raise WorkflowError(str(error)) from None
SHOWN_ITEMS = [item for item in ITEMS if item.section]


rule paper:
    input:
        [file for item in SHOWN_ITEMS for file in made(item).values()],
        "results/report.html",
        "results/run.json",


# One rule for each, as `table_energy`.
for item in ITEMS:

    rule:
        name:
            item.name
        input:
            **(dict(origin=ORIGIN) if item.of_data(STUDY) else {}),
            **item.inputs(STUDY),
        output:
            **made(item),
        log:
            f"logs/{item.name}.log",
        params:
            code=code_of(ROOT / "workflow/scripts/make_item.py", item.file),
            # Labels and colours of the platforms, which modules of theirs say.
            looks=looks(tuple(PLATFORMS)),
            item=item.name,
            given=item.params(STUDY),
        script:
            "../scripts/make_item.py"


rule build_report:
    input:
        files=[file for item in SHOWN_ITEMS for file in made(item).values()],
        card="results/data/card.json",
    output:
        report="results/report.html",
        # For the terminal.
        answers="results/answers.json",
    log:
        "logs/build_report.log",
    params:
        code=code_of(ROOT / "workflow/scripts/build_report.py", *(item.file for item in SHOWN_ITEMS)),
        looks=looks(tuple(PLATFORMS)),
        dataset=DATASET,
        captions={item.name: item.caption(STUDY) for item in SHOWN_ITEMS},
        networks=STUDY.parts,
    script:
        "../scripts/build_report.py"


rule list_rules:
    input:
        snakefile=str(ROOT / "Snakefile"),
        contents=str(ROOT / "workflow/Snakefile"),
        shared=[str(ROOT / f"workflow/rules/{name}.smk") for name in ("common", "functions")],
        rooms=[str(ROOT / f"workflow/rules/{name}.smk") for name in ROOMS],
    output:
        graph="results/metrics/rulegraph.json",
    log:
        "logs/list_rules.log",
    params:
        code=code_of(ROOT / "workflow/scripts/list_rules.py"),
        # The graph is this configuration's.
        config=config,
    script:
        "../scripts/list_rules.py"


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
