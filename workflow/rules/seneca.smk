# The paper's chip, and the one that is simulated and whose costs are estimated.
SENECA_OF_THE_PAPER = str(ROOT / "config/hardware/seneca.yaml")
SENECA_CONSTANTS = constants_file(config, "seneca", SENECA_OF_THE_PAPER)
SENECA_FITTED = FITTED if SENECA_CONSTANTS == SENECA_OF_THE_PAPER else []
# Found by their folder, so that no script names them in an import.
STRUCTURES = sorted((ROOT / "workflow/delaysnn/queues/structures").glob("*.py"))
RTL = [str(file) for file in sorted((ROOT / "workflow/rtl").glob("*.*"))]
SENECA_PARTS = ["seneca", "queues", "seneca_cost"]


rule seneca:
    input:
        every(f"{TRACES}/seneca.npz", DEPLOYED),
        every(f"{TRACES}/seneca_energy.npz", DEPLOYED),
        expand(f"{METRICS}/{{part}}.json", network=DEPLOYED, seed=SEEDS, part=SENECA_PARTS),
        "results/metrics/seneca_validation.json",
        "results/metrics/capacity.json",
        "results/metrics/events.json",
        "results/metrics/area.json",
        expand(f"{METRICS}/rtl.json", network=DEPLOYED, seed=SEEDS[0]),


rule simulate_seneca:
    input:
        test=f"{DATA}/test.npz",
        reference=f"{TRACES}/pytorch.npz",
        network=float_network,
    output:
        traces=f"{TRACES}/seneca.npz",
        metrics=f"{METRICS}/seneca.json",
    log:
        f"{LOGS}/simulate_seneca.log",
    params:
        code=code_of(ROOT / "workflow/scripts/simulate_seneca.py"),
    script:
        "../scripts/simulate_seneca.py"


rule record_seneca:
    input:
        test=f"{DATA}/test.npz",
        network=float_network,
        reference=f"{TRACES}/pytorch.npz",
    output:
        membranes=f"{TRACES}/seneca_membranes.npz",
    log:
        f"{LOGS}/record_seneca.log",
    params:
        code=code_of(ROOT / "workflow/scripts/record_seneca.py"),
    script:
        "../scripts/record_seneca.py"


rule run_queues:
    input:
        network=float_network,
        traces=f"{TRACES}/seneca.npz",
        constants=SENECA_CONSTANTS,
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
        rtl=RTL,
        networks=[float_network(dict(network=name, seed=SEEDS[0])) for name in DEPLOYED],
        traces=expand(f"{TRACES}/seneca.npz", network=DEPLOYED, seed=SEEDS[0]),
        constants=SENECA_CONSTANTS,
    output:
        metrics=expand(f"{METRICS}/rtl.json", network=DEPLOYED, seed=SEEDS[0]),
    log:
        "logs/simulate_rtl.log",
    threads: 2
    params:
        code=code_of(ROOT / "workflow/scripts/simulate_rtl.py"),
        samples=config["seneca"]["rtl_samples"],
    script:
        "../scripts/simulate_rtl.py"


rule estimate_seneca:
    input:
        test=f"{DATA}/test.npz",
        network=float_network,
        traces=f"{TRACES}/seneca.npz",
        constants=SENECA_CONSTANTS,
        published=PUBLISHED,
    output:
        metrics=f"{METRICS}/seneca_cost.json",
        samples=f"{TRACES}/seneca_energy.npz",
    log:
        f"{LOGS}/estimate_seneca.log",
    params:
        code=code_of(ROOT / "workflow/scripts/estimate_seneca.py", *STRUCTURES),
        fitted=SENECA_FITTED,
    script:
        "../scripts/estimate_seneca.py"


rule validate_seneca:
    input:
        constants=SENECA_OF_THE_PAPER,
        published=PUBLISHED,
    output:
        rows="results/metrics/seneca_validation.json",
    log:
        "logs/validate_seneca.log",
    params:
        code=code_of(ROOT / "workflow/scripts/validate_seneca.py"),
        fitted=FITTED,
    script:
        "../scripts/validate_seneca.py"


rule compute_capacity:
    input:
        published=PUBLISHED,
        constants=SENECA_CONSTANTS,
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
        constants=SENECA_CONSTANTS,
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
