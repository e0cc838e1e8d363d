DATA_SPLITS = dict(train=f"{DATA}/train.npz", validation=f"{DATA}/validation.npz")

TRAINED = list(SETTINGS.own_networks)
DENSE = sorted({SETTINGS.shares_training(name) for name in TRAINED})
SWEPT = SETTINGS.swept
# Beside the deployed number of levels: other numbers, each at every width.
SWEEP = [(keep, bits) for keep in config["delays"]["sweep"] for bits in BITS]
CONTROLS = ["random", "coarse"]
# One network shows what pruning's choice of levels is worth, at every number of them below all.
CONTROLLED = SWEPT[:1]
CONTROL_LEVELS = sorted({SETTINGS.delays.keep, *SETTINGS.delays.sweep} - {len(SETTINGS.delays.levels)})


# Of the others, several seeds share a job (together.smk).
ALONE = only([name for name in NETWORKS if SETTINGS.course(name).together == 1])


OF_DENSE = dict(
    code=code_that_trains("train_network"),
    training=course(),
    phase=course("dense"),
    delays=lambda wildcards: SETTINGS.levels_before_pruning(wildcards.network),
    network=lambda wildcards: SETTINGS.shape(wildcards.network),
)
OF_PRUNED = dict(
    code=code_that_trains("prune_delays"),
    training=course(),
    phase=course("pruned"),
    keep=lambda wildcards: SETTINGS.kept(wildcards.network),
    criterion=pruning,
)
OF_QUANTISED = dict(
    code=code_that_trains("quantise_network"),
    training=course(),
    phase=course("quantised"),
    decay_groups=course("decay_groups"),
)
OF_FOLDS = dict(
    code=code_that_trains("train_fold"),
    training=lambda wildcards: SETTINGS.course(wildcards.network).model_dump(),
    delays=lambda wildcards: SETTINGS.delays.model_dump(include={"max", "stride"})
    | {"keep": SETTINGS.kept(wildcards.network)},
    network=lambda wildcards: SETTINGS.network(wildcards.network).model_dump(),
    bits=lambda wildcards: SETTINGS.deployed_width(wildcards.network),
    fold=held_out,
)


rule training:
    input:
        every(f"{MODELS}/dense.safetensors", DENSE),
        every(f"{MODELS}/pruned.safetensors", TRAINED),
        at_widths(f"{MODELS}/{{bits}}bit.safetensors", SETTINGS.as_integers),
        every(f"{METRICS}/pytorch.json"),
        every(f"{METRICS}/neurobench.json"),
        every(f"{METRICS}/levels.json", SWEPT),
        every(f"{METRICS}/level_controls.json", CONTROLLED),
        every(f"{TRACES}/pytorch.npz"),
        every(f"{MODELS}/network.nir", SETTINGS.in_nir),


rule train_network:
    input:
        checked,
        **DATA_SPLITS,
    output:
        networks=[f"{MODELS}/dense.safetensors"],
        descriptions=[f"{MODELS}/dense.json"],
        histories=[f"{MODELS}/dense.csv"],
    log:
        f"{LOGS}/train_network.log",
    wildcard_constraints:
        network=ALONE,
    resources:
        gpu=gpus,
    params:
        **OF_DENSE,
        **of_seeds(),
    script:
        "../scripts/train_network.py"


rule import_network:
    input:
        train=f"{DATA}/train.npz",
        network=lambda wildcards: SETTINGS.network(wildcards.network).path(wildcards.seed),
        beside=lambda wildcards: SETTINGS.network(wildcards.network).beside(wildcards.seed),
    output:
        network=f"{MODELS}/imported.safetensors",
        description=f"{MODELS}/imported.json",
    log:
        f"{LOGS}/import_network.log",
    params:
        code=code_that_reads,
        format=lambda wildcards: SETTINGS.network(wildcards.network).reader.name,
        layers=lambda wildcards: SETTINGS.network(wildcards.network).about(wildcards.seed).layers,
        dt=lambda wildcards: SETTINGS.network(wildcards.network).dt,
        readout=lambda wildcards: SETTINGS.network(wildcards.network).readout,
    script:
        "../scripts/import_network.py"


rule prune_delays:
    input:
        **DATA_SPLITS,
        dense=for_seeds(dense_network),
    output:
        networks=[f"{MODELS}/pruned.safetensors"],
        descriptions=[f"{MODELS}/pruned.json"],
        histories=[f"{MODELS}/pruned.csv"],
    log:
        f"{LOGS}/prune_delays.log",
    wildcard_constraints:
        network=ALONE,
    resources:
        gpu=gpus,
    params:
        **OF_PRUNED,
        **of_seeds(),
    script:
        "../scripts/prune_delays.py"


rule quantise_network:
    input:
        **DATA_SPLITS,
        networks=for_seeds(float_network),
    output:
        networks=[f"{MODELS}/{bits}bit.safetensors" for bits in BITS],
        descriptions=[f"{MODELS}/{bits}bit.json" for bits in BITS],
    log:
        f"{LOGS}/quantise_network.log",
    wildcard_constraints:
        network=ALONE,
    resources:
        gpu=gpus,
    params:
        **OF_QUANTISED,
        **of_seeds(),
        bits=BITS,
    script:
        "../scripts/quantise_network.py"


# Of layers that each have a width of their own.
use rule quantise_network as quantise_layers with:
    output:
        networks=[f"{MODELS}/{{bits}}bit.safetensors"],
        descriptions=[f"{MODELS}/{{bits}}bit.json"],
    log:
        f"{LOGS}/quantise_layers_{{bits}}bit.log",
    wildcard_constraints:
        network=ALONE,
        bits=r"\d+(-\d+)+",
    params:
        **OF_QUANTISED,
        **of_seeds(),
        bits=widths_of_layers,


# One job scores all networks at all widths, a fraction of a second each.
if SETTINGS.as_integers:

    rule validate_widths:
        input:
            validation=DATA_SPLITS["validation"],
            floats=[float_network(dict(network=name, seed=seed)) for name in SETTINGS.as_integers for seed in SEEDS],
            integers=[
                file
                for name in SETTINGS.as_integers
                for seed in SEEDS
                for file in quantised_networks(dict(network=name, seed=seed))
            ],
        output:
            metrics=every(f"{METRICS}/widths.json", SETTINGS.as_integers),
        log:
            "logs/validate_widths.log",
        params:
            code=code_of(ROOT / "workflow/scripts/validate_widths.py"),
            names=[name for name in SETTINGS.as_integers for _ in SEEDS],
            seeds=[seed for _ in SETTINGS.as_integers for seed in SEEDS],
            widths={name: len(SETTINGS.widths(name)) for name in SETTINGS.as_integers},
            training={
                name: SETTINGS.course(name).model_dump(include=set(Training.model_fields))
                for name in SETTINGS.as_integers
            },
        script:
            "../scripts/validate_widths.py"


rule evaluate_network:
    input:
        test=f"{DATA}/test.npz",
        network=float_network,
        dense=dense_network,
    output:
        metrics=f"{METRICS}/pytorch.json",
        traces=f"{TRACES}/pytorch.npz",
    log:
        f"{LOGS}/evaluate_network.log",
    params:
        code=code_that_trains("evaluate_network"),
        training=course(),
    script:
        "../scripts/evaluate_network.py"


# One job counts all networks, a fraction of a second each.
rule count_neurobench:
    input:
        test=f"{DATA}/test.npz",
        networks=[float_network(dict(network=name, seed=seed)) for name in NETWORKS for seed in SEEDS],
        traces=every(f"{TRACES}/pytorch.npz"),
    output:
        metrics=every(f"{METRICS}/neurobench.json"),
    log:
        "logs/count_neurobench.log",
    params:
        code=code_of(ROOT / "workflow/scripts/count_neurobench.py"),
        names=[name for name in NETWORKS for _ in SEEDS],
        seeds=[seed for _ in NETWORKS for seed in SEEDS],
    script:
        "../scripts/count_neurobench.py"


rule train_fold:
    input:
        **DATA_SPLITS,
        test=f"{DATA}/test.npz",
    output:
        metrics=f"{METRICS}/fold{{fold}}.json",
    log:
        f"{LOGS}/train_fold_{{fold}}.log",
    wildcard_constraints:
        network=only([name for name in TRAINED if SETTINGS.course(name).together == 1]),
        seed="|".join(sorted({str(seed) for entry in config["folds"] for seed in entry["seeds"]})),
    resources:
        gpu=gpus,
    params:
        **OF_FOLDS,
        **of_seeds(),
    script:
        "../scripts/train_fold.py"


rule train_fold_reference:
    input:
        **DATA_SPLITS,
        test=f"{DATA}/test.npz",
    output:
        metrics=f"results/metrics/{DATASET}/convolutional/fold{{fold}}.json",
    log:
        f"logs/{DATASET}/train_fold_reference_{{fold}}.log",
    params:
        code=code_of(ROOT / "workflow/scripts/train_fold_reference.py"),
        variation=variation(),
        card=config["card"],
        fold=held_out,
    script:
        "../scripts/train_fold_reference.py"


rule sweep_levels:
    input:
        **DATA_SPLITS,
        test=f"{DATA}/test.npz",
        dense=dense_network,
    output:
        metrics=f"{METRICS}/levels.json",
        networks=[f"{MODELS}/{keep}levels_{bits}bit.safetensors" for keep, bits in SWEEP],
        descriptions=[f"{MODELS}/{keep}levels_{bits}bit.json" for keep, bits in SWEEP],
    log:
        f"{LOGS}/sweep_levels.log",
    resources:
        gpu=gpus,
    params:
        code=code_that_trains("sweep_levels"),
        training=course(),
        pruned=course("pruned"),
        quantised=course("quantised"),
        decay_groups=course("decay_groups"),
        levels=config["delays"]["sweep"],
        bits=BITS,
        criterion=pruning,
        checkpoint=lambda wildcards, output: f"{output.metrics}.checkpoint",
    script:
        "../scripts/sweep_levels.py"


rule control_levels:
    input:
        **DATA_SPLITS,
        test=f"{DATA}/test.npz",
        dense=dense_network,
    output:
        metrics=f"{METRICS}/level_controls.json",
    log:
        f"{LOGS}/control_levels.log",
    resources:
        gpu=gpus,
    params:
        code=code_that_trains("control_levels"),
        training=course(),
        phases=lambda wildcards: [course("dense")(wildcards), course("pruned")(wildcards)],
        levels=CONTROL_LEVELS,
        controls=CONTROLS,
        checkpoint=lambda wildcards, output: f"{output.metrics}.checkpoint",
    script:
        "../scripts/control_levels.py"


rule export_nir:
    input:
        network=float_network,
    output:
        graph=f"{MODELS}/network.nir",
    log:
        f"{LOGS}/export_nir.log",
    params:
        code=code_of(ROOT / "workflow/scripts/export_nir.py"),
        step_s=config["data"]["duration_s"] / config["data"]["time_steps"],
    script:
        "../scripts/export_nir.py"
