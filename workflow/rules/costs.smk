# What every network would take as floats, baselines that no chip runs here too: the same way for all.
rule estimate_floats:
    input:
        test=f"{DATA}/test.npz",
        traces=f"{TRACES}/pytorch.npz",
        network=float_network,
        loihi=LOIHI_CONSTANTS,
        seneca=SENECA_CONSTANTS,
        published=PUBLISHED,
    output:
        metrics=f"{METRICS}/float_cost.json",
    log:
        f"{LOGS}/estimate_floats.log",
    params:
        code=source("costs", "loihi", "seneca"),
        fitted=dict(loihi=LOIHI_FITTED, seneca=SENECA_FITTED),
    script:
        "../scripts/estimate_floats.py"


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
        code=source("costs", "paper"),
        networks={name: {key: SETTINGS[name][key] for key in ("delays", "recurrent")} for name in NETWORKS},
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
        code=source("costs", "paper"),
    script:
        "../scripts/figure_baseline_costs.py"
