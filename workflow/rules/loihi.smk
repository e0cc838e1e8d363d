PUBLISHED = str(ROOT / "config/published.yaml")
# The paper's chip, and the one that costs are estimated for.
LOIHI_OF_THE_PAPER = str(ROOT / "config/hardware/loihi.yaml")
LOIHI_CONSTANTS = constants_file(config, "loihi", LOIHI_OF_THE_PAPER)
# The networks of the paper's Table III that cost models are fitted to. Another chip has no such table.
FITTED = ["48", "32", "24"]
LOIHI_FITTED = FITTED if LOIHI_CONSTANTS == LOIHI_OF_THE_PAPER else []
# Levels and widths are swept on one core, where that holds every network.
SWEPT_ON_CORE = SWEPT if 1 in config["loihi"]["cores"] else []


rule loihi:
    input:
        expand(f"{MODELS}/loihi_{{bits}}bit.npz", network=DEPLOYED, seed=SEEDS, bits=BITS),
        every(f"{TRACES}/loihi.npz", DEPLOYED),
        every(f"{MODELS}/network.nir", DEPLOYED),
        expand(
            f"{METRICS}/{{part}}.json",
            network=DEPLOYED,
            seed=SEEDS,
            part=["loihi", "loihi_bits", "loihi_mapping", "loihi_cost", "lava"],
        ),
        every(f"{METRICS}/loihi_sweep.json", SWEPT_ON_CORE),
        "results/metrics/loihi_validation.json",


rule build_lava:
    input:
        # By content, below: the files of a new clone are of today, and would make an environment anew that is there.
        requirements=ancient(str(ROOT / "envs/lava/requirements.txt")),
    output:
        ready=".envs/lava/ready",
    log:
        "logs/build_lava.log",
    # Nodes of a cluster have no network.
    localrule: True
    # Not params: where Python and the library lie is no reason to build anew.
    resources:
        python=PYTHON,
        library=str(ROOT / "workflow"),
    params:
        requirements=sha256(ROOT / "envs/lava/requirements.txt"),
    shell:
        "PYTHONPATH={resources.library:q} {resources.python} {resources.library:q}/scripts/build_lava.py"
        " {input.requirements:q} {output.ready:q} {log:q}"


rule convert_loihi:
    input:
        network=f"{MODELS}/{{bits}}bit.safetensors",
        description=f"{MODELS}/{{bits}}bit.json",
    output:
        network=f"{MODELS}/loihi_{{bits}}bit.npz",
    log:
        f"{LOGS}/convert_loihi_{{bits}}bit.log",
    params:
        code=code_of(ROOT / "workflow/scripts/convert_loihi.py"),
    script:
        "../scripts/convert_loihi.py"


rule simulate_loihi:
    input:
        test=f"{DATA}/test.npz",
        reference=f"{TRACES}/pytorch.npz",
        networks=[f"{MODELS}/loihi_{bits}bit.npz" for bits in BITS],
    output:
        traces=f"{TRACES}/loihi.npz",
        metrics=f"{METRICS}/loihi.json",
        sweep=f"{METRICS}/loihi_bits.json",
    log:
        f"{LOGS}/simulate_loihi.log",
    params:
        code=code_of(ROOT / "workflow/scripts/simulate_loihi.py"),
        bits=BITS,
        deployed=DEPLOYED_BITS,
    script:
        "../scripts/simulate_loihi.py"


rule record_loihi:
    input:
        test=f"{DATA}/test.npz",
        network=f"{MODELS}/loihi_{DEPLOYED_BITS}bit.npz",
        reference=f"{TRACES}/pytorch.npz",
    output:
        membranes=f"{TRACES}/loihi_membranes.npz",
    log:
        f"{LOGS}/record_loihi.log",
    params:
        code=code_of(ROOT / "workflow/scripts/record_loihi.py"),
    script:
        "../scripts/record_loihi.py"


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


rule map_loihi:
    input:
        network=f"{MODELS}/loihi_{DEPLOYED_BITS}bit.npz",
        simulation=f"{METRICS}/loihi.json",
        constants=LOIHI_CONSTANTS,
    output:
        metrics=f"{METRICS}/loihi_mapping.json",
    log:
        f"{LOGS}/map_loihi.log",
    params:
        **{key: config["loihi"][key] for key in ("cores", "excess")},
        code=code_of(ROOT / "workflow/scripts/map_loihi.py"),
    script:
        "../scripts/map_loihi.py"


rule deploy_loihi:
    input:
        lava=".envs/lava/ready",
        script=str(ROOT / "workflow/scripts/deploy_loihi.py"),
        network=f"{MODELS}/loihi_{DEPLOYED_BITS}bit.npz",
        test=f"{DATA}/test.npz",
        reference=f"{TRACES}/loihi.npz",
    output:
        f"{METRICS}/lava.json",
    log:
        f"{LOGS}/deploy_loihi.log",
    params:
        **{key: config["loihi"][key] for key in ("batch", "stock_samples", "timeout_s")},
        code=code_of(ROOT / "workflow/scripts/deploy_loihi.py"),
        library=lambda wildcards, input: Path(input.script).parents[1],
    shell:
        "PYTHONPATH={params.library:q} .envs/lava/bin/python {input.script:q} --network {input.network:q}"
        " --test {input.test:q} --reference {input.reference:q} --output {output:q} --log {log:q}"
        " --batch {params.batch} --stock-samples {params.stock_samples} --timeout {params.timeout_s}"
        " --code {params.code}"


rule estimate_loihi:
    input:
        test=f"{DATA}/test.npz",
        traces=f"{TRACES}/loihi.npz",
        network=f"{MODELS}/loihi_{DEPLOYED_BITS}bit.npz",
        # Only what fits has a cost.
        mapping=f"{METRICS}/loihi_mapping.json",
        constants=LOIHI_CONSTANTS,
        published=PUBLISHED,
    output:
        metrics=f"{METRICS}/loihi_cost.json",
    log:
        f"{LOGS}/estimate_loihi.log",
    params:
        code=code_of(ROOT / "workflow/scripts/estimate_loihi.py"),
        fitted=LOIHI_FITTED,
        cores=config["loihi"]["cores"],
    script:
        "../scripts/estimate_loihi.py"


rule sweep_loihi:
    input:
        test=f"{DATA}/test.npz",
        networks=[f"{MODELS}/{bits}bit.safetensors" for bits in BITS]
        + [f"{MODELS}/{keep}levels_{bits}bit.safetensors" for keep, bits in SWEEP],
        constants=LOIHI_CONSTANTS,
        published=PUBLISHED,
    output:
        metrics=f"{METRICS}/loihi_sweep.json",
    log:
        f"{LOGS}/sweep_loihi.log",
    params:
        code=code_of(ROOT / "workflow/scripts/sweep_loihi.py"),
        fitted=LOIHI_FITTED,
        settings=[(config["delays"]["keep"], bits) for bits in BITS] + SWEEP,
        excess=config["loihi"]["excess"],
    script:
        "../scripts/sweep_loihi.py"


rule validate_loihi:
    input:
        constants=LOIHI_OF_THE_PAPER,
        published=PUBLISHED,
    output:
        rows="results/metrics/loihi_validation.json",
    log:
        "logs/validate_loihi.log",
    params:
        code=code_of(ROOT / "workflow/scripts/validate_loihi.py"),
        fitted=FITTED,
    script:
        "../scripts/validate_loihi.py"
