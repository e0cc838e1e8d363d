# Found by their folder, so that no script names them in an import.
STRUCTURES = sorted((ROOT / "workflow/delaysnn/queues/structures").glob("*.py"))
RTL = [str(file) for file in sorted((ROOT / "workflow/rtl").glob("*.*"))]
SIMULATED_RTL = expand(f"{METRICS}/rtl.json", network=DEPLOYED_ON["seneca"], seed=SEEDS[0])
EQUALITY += every(f"{METRICS}/queues.json", DEPLOYED_ON["seneca"]) + SIMULATED_RTL

# Trained here: of others nothing is lost when their queue overflows.
DELAYING_INPUTS = [name for name in DEPLOYED_ON["seneca"] if name in TRAINED and SETTINGS.network(name).input_delays]
FIRST_QUEUE = f"results/metrics/{DATASET}/{{network}}/first_queue.json"
BEFORE_TRAINING |= {name: FIRST_QUEUE.format(network=name) for name in DELAYING_INPUTS}


rule seneca:
    input:
        every(f"{METRICS}/queues.json", DEPLOYED_ON["seneca"]),
        "results/metrics/capacity.json",
        "results/metrics/events.json",
        "results/metrics/area.json",
        SIMULATED_RTL,


rule check_first_queue:
    input:
        test=f"{DATA}/test.npz",
        constants=CONSTANTS["seneca"],
    output:
        needs=FIRST_QUEUE,
    log:
        f"logs/{DATASET}/{{network}}/check_first_queue.log",
    wildcard_constraints:
        network=only(DELAYING_INPUTS),
    params:
        code=code_of(ROOT / "workflow/scripts/check_first_queue.py"),
        delays=lambda wildcards: SETTINGS.network(wildcards.network).delays_of_inputs(SETTINGS.delays.levels),
        kept=lambda wildcards: SETTINGS.kept_of_inputs(wildcards.network),
    script:
        "../scripts/check_first_queue.py"


rule run_queues:
    input:
        test=f"{DATA}/test.npz",
        network=float_network,
        traces=f"{TRACES}/seneca.npz",
        constants=CONSTANTS["seneca"],
    output:
        metrics=f"{METRICS}/queues.json",
    log:
        f"{LOGS}/run_queues.log",
    params:
        code=code_of(ROOT / "workflow/scripts/run_queues.py", *STRUCTURES),
    script:
        "../scripts/run_queues.py"


# One build serves all networks, each with its first seed.
rule simulate_rtl:
    input:
        test=f"{DATA}/test.npz",
        rtl=RTL,
        networks=[float_network(dict(network=name, seed=SEEDS[0])) for name in DEPLOYED_ON["seneca"]],
        traces=expand(f"{TRACES}/seneca.npz", network=DEPLOYED_ON["seneca"], seed=SEEDS[0]),
        constants=CONSTANTS["seneca"],
    output:
        metrics=SIMULATED_RTL,
    log:
        "logs/simulate_rtl.log",
    # Beside other jobs as soon as it can: last of all it would leave a core idle.
    priority: 1
    params:
        code=code_of(ROOT / "workflow/scripts/simulate_rtl.py"),
        samples=config["seneca"]["rtl_samples"],
    script:
        "../scripts/simulate_rtl.py"


rule compute_capacity:
    input:
        published=PUBLISHED,
        constants=CONSTANTS["seneca"],
    output:
        capacity="results/metrics/capacity.json",
    log:
        "logs/compute_capacity.log",
    params:
        code=code_of(ROOT / "workflow/scripts/compute_capacity.py"),
    script:
        "../scripts/compute_capacity.py"


rule measure_area:
    input:
        rtl=RTL,
        constants=CONSTANTS["seneca"],
    output:
        area="results/metrics/area.json",
    log:
        "logs/measure_area.log",
    params:
        code=code_of(ROOT / "workflow/scripts/measure_area.py"),
        # The paper's largest network before its last layer, and events of 16 bit.
        sizes=dict(address_bits=10, axons=48, delays=60),
        sweep=dict(delays=[16, 32], depth=[64]),
    script:
        "../scripts/measure_area.py"


rule trace_events:
    output:
        events="results/metrics/events.json",
    log:
        "logs/trace_events.log",
    params:
        code=code_of(ROOT / "workflow/scripts/trace_events.py"),
        # The paper's example (Figures 3 and 5).
        example=dict(delays=3, useful_delays=dict(A=[0, 1], B=[2]), arrivals=[["A", "B"], [], []]),
    script:
        "../scripts/trace_events.py"
