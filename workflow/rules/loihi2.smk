# A second implementation of what the integer reference computes.
LAVA_2 = every(f"{METRICS}/lava_loihi2.json", DEPLOYED_ON["loihi2"]) if config["loihi2"]["verify"] == "lava" else []
EQUALITY += LAVA_2
DEPLOYMENTS["loihi2"] = LAVA_2


rule loihi2:
    input:
        [
            deployed_file("loihi2_", "npz")(dict(network=name, seed=seed))
            for name in DEPLOYED_ON["loihi2"]
            for seed in SEEDS
        ],
        LAVA_2,


rule convert_loihi2:
    input:
        network=f"{MODELS}/{{bits}}bit.safetensors",
        description=f"{MODELS}/{{bits}}bit.json",
    output:
        network=f"{MODELS}/loihi2_{{bits}}bit.npz",
    log:
        f"{LOGS}/convert_loihi2_{{bits}}bit.log",
    params:
        code=code_of(ROOT / "workflow/scripts/convert_loihi2.py"),
    script:
        "../scripts/convert_loihi2.py"


rule deploy_loihi2:
    input:
        lava=".envs/lava/ready",
        script=str(ROOT / "workflow/scripts/deploy_loihi2.py"),
        network=deployed_file("loihi2_", "npz"),
        test=f"{DATA}/test.npz",
        reference=f"{TRACES}/loihi2.npz",
    output:
        f"{METRICS}/lava_loihi2.json",
    log:
        f"{LOGS}/deploy_loihi2.log",
    params:
        **{key: config["loihi"][key] for key in ("batch", "timeout_s")},
        code=code_of(ROOT / "workflow/scripts/deploy_loihi2.py"),
        library=lambda wildcards, input: Path(input.script).parents[1],
    shell:
        "PYTHONPATH={params.library:q} .envs/lava/bin/python {input.script:q} --network {input.network:q}"
        " --test {input.test:q} --reference {input.reference:q} --output {output:q} --log {log:q}"
        " --batch {params.batch} --timeout {params.timeout_s} --code {params.code}"
