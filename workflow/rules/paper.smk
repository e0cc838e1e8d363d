import yaml

from delaysnn.paper.archive import describe_commit, portable

REPORT = ROOT / "workflow/report"

# The report's table of contents says which tables and figures there are.
ITEMS = [item for section in yaml.safe_load((REPORT / "contents.yaml").read_text()) for item in section["items"]]
TABLES = [item.removeprefix("table_") for item in ITEMS if item.startswith("table_")]
FIGURES = [item.removeprefix("figure_") for item in ITEMS if item.startswith("figure_")]

# Figures of a single network show the first; those of a single seed the first.
SHOWN = dict(network=DEPLOYED[0], seed=SEEDS[0])
PLATFORMS = ["pytorch", "loihi", "seneca"]


# Which network plays which part in the report's answers.
SHOWN_SHAPE = dict(hidden=SETTINGS[SHOWN["network"]]["hidden"])
PARTS = dict(
    shown=[SHOWN["network"]],
    axonal=first_like(**SHOWN_SHAPE, delays=True, pruning="axon"),
    baseline=first_like(**SHOWN_SHAPE, delays=False, recurrent=False),
)


# Carried into every table and figure that shows measured values.
ORIGIN = f"{DATA}/provenance.json"
ROOMS = ["data", "training", "loihi", "seneca"]
# The paper draws energy by class for its smallest network.
SMALLEST = min(DEPLOYED, key=lambda name: sum(SETTINGS[name]["hidden"]))


rule paper:
    input:
        expand("results/tables/{name}.csv", name=TABLES),
        expand("results/tables/{name}.json", name=TABLES),
        expand("results/figures/{name}.{ending}", name=FIGURES, ending=["png", "svg"]),
        "results/report.html",
        "results/run.json",


rule table_models:
    input:
        origin=ORIGIN,
        metrics=every(f"{METRICS}/pytorch.json"),
        published=PUBLISHED,
    output:
        **table("models"),
    log:
        "logs/table_models.log",
    params:
        code=source("paper"),
    script:
        "../scripts/table_models.py"


rule table_fidelity:
    input:
        origin=ORIGIN,
        metrics=every(f"{METRICS}/pytorch.json")
        + every(f"{METRICS}/loihi.json", DEPLOYED)
        + every(f"{METRICS}/seneca.json", DEPLOYED),
        deployments=every(f"{METRICS}/lava.json", DEPLOYED),
        published=PUBLISHED,
    output:
        **table("fidelity"),
    log:
        "logs/table_fidelity.log",
    params:
        code=source("paper"),
    script:
        "../scripts/table_fidelity.py"


rule table_energy:
    input:
        origin=ORIGIN,
        metrics=every(f"{METRICS}/loihi_cost.json", DEPLOYED) + every(f"{METRICS}/seneca_cost.json", DEPLOYED),
        published=PUBLISHED,
    output:
        **table("energy"),
    log:
        "logs/table_energy.log",
    params:
        code=source("paper"),
    script:
        "../scripts/table_energy.py"


rule table_three_cores:
    input:
        origin=ORIGIN,
        metrics=every(f"{METRICS}/loihi_cost.json", DEPLOYED) + every(f"{METRICS}/seneca_cost.json", DEPLOYED),
        published=PUBLISHED,
    output:
        **table("three_cores"),
    log:
        "logs/table_three_cores.log",
    params:
        code=source("paper"),
    script:
        "../scripts/table_three_cores.py"


rule table_edap:
    input:
        origin=ORIGIN,
        metrics=every(f"{METRICS}/seneca_cost.json", DEPLOYED),
        published=PUBLISHED,
    output:
        **table("edap"),
    log:
        "logs/table_edap.log",
    params:
        code=source("paper"),
    script:
        "../scripts/table_edap.py"


rule table_area:
    input:
        area="results/metrics/area.json",
        published=PUBLISHED,
    output:
        **table("area"),
    log:
        "logs/table_area.log",
    params:
        code=source("paper"),
    script:
        "../scripts/table_area.py"


rule figure_area:
    input:
        area="results/metrics/area.json",
    output:
        **figure("area"),
    log:
        "logs/figure_area.log",
    params:
        code=source("paper"),
    script:
        "../scripts/figure_area.py"


rule table_mapping:
    input:
        origin=ORIGIN,
        metrics=every(f"{METRICS}/loihi_mapping.json", DEPLOYED),
    output:
        **table("mapping"),
    log:
        "logs/table_mapping.log",
    params:
        code=source("paper"),
    script:
        "../scripts/table_mapping.py"


rule table_quantisation:
    input:
        origin=ORIGIN,
        metrics=every(f"{METRICS}/pytorch.json", DEPLOYED)
        + every(f"{METRICS}/loihi_bits.json", DEPLOYED)
        + every(f"{METRICS}/seneca.json", DEPLOYED),
        published=PUBLISHED,
    output:
        **table("quantisation"),
    log:
        "logs/table_quantisation.log",
    params:
        code=source("paper"),
        bits=BITS,
    script:
        "../scripts/table_quantisation.py"


rule table_equality:
    input:
        origin=ORIGIN,
        metrics=every(f"{METRICS}/lava.json", DEPLOYED)
        + every(f"{METRICS}/scdq.json", DEPLOYED)
        + every(f"{METRICS}/variants.json", DEPLOYED)
        + expand(f"{METRICS}/rtl.json", network=DEPLOYED, seed=SEEDS[0]),
    output:
        **table("equality"),
    log:
        "logs/table_equality.log",
    params:
        code=source("paper"),
    script:
        "../scripts/table_equality.py"


rule table_levels:
    input:
        origin=ORIGIN,
        metrics=every(f"{METRICS}/levels.json", SWEPT)
        + every(f"{METRICS}/pytorch.json", SWEPT)
        + every(f"{METRICS}/level_controls.json", CONTROLLED),
    output:
        **table("levels"),
    log:
        "logs/table_levels.log",
    params:
        code=source("paper"),
        levels=config["delays"]["sweep"],
        kept=config["delays"]["keep"],
        controls=CONTROLS,
    script:
        "../scripts/table_levels.py"


rule figure_levels:
    input:
        origin=ORIGIN,
        table="results/tables/levels.csv",
    output:
        **figure("levels"),
    log:
        "logs/figure_levels.log",
    params:
        code=source("paper"),
        kept=config["delays"]["keep"],
        all_levels=len(delay_levels(config["delays"])),
    script:
        "../scripts/figure_levels.py"


rule figure_weights:
    input:
        origin=ORIGIN,
        dense=dense_network(SHOWN),
        pruned=float_network(SHOWN),
    output:
        **figure("weights"),
    log:
        "logs/figure_weights.log",
    params:
        code=source("paper"),
    script:
        "../scripts/figure_weights.py"


rule figure_confusion:
    input:
        **{name: expand(f"{TRACES}/{name}.npz", network=SHOWN["network"], seed=SEEDS) for name in PLATFORMS},
        origin=ORIGIN,
    output:
        **figure("confusion"),
    log:
        "logs/figure_confusion.log",
    params:
        code=source("paper"),
        platforms=PLATFORMS,
        dataset=DATASET,
        network=SHOWN["network"],
    script:
        "../scripts/figure_confusion.py"


rule figure_spikes:
    input:
        origin=ORIGIN,
        test=f"{DATA}/test.npz",
        traces=expand(f"{TRACES}/{{platform}}.npz", **SHOWN, platform=PLATFORMS),
    output:
        **figure("spikes"),
    log:
        "logs/figure_spikes.log",
    params:
        code=source("paper"),
        network=SHOWN["network"],
    script:
        "../scripts/figure_spikes.py"


rule figure_membranes:
    input:
        origin=ORIGIN,
        membranes=expand(f"{TRACES}/{{platform}}_membranes.npz", **SHOWN, platform=PLATFORMS),
    output:
        **figure("membranes"),
    log:
        "logs/figure_membranes.log",
    params:
        code=source("paper"),
        network=SHOWN["network"],
    script:
        "../scripts/figure_membranes.py"


rule figure_quantisation:
    input:
        origin=ORIGIN,
        table="results/tables/quantisation.csv",
    output:
        **figure("quantisation"),
    log:
        "logs/figure_quantisation.log",
    params:
        code=source("paper"),
    script:
        "../scripts/figure_quantisation.py"


rule table_capacity:
    input:
        capacity="results/metrics/capacity.json",
    output:
        **table("capacity"),
    log:
        "logs/table_capacity.log",
    params:
        code=source("paper"),
    script:
        "../scripts/table_capacity.py"


rule table_validation:
    input:
        rows=["results/metrics/loihi_validation.json", "results/metrics/seneca_validation.json"],
    output:
        **table("validation"),
    log:
        "logs/table_validation.log",
    params:
        code=source("paper"),
    script:
        "../scripts/table_validation.py"


rule table_baselines:
    input:
        origin=ORIGIN,
        metrics=every(f"{METRICS}/pytorch.json"),
        card="results/data/card.json",
    output:
        **table("baselines"),
    log:
        "logs/table_baselines.log",
    params:
        code=source("paper"),
    script:
        "../scripts/table_baselines.py"


rule figure_baselines:
    input:
        origin=ORIGIN,
        table="results/tables/baselines.csv",
    output:
        **figure("baselines"),
    log:
        "logs/figure_baselines.log",
    params:
        code=source("paper"),
        deployed=DEPLOYED,
    script:
        "../scripts/figure_baselines.py"


rule figure_capacity:
    input:
        capacity="results/metrics/capacity.json",
        published=PUBLISHED,
    output:
        **figure("capacity"),
    log:
        "logs/figure_capacity.log",
    params:
        code=source("paper"),
    script:
        "../scripts/figure_capacity.py"


rule figure_validation:
    input:
        table="results/tables/validation.csv",
    output:
        **figure("validation"),
    log:
        "logs/figure_validation.log",
    params:
        code=source("paper"),
    script:
        "../scripts/figure_validation.py"


rule figure_energy:
    input:
        origin=ORIGIN,
        table="results/tables/energy.csv",
    output:
        **figure("energy"),
    log:
        "logs/figure_energy.log",
    params:
        code=source("paper"),
    script:
        "../scripts/figure_energy.py"


rule table_sweep:
    input:
        origin=ORIGIN,
        metrics=every(f"{METRICS}/loihi_sweep.json", SWEPT),
    output:
        **table("sweep"),
    log:
        "logs/table_sweep.log",
    params:
        code=source("paper"),
        settings=[(config["delays"]["keep"], bits) for bits in BITS] + SWEEP,
    script:
        "../scripts/table_sweep.py"


rule figure_pareto:
    input:
        origin=ORIGIN,
        fidelity="results/tables/fidelity.csv",
        energy="results/tables/energy.csv",
        sweep="results/tables/sweep.csv",
    output:
        **figure("pareto"),
    log:
        "logs/figure_pareto.log",
    params:
        code=source("paper"),
        dataset=DATASET,
    script:
        "../scripts/figure_pareto.py"


rule figure_energy_by_class:
    input:
        origin=ORIGIN,
        samples=expand(f"{TRACES}/seneca_energy.npz", network=SMALLEST, seed=SEEDS),
    output:
        **figure("energy_by_class"),
    log:
        "logs/figure_energy_by_class.log",
    params:
        code=source("paper"),
        dataset=DATASET,
        network=SMALLEST,
    script:
        "../scripts/figure_energy_by_class.py"


rule figure_card:
    input:
        origin=ORIGIN,
        train=f"{DATA}/train.npz",
        card="results/data/card.json",
    output:
        **figure("card"),
    log:
        "logs/figure_card.log",
    params:
        code=source("paper"),
    script:
        "../scripts/figure_card.py"


rule table_variants:
    input:
        origin=ORIGIN,
        metrics=every(f"{METRICS}/variants.json", DEPLOYED),
    output:
        **table("variants"),
    log:
        "logs/table_variants.log",
    params:
        code=source("paper"),
    script:
        "../scripts/table_variants.py"


rule table_structures:
    input:
        origin=ORIGIN,
        metrics=every(f"{METRICS}/structures.json", DEPLOYED),
    output:
        **table("structures"),
    log:
        "logs/table_structures.log",
    params:
        code=source("paper"),
    script:
        "../scripts/table_structures.py"


rule figure_density:
    input:
        origin=ORIGIN,
        metrics=every(f"{METRICS}/structures.json", DEPLOYED),
    output:
        **figure("density"),
    log:
        "logs/figure_density.log",
    params:
        code=source("paper"),
    script:
        "../scripts/figure_density.py"


rule figure_occupancy:
    input:
        origin=ORIGIN,
        metrics=expand(
            f"{METRICS}/scdq.json",
            network=PARTS["shown"] + PARTS["axonal"],
            seed=SHOWN["seed"],
        ),
    output:
        **figure("occupancy"),
    log:
        "logs/figure_occupancy.log",
    params:
        code=source("paper"),
    script:
        "../scripts/figure_occupancy.py"


rule figure_event_flow:
    input:
        events="results/metrics/events.json",
    output:
        **figure("event_flow"),
    log:
        "logs/figure_event_flow.log",
    params:
        code=source("paper"),
    script:
        "../scripts/figure_event_flow.py"


rule figure_filter:
    input:
        events="results/metrics/events.json",
    output:
        **figure("filter"),
    log:
        "logs/figure_filter.log",
    params:
        code=source("paper"),
    script:
        "../scripts/figure_filter.py"


rule figure_mapping:
    input:
        origin=ORIGIN,
        network=float_network(SHOWN),
        constants=SENECA_CONSTANTS,
    output:
        **figure("mapping"),
    log:
        "logs/figure_mapping.log",
    params:
        code=source("paper"),
    script:
        "../scripts/figure_mapping.py"


rule figure_pipeline:
    input:
        snakefile=str(ROOT / "Snakefile"),
        common=str(ROOT / "workflow/rules/common.smk"),
        rooms=[str(ROOT / f"workflow/rules/{name}.smk") for name in ROOMS],
    output:
        **figure("pipeline"),
    log:
        "logs/figure_pipeline.log",
    params:
        code=source("paper"),
        # The graph is this configuration's.
        config=config,
    script:
        "../scripts/figure_pipeline.py"


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
        code=source("paper"),
        dataset=DATASET,
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
        code=source("paper"),
        commit=describe_commit(ROOT),
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
        code=source("paper"),
        repository=str(ROOT),
    script:
        "../scripts/pack_archive.py"


# Every speaker once among those tested; not part of `all`, since it trains anew for each rotation.
rule rotations:
    input:
        "results/tables/rotations.csv",


rule table_rotations:
    input:
        origin=ORIGIN,
        metrics=[
            f"{METRICS}/rotation{rotation}.json".format(network=name, seed=seed)
            for name in TRAINED
            for rotation, held_out in enumerate(config["rotations"])
            for seed in held_out["seeds"]
        ],
    output:
        table="results/tables/rotations.csv",
        provenance="results/tables/rotations.json",
    log:
        "logs/table_rotations.log",
    params:
        code=source("paper"),
        bits=DEPLOYED_BITS,
    script:
        "../scripts/table_rotations.py"
