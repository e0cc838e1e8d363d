rule figure_area:
    input:
        area="results/metrics/area.json",
    output:
        **figure("area"),
    log:
        "logs/figure_area.log",
    params:
        code=code_of(ROOT / "workflow/scripts/figure_area.py"),
    script:
        "../scripts/figure_area.py"


rule figure_levels:
    input:
        origin=ORIGIN,
        table="results/tables/levels.csv",
    output:
        **figure("levels"),
    log:
        "logs/figure_levels.log",
    params:
        code=code_of(ROOT / "workflow/scripts/figure_levels.py"),
        kept=config["delays"]["keep"],
        all_levels=len(SETTINGS.delays.levels),
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
        code=code_of(ROOT / "workflow/scripts/figure_weights.py"),
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
        code=code_of(ROOT / "workflow/scripts/figure_confusion.py"),
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
        code=code_of(ROOT / "workflow/scripts/figure_spikes.py"),
        network=SHOWN["network"],
    script:
        "../scripts/figure_spikes.py"


rule figure_membranes:
    input:
        origin=ORIGIN,
        membranes=expand(f"{TRACES}/{{platform}}_membranes.npz", **SHOWN, platform=RECORDED),
    output:
        **figure("membranes"),
    log:
        "logs/figure_membranes.log",
    params:
        code=code_of(ROOT / "workflow/scripts/figure_membranes.py"),
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
        code=code_of(ROOT / "workflow/scripts/figure_quantisation.py"),
    script:
        "../scripts/figure_quantisation.py"


rule figure_baselines:
    input:
        origin=ORIGIN,
        table="results/tables/baselines.csv",
    output:
        **figure("baselines"),
    log:
        "logs/figure_baselines.log",
    params:
        code=code_of(ROOT / "workflow/scripts/figure_baselines.py"),
        learned=[name for name in NETWORKS if SETTINGS.network(name).learns_delays],
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
        code=code_of(ROOT / "workflow/scripts/figure_capacity.py"),
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
        code=code_of(ROOT / "workflow/scripts/figure_validation.py"),
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
        code=code_of(ROOT / "workflow/scripts/figure_energy.py"),
    script:
        "../scripts/figure_energy.py"


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
        code=code_of(ROOT / "workflow/scripts/figure_pareto.py"),
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
        code=code_of(ROOT / "workflow/scripts/figure_energy_by_class.py"),
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
        code=code_of(ROOT / "workflow/scripts/figure_card.py"),
    script:
        "../scripts/figure_card.py"


rule figure_density:
    input:
        origin=ORIGIN,
        metrics=every(f"{METRICS}/queues.json", DEPLOYED),
    output:
        **figure("density"),
    log:
        "logs/figure_density.log",
    params:
        code=code_of(ROOT / "workflow/scripts/figure_density.py"),
    script:
        "../scripts/figure_density.py"


rule figure_occupancy:
    input:
        origin=ORIGIN,
        metrics=expand(
            f"{METRICS}/queues.json",
            network=PARTS["shown"] + PARTS["axonal"],
            seed=SHOWN["seed"],
        ),
    output:
        **figure("occupancy"),
    log:
        "logs/figure_occupancy.log",
    params:
        code=code_of(ROOT / "workflow/scripts/figure_occupancy.py"),
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
        code=code_of(ROOT / "workflow/scripts/figure_event_flow.py"),
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
        code=code_of(ROOT / "workflow/scripts/figure_filter.py"),
    script:
        "../scripts/figure_filter.py"


rule figure_mapping:
    input:
        origin=ORIGIN,
        network=float_network(SHOWN),
        constants=CONSTANTS["seneca"] if "seneca" in CHIPS else [],
    output:
        **figure("mapping"),
    log:
        "logs/figure_mapping.log",
    params:
        code=code_of(ROOT / "workflow/scripts/figure_mapping.py"),
    script:
        "../scripts/figure_mapping.py"


rule figure_pipeline:
    input:
        snakefile=str(ROOT / "Snakefile"),
        contents=str(ROOT / "workflow/Snakefile"),
        shared=[str(ROOT / f"workflow/rules/{name}.smk") for name in ("common", "functions")],
        rooms=[str(ROOT / f"workflow/rules/{name}.smk") for name in ROOMS],
    output:
        **figure("pipeline"),
    log:
        "logs/figure_pipeline.log",
    params:
        code=code_of(ROOT / "workflow/scripts/figure_pipeline.py"),
        # The graph is this configuration's.
        config=config,
    script:
        "../scripts/figure_pipeline.py"
