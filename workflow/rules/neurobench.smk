# NeuroBench itself on every network, whose counts must be ours (rule count_neurobench). Not part of `all`: its environment
# has 1.5 GB, and what it counts is known without it.
rule neurobench:
    input:
        every(f"{METRICS}/neurobench_itself.json"),


rule run_neurobench:
    input:
        ready=".envs/neurobench/ready",
        script=str(ROOT / "workflow/scripts/run_neurobench.py"),
        network=float_network,
        test=f"{DATA}/test.npz",
        traces=f"{TRACES}/pytorch.npz",
        counted=f"{METRICS}/neurobench.json",
    output:
        f"{METRICS}/neurobench_itself.json",
    log:
        f"{LOGS}/run_neurobench.log",
    params:
        code=code_of(ROOT / "workflow/scripts/run_neurobench.py"),
        library=lambda wildcards, input: Path(input.script).parents[1],
    shell:
        "PYTHONPATH={params.library:q} .envs/neurobench/bin/python {input.script:q} --network {input.network:q}"
        " --test {input.test:q} --traces {input.traces:q} --counted {input.counted:q} --output {output:q}"
        " --log {log:q} --code {params.code}"
