# The Verilog against what the integer reference computes, each network with its first seed.
RTL_FOLDER = ROOT / "workflow/rtl"
ENGINE_RTL = [str(file) for file in sorted([*RTL_FOLDER.glob("*.v"), *(RTL_FOLDER / "engine").glob("*.*")])]
SIMULATED_ENGINES = expand(f"{METRICS}/engine.json", network=DEPLOYED_ON["fpga"], seed=SEEDS[0])
EQUALITY += SIMULATED_ENGINES


rule fpga:
    input:
        SIMULATED_ENGINES,


rule simulate_engine:
    input:
        test=f"{DATA}/test.npz",
        network=deployed_file(),
        constants=CONSTANTS["fpga"],
        reference=f"{TRACES}/fpga.npz",
        rtl=ENGINE_RTL,
    output:
        metrics=f"{METRICS}/engine.json",
    log:
        f"{LOGS}/simulate_engine.log",
    wildcard_constraints:
        network=only(DEPLOYED_ON["fpga"]),
    params:
        code=code_of(ROOT / "workflow/scripts/simulate_engine.py"),
    script:
        "../scripts/simulate_engine.py"
