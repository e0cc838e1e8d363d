# The files that each script needs by the option that takes them, and its environment where it has its own (`ready`).
BENCHMARKS = dict(
    training=dict(events=f"{DATA}/train.h5", ready=".envs/peers/ready"),
    gpu=dict(ready=".envs/peers/ready"),
    scaling={},
    delay_queue={},
    cochlea={},
    binning=dict(events=f"{DATA}/train.h5"),
    event_sets={},
)
if SHOWN["network"] in DEPLOYED_ON.get("loihi", []) and config["loihi"]["verify"] == "lava":
    BENCHMARKS["loihi_speed"] = dict(
        network=deployed_file("loihi_", "npz")(SHOWN),
        test=f"{DATA}/test.npz",
        lava=".envs/lava/ready",
    )


# Not part of `all`: `make benchmark`.
rule benchmark:
    input:
        expand("results/benchmarks/{benchmark}.csv", benchmark=BENCHMARKS),
        "results/figures/training_speed.png",


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


for benchmark, inputs in BENCHMARKS.items():

    rule:
        name:
            f"benchmark_{benchmark}"
        input:
            **inputs,
            script=str(ROOT / f"workflow/benchmarks/{benchmark}.py"),
            shared=[str(ROOT / f"workflow/benchmarks/{name}.py") for name in ("timing", "peers", "spyx_peer")],
        output:
            table=f"results/benchmarks/{benchmark}.csv",
        log:
            f"logs/benchmark_{benchmark}.log",
        # Alone on the machine: times are measured.
        threads: 64
        params:
            code=code_of(ROOT / f"workflow/benchmarks/{benchmark}.py"),
            library=lambda wildcards, input: Path(input.script).parents[1],
            python=".envs/peers/bin/python" if "ready" in inputs else PYTHON,
            options=options_of_benchmark,
        shell:
            "PYTHONPATH={params.library:q} {params.python} {input.script:q} {params.options} --output {output.table:q}"
            " 2> {log:q}"
