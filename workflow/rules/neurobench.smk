# NeuroBench itself on every network, whose counts must be ours (rule count_neurobench). Not part of `all`: its environment
# has 1.5 GB, and what it counts is known without it.
rule neurobench:
    input:
        every(f"{METRICS}/neurobench_itself.json"),


rule build_neurobench:
    input:
        requirements=str(ROOT / "envs/neurobench/requirements.txt"),
        torch=str(ROOT / "envs/torch.txt"),
    output:
        ready=".envs/neurobench/ready",
    log:
        "logs/build_neurobench.log",
    localrule: True
    # Not params: where Python and the library lie is no reason to build anew.
    resources:
        python=PYTHON,
        library=str(ROOT / "workflow"),
    shell:
        "{resources.python} -m venv --clear --without-pip .envs/neurobench && "
        "PYTHONPATH={resources.library:q} {resources.python} -m delaysnn.core.environments .envs/neurobench"
        " {input.requirements:q} {input.torch:q} &> {log:q} && touch {output.ready:q}"


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
