RTL = [str(file) for file in sorted((ROOT / "workflow/rtl").glob("*.*"))]
SIMULATED_RTL = expand(f"{METRICS}/rtl.json", network=DEPLOYED, seed=SEEDS[0])
EQUALITY += every(f"{METRICS}/scdq.json", DEPLOYED) + every(f"{METRICS}/variants.json", DEPLOYED) + SIMULATED_RTL


rule seneca:
    input:
        expand(f"{METRICS}/{{part}}.json", network=DEPLOYED, seed=SEEDS, part=["scdq", "variants", "structures"]),
        "results/metrics/capacity.json",
        "results/metrics/events.json",
        "results/metrics/area.json",
        SIMULATED_RTL,


rule simulate_scdq:
    input:
        network=float_network,
        traces=f"{TRACES}/seneca.npz",
        constants=CONSTANTS["seneca"],
    output:
        metrics=f"{METRICS}/scdq.json",
    log:
        f"{LOGS}/simulate_scdq.log",
    params:
        code=code_of(ROOT / "workflow/scripts/simulate_scdq.py"),
    script:
        "../scripts/simulate_scdq.py"


# One build serves all networks, each with its first seed.
rule simulate_rtl:
    input:
        rtl=RTL,
        networks=[float_network(dict(network=name, seed=SEEDS[0])) for name in DEPLOYED],
        traces=expand(f"{TRACES}/seneca.npz", network=DEPLOYED, seed=SEEDS[0]),
        constants=CONSTANTS["seneca"],
    output:
        metrics=SIMULATED_RTL,
    log:
        "logs/simulate_rtl.log",
    threads: 2
    params:
        code=code_of(ROOT / "workflow/scripts/simulate_rtl.py"),
        samples=config["seneca"]["rtl_samples"],
    script:
        "../scripts/simulate_rtl.py"


rule compare_variants:
    input:
        network=float_network,
        traces=f"{TRACES}/seneca.npz",
        constants=CONSTANTS["seneca"],
    output:
        metrics=f"{METRICS}/variants.json",
    log:
        f"{LOGS}/compare_variants.log",
    params:
        code=code_of(ROOT / "workflow/scripts/compare_variants.py"),
    script:
        "../scripts/compare_variants.py"


rule compare_structures:
    input:
        network=float_network,
        traces=f"{TRACES}/seneca.npz",
        constants=CONSTANTS["seneca"],
    output:
        metrics=f"{METRICS}/structures.json",
    log:
        f"{LOGS}/compare_structures.log",
    params:
        code=code_of(ROOT / "workflow/scripts/compare_structures.py"),
    script:
        "../scripts/compare_structures.py"


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
