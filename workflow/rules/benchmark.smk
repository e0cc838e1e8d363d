# Not part of `all`: `make benchmark`.
rule benchmark:
    input:
        "results/benchmarks/training.csv",
        "results/figures/training_speed.png",
        "results/benchmarks/scaling.csv",
        "results/benchmarks/delay_queue.csv",
        "results/benchmarks/loihi_speed.csv",
        "results/benchmarks/cochlea.csv",
        "results/benchmarks/binning.csv",


rule build_peers:
    input:
        requirements=str(ROOT / "envs/peers/requirements.txt"),
        torch=str(ROOT / "envs/torch.txt"),
    output:
        ready=".envs/peers/ready",
    log:
        "logs/build_peers.log",
    localrule: True
    # Not params: where Python and the library lie is no reason to build anew.
    resources:
        python=PYTHON,
        library=str(ROOT / "workflow"),
    shell:
        "{resources.python} -m venv --clear --without-pip .envs/peers && "
        "PYTHONPATH={resources.library:q} {resources.python} -m delaysnn.core.environments .envs/peers"
        " {input.requirements:q} {input.torch:q} &> {log:q} && touch {output.ready:q}"


rule benchmark_training:
    input:
        ready=".envs/peers/ready",
        events=f"{DATA}/train.h5",
        script=str(ROOT / "workflow/benchmarks/training.py"),
        peers=str(ROOT / "workflow/benchmarks/peers.py"),
    output:
        table="results/benchmarks/training.csv",
    log:
        "logs/benchmark_training.log",
    # Alone on the machine: times are measured.
    threads: 64
    params:
        code=code_of(ROOT / "workflow/benchmarks/training.py"),
        library=lambda wildcards, input: Path(input.script).parents[1],
    shell:
        "PYTHONPATH={params.library:q} .envs/peers/bin/python {input.script:q} "
        "--events {input.events:q} --output {output.table:q} 2> {log:q}"


rule benchmark_scaling:
    input:
        script=str(ROOT / "workflow/benchmarks/scaling.py"),
    output:
        table="results/benchmarks/scaling.csv",
    log:
        "logs/benchmark_scaling.log",
    threads: 64
    params:
        code=code_of(ROOT / "workflow/benchmarks/scaling.py"),
        python=PYTHON,
        library=lambda wildcards, input: Path(input.script).parents[1],
    shell:
        "PYTHONPATH={params.library:q} {params.python} {input.script:q} --output {output.table:q} 2> {log:q}"


rule benchmark_cochlea:
    input:
        script=str(ROOT / "workflow/benchmarks/cochlea.py"),
    output:
        table="results/benchmarks/cochlea.csv",
    log:
        "logs/benchmark_cochlea.log",
    threads: 64
    params:
        code=code_of(ROOT / "workflow/benchmarks/cochlea.py"),
        python=PYTHON,
        library=lambda wildcards, input: Path(input.script).parents[1],
    shell:
        "PYTHONPATH={params.library:q} {params.python} {input.script:q} --output {output.table:q} 2> {log:q}"


rule benchmark_binning:
    input:
        events=f"{DATA}/train.h5",
        script=str(ROOT / "workflow/benchmarks/binning.py"),
    output:
        table="results/benchmarks/binning.csv",
    log:
        "logs/benchmark_binning.log",
    threads: 64
    params:
        code=code_of(ROOT / "workflow/benchmarks/binning.py"),
        python=PYTHON,
        library=lambda wildcards, input: Path(input.script).parents[1],
    shell:
        "PYTHONPATH={params.library:q} {params.python} {input.script:q} --events {input.events:q} --output {output.table:q}"
        " 2> {log:q}"


rule benchmark_delay_queue:
    input:
        script=str(ROOT / "workflow/benchmarks/delay_queue.py"),
    output:
        table="results/benchmarks/delay_queue.csv",
    log:
        "logs/benchmark_delay_queue.log",
    threads: 64
    params:
        code=code_of(ROOT / "workflow/benchmarks/delay_queue.py"),
        python=PYTHON,
    shell:
        "{params.python} {input.script:q} --output {output.table:q} 2> {log:q}"


rule benchmark_loihi_speed:
    input:
        lava=".envs/lava/ready",
        script=str(ROOT / "workflow/benchmarks/loihi_speed.py"),
        network=f"{MODELS}/loihi_{DEPLOYED_BITS}bit.npz".format(**SHOWN),
        test=f"{DATA}/test.npz",
    output:
        table="results/benchmarks/loihi_speed.csv",
    log:
        "logs/benchmark_loihi_speed.log",
    threads: 64
    params:
        code=code_of(ROOT / "workflow/benchmarks/loihi_speed.py"),
        python=PYTHON,
        library=lambda wildcards, input: Path(input.script).parents[1],
        batch=config["loihi"]["batch"],
    shell:
        "PYTHONPATH={params.library:q} {params.python} {input.script:q} --network {input.network:q} --test {input.test:q}"
        " --lava .envs/lava/bin/python --batch {params.batch} --output {output.table:q} 2> {log:q}"
