from delaysnn.platforms.constants import read_constants
from delaysnn.platforms.loihi.limits import sweeps_on_one_core
from delaysnn.settings.checks import plan

# Levels and widths are swept on one core, of networks that it can hold with few of both.
SWEPT_ON_CORE += [
    name
    for name in SWEPT
    if name in DEPLOYED_ON["loihi"]
    and 1 in config["loihi"]["cores"]
    and sweeps_on_one_core(plan(SETTINGS, name), config["loihi"]["excess"], read_constants(CONSTANTS["loihi"]))
]
# A second implementation of what the integer reference computes.
LAVA = every(f"{METRICS}/lava.json", DEPLOYED_ON["loihi"]) if config["loihi"]["verify"] == "lava" else []
EQUALITY += LAVA
DEPLOYMENTS["loihi"] = LAVA


rule loihi:
    input:
        at_widths(f"{MODELS}/loihi_{{bits}}bit.npz", DEPLOYED_ON["loihi"]),
        every(f"{METRICS}/loihi_mapping.json", DEPLOYED_ON["loihi"]),
        every(f"{METRICS}/loihi_sweep.json", SWEPT_ON_CORE),
        LAVA,


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


# For whoever asks for it: NetX has one delay a synapse, and the paper's networks have more.
rule export_netx:
    input:
        network=f"{MODELS}/loihi_{{bits}}bit.npz",
    output:
        network=f"{MODELS}/loihi_{{bits}}bit.net",
    log:
        f"{LOGS}/export_netx_{{bits}}bit.log",
    params:
        code=code_of(ROOT / "workflow/scripts/export_netx.py"),
    script:
        "../scripts/export_netx.py"


rule map_loihi:
    input:
        network=deployed_file("loihi_", "npz"),
        simulation=f"{METRICS}/loihi.json",
        constants=CONSTANTS["loihi"],
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
        network=deployed_file("loihi_", "npz"),
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


rule sweep_loihi:
    input:
        test=f"{DATA}/test.npz",
        networks=[f"{MODELS}/{bits}bit.safetensors" for bits in BITS]
        + [f"{MODELS}/{keep}levels_{bits}bit.safetensors" for keep, bits in SWEEP],
        constants=CONSTANTS["loihi"],
        published=PUBLISHED,
    output:
        metrics=f"{METRICS}/loihi_sweep.json",
    log:
        f"{LOGS}/sweep_loihi.log",
    params:
        code=code_of(ROOT / "workflow/scripts/sweep_loihi.py"),
        fitted=FITTED["loihi"],
        settings=[(config["delays"]["keep"], bits) for bits in BITS] + SWEEP,
        excess=config["loihi"]["excess"],
    script:
        "../scripts/sweep_loihi.py"
