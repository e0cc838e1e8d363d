# Networks of several seeds that a GPU trains side by side, in parts of `training.together`: each is a rule, and makes
# what the rule for one seed (training.smk) makes of each.
# Minutes, on a cluster: no profile knows how many of these rules there are.
RUNTIME = 480


for number, (names, seeds) in enumerate(SETTINGS.seeds_together()):

    rule:
        name:
            f"train_network_together{number}"
        input:
            checked,
            **DATA_SPLITS,
        output:
            networks=every_seed(f"{MODELS}/dense.safetensors", seeds),
            descriptions=every_seed(f"{MODELS}/dense.json", seeds),
            histories=every_seed(f"{MODELS}/dense.csv", seeds),
        log:
            log_of("train_network", seeds),
        wildcard_constraints:
            network=only(names),
        resources:
            gpu=gpus,
            runtime=RUNTIME,
        params:
            **OF_DENSE,
            **of_seeds(seeds),
        script:
            "../scripts/train_network.py"

    rule:
        name:
            f"prune_delays_together{number}"
        input:
            **DATA_SPLITS,
            dense=for_seeds(dense_network, seeds),
        output:
            networks=every_seed(f"{MODELS}/pruned.safetensors", seeds),
            descriptions=every_seed(f"{MODELS}/pruned.json", seeds),
            histories=every_seed(f"{MODELS}/pruned.csv", seeds),
        log:
            log_of("prune_delays", seeds),
        wildcard_constraints:
            network=only(names),
        resources:
            gpu=gpus,
            runtime=RUNTIME,
        params:
            **OF_PRUNED,
            **of_seeds(seeds),
        script:
            "../scripts/prune_delays.py"

    # Of each width first all seeds.
    rule:
        name:
            f"quantise_network_together{number}"
        input:
            **DATA_SPLITS,
            networks=for_seeds(float_network, seeds),
        output:
            networks=[file for bits in BITS for file in every_seed(f"{MODELS}/{bits}bit.safetensors", seeds)],
            descriptions=[file for bits in BITS for file in every_seed(f"{MODELS}/{bits}bit.json", seeds)],
        log:
            log_of("quantise_network", seeds),
        wildcard_constraints:
            network=only(names),
        resources:
            gpu=gpus,
            runtime=RUNTIME,
        params:
            **OF_QUANTISED,
            **of_seeds(seeds),
            bits=BITS,
        script:
            "../scripts/quantise_network.py"

    rule:
        name:
            f"quantise_layers_together{number}"
        input:
            **DATA_SPLITS,
            networks=for_seeds(float_network, seeds),
        output:
            networks=every_seed(f"{MODELS}/{{bits}}bit.safetensors", seeds),
            descriptions=every_seed(f"{MODELS}/{{bits}}bit.json", seeds),
        log:
            log_of("quantise_layers_{bits}bit", seeds),
        wildcard_constraints:
            network=only(names),
            bits=r"\d+(-\d+)+",
        resources:
            gpu=gpus,
            runtime=RUNTIME,
        params:
            **OF_QUANTISED,
            **of_seeds(seeds),
            bits=widths_of_layers,
        script:
            "../scripts/quantise_network.py"


for number, (names, folds, seeds) in enumerate(SETTINGS.folds_together()):

    rule:
        name:
            f"train_fold_together{number}"
        input:
            **DATA_SPLITS,
            test=f"{DATA}/test.npz",
        output:
            metrics=every_seed(f"{METRICS}/fold{{fold}}.json", seeds),
        log:
            log_of("train_fold_{fold}", seeds),
        wildcard_constraints:
            network=only(names),
            fold=only(map(str, folds)),
        resources:
            gpu=gpus,
            runtime=RUNTIME,
        params:
            **OF_FOLDS,
            **of_seeds(seeds),
        script:
            "../scripts/train_fold.py"
