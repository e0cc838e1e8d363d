rule table_energy:
    input:
        origin=ORIGIN,
        metrics=of_platforms(f"{METRICS}/{{platform}}_cost.json", PRICED),
        published=PUBLISHED,
        validation=VALIDATION,
    output:
        **table("energy"),
    log:
        "logs/table_energy.log",
    params:
        code=code_of(ROOT / "workflow/scripts/table_energy.py"),
        shapes=SHAPES,
    script:
        "../scripts/table_energy.py"


rule table_three_cores:
    input:
        origin=ORIGIN,
        metrics=of_platforms(f"{METRICS}/{{platform}}_cost.json", PRICED),
        published=PUBLISHED,
        validation=VALIDATION,
    output:
        **table("three_cores"),
    log:
        "logs/table_three_cores.log",
    params:
        code=code_of(ROOT / "workflow/scripts/table_three_cores.py"),
        shapes=SHAPES,
    script:
        "../scripts/table_three_cores.py"


rule table_edap:
    input:
        origin=ORIGIN,
        metrics=every(f"{METRICS}/seneca_cost.json", DEPLOYED),
        published=PUBLISHED,
        validation=VALIDATION,
    output:
        **table("edap"),
    log:
        "logs/table_edap.log",
    params:
        code=code_of(ROOT / "workflow/scripts/table_edap.py"),
        shapes=SHAPES,
    script:
        "../scripts/table_edap.py"


rule table_validation:
    input:
        rows=VALIDATION,
    output:
        **table("validation"),
    log:
        "logs/table_validation.log",
    params:
        code=code_of(ROOT / "workflow/scripts/table_validation.py"),
    script:
        "../scripts/table_validation.py"


rule table_null_models:
    input:
        rows=VALIDATION,
    output:
        **table("null_models"),
    log:
        "logs/table_null_models.log",
    params:
        code=code_of(ROOT / "workflow/scripts/table_null_models.py"),
    script:
        "../scripts/table_null_models.py"


rule table_sensitivity:
    input:
        rows=VALIDATION,
    output:
        **table("sensitivity"),
    log:
        "logs/table_sensitivity.log",
    params:
        code=code_of(ROOT / "workflow/scripts/table_sensitivity.py"),
    script:
        "../scripts/table_sensitivity.py"


rule table_operations:
    input:
        origin=ORIGIN,
        metrics=of_platforms(f"{METRICS}/{{platform}}_cost.json", PRICED),
        validation=VALIDATION,
        published=PUBLISHED,
    output:
        **table("operations"),
    log:
        "logs/table_operations.log",
    params:
        code=code_of(ROOT / "workflow/scripts/table_operations.py"),
        shapes=SHAPES,
    script:
        "../scripts/table_operations.py"


rule table_baseline_costs:
    input:
        origin=ORIGIN,
        metrics=every(f"{METRICS}/float_cost.json"),
        validation=VALIDATION,
    output:
        **table("baseline_costs"),
    log:
        "logs/table_baseline_costs.log",
    params:
        code=code_of(ROOT / "workflow/scripts/table_baseline_costs.py"),
        networks={name: SETTINGS.network(name).model_dump(include={"delays", "recurrent"}) for name in NETWORKS},
    script:
        "../scripts/table_baseline_costs.py"


rule figure_baseline_costs:
    input:
        origin=ORIGIN,
        costs="results/tables/baseline_costs.csv",
        models="results/tables/models.csv",
    output:
        **figure("baseline_costs"),
    log:
        "logs/figure_baseline_costs.log",
    params:
        code=code_of(ROOT / "workflow/scripts/figure_baseline_costs.py"),
    script:
        "../scripts/figure_baseline_costs.py"
