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
        code=code_of(ROOT / "workflow/scripts/table_models.py"),
        shapes=SHAPES,
    script:
        "../scripts/table_models.py"


rule table_fidelity:
    input:
        origin=ORIGIN,
        metrics=every(f"{METRICS}/pytorch.json") + of_platforms(f"{METRICS}/{{platform}}.json", CHIPS),
        deployments=DEPLOYMENTS,
        published=PUBLISHED,
    output:
        **table("fidelity"),
    log:
        "logs/table_fidelity.log",
    params:
        code=code_of(ROOT / "workflow/scripts/table_fidelity.py"),
        shapes=SHAPES,
    script:
        "../scripts/table_fidelity.py"


rule table_area:
    input:
        area="results/metrics/area.json",
        published=PUBLISHED,
        cells=str(ROOT / "config/hardware/cells.yaml"),
    output:
        **table("area"),
    log:
        "logs/table_area.log",
    params:
        code=code_of(ROOT / "workflow/scripts/table_area.py"),
    script:
        "../scripts/table_area.py"


rule table_mapping:
    input:
        origin=ORIGIN,
        metrics=every(f"{METRICS}/loihi_mapping.json", DEPLOYED),
    output:
        **table("mapping"),
    log:
        "logs/table_mapping.log",
    params:
        code=code_of(ROOT / "workflow/scripts/table_mapping.py"),
    script:
        "../scripts/table_mapping.py"


rule table_quantisation:
    input:
        origin=ORIGIN,
        metrics=every(f"{METRICS}/pytorch.json", DEPLOYED)
        + of_platforms(f"{METRICS}/{{platform}}_bits.json", QUANTISED)
        + of_platforms(f"{METRICS}/{{platform}}.json", [name for name in CHIPS if name not in QUANTISED]),
        published=PUBLISHED,
    output:
        **table("quantisation"),
    log:
        "logs/table_quantisation.log",
    params:
        code=code_of(ROOT / "workflow/scripts/table_quantisation.py"),
        shapes=SHAPES,
    script:
        "../scripts/table_quantisation.py"


rule table_equality:
    input:
        origin=ORIGIN,
        metrics=EQUALITY,
    output:
        **table("equality"),
    log:
        "logs/table_equality.log",
    params:
        code=code_of(ROOT / "workflow/scripts/table_equality.py"),
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
        code=code_of(ROOT / "workflow/scripts/table_levels.py"),
        kept=config["delays"]["keep"],
    script:
        "../scripts/table_levels.py"


rule table_capacity:
    input:
        capacity="results/metrics/capacity.json",
    output:
        **table("capacity"),
    log:
        "logs/table_capacity.log",
    params:
        code=code_of(ROOT / "workflow/scripts/table_capacity.py"),
    script:
        "../scripts/table_capacity.py"


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
        code=code_of(ROOT / "workflow/scripts/table_baselines.py"),
    script:
        "../scripts/table_baselines.py"


rule table_comparisons:
    input:
        origin=ORIGIN,
        metrics=every(f"{METRICS}/pytorch.json")
        + every(f"{METRICS}/levels.json", SWEPT)
        + every(f"{METRICS}/level_controls.json", CONTROLLED)
        + of_platforms(f"{METRICS}/{{platform}}.json", CHIPS)
        + of_platforms(f"{METRICS}/{{platform}}_bits.json", QUANTISED),
    output:
        **table("comparisons"),
    log:
        "logs/table_comparisons.log",
    params:
        code=code_of(ROOT / "workflow/scripts/table_comparisons.py"),
        kept=config["delays"]["keep"],
    script:
        "../scripts/table_comparisons.py"


rule table_sweep:
    input:
        origin=ORIGIN,
        metrics=every(f"{METRICS}/loihi_sweep.json", SWEPT_ON_CORE),
    output:
        **table("sweep"),
    log:
        "logs/table_sweep.log",
    params:
        code=code_of(ROOT / "workflow/scripts/table_sweep.py"),
    script:
        "../scripts/table_sweep.py"


rule table_variants:
    input:
        origin=ORIGIN,
        metrics=every(f"{METRICS}/queues.json", DEPLOYED),
    output:
        **table("variants"),
    log:
        "logs/table_variants.log",
    params:
        code=code_of(ROOT / "workflow/scripts/table_variants.py"),
    script:
        "../scripts/table_variants.py"


rule table_queues:
    input:
        origin=ORIGIN,
        metrics=every(f"{METRICS}/queues.json", DEPLOYED),
    output:
        **table("queues"),
    log:
        "logs/table_queues.log",
    params:
        code=code_of(ROOT / "workflow/scripts/table_queues.py"),
    script:
        "../scripts/table_queues.py"


rule table_structures:
    input:
        origin=ORIGIN,
        metrics=every(f"{METRICS}/queues.json", DEPLOYED),
    output:
        **table("structures"),
    log:
        "logs/table_structures.log",
    params:
        code=code_of(ROOT / "workflow/scripts/table_structures.py"),
    script:
        "../scripts/table_structures.py"


rule table_folds:
    input:
        origin=ORIGIN,
        metrics=[
            f"{METRICS}/fold{fold}.json".format(network=name, seed=seed)
            for name in TRAINED
            for fold, entry in enumerate(config["folds"])
            for seed in entry["seeds"]
        ],
        reference=[f"results/metrics/{DATASET}/convolutional/fold{fold}.json" for fold in range(len(config["folds"]))],
    output:
        table="results/tables/folds.csv",
        provenance="results/tables/folds.json",
        comparisons="results/tables/fold_comparisons.csv",
        comparisons_provenance="results/tables/fold_comparisons.json",
    log:
        "logs/table_folds.log",
    params:
        code=code_of(ROOT / "workflow/scripts/table_folds.py"),
    script:
        "../scripts/table_folds.py"
