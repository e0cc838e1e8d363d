# Of other people's tools, each in an environment of its own that few targets need. With PyTorch, or without.
ENVIRONMENTS = dict(neurobench=[str(ROOT / "envs/torch.txt")], brian2loihi=[], docs=[])


rule build_environment:
    input:
        requirements=str(ROOT / "envs/{environment}/requirements.txt"),
        torch=lambda wildcards: ENVIRONMENTS[wildcards.environment],
    output:
        ready=".envs/{environment}/ready",
    log:
        "logs/build_{environment}.log",
    wildcard_constraints:
        environment=only(ENVIRONMENTS),
    # Nodes of a cluster have no network.
    localrule: True
    # Not params: where Python and the library lie is no reason to build anew.
    resources:
        python=PYTHON,
        library=str(ROOT / "workflow"),
    shell:
        "{resources.python} -m venv --clear --without-pip .envs/{wildcards.environment} && "
        "PYTHONPATH={resources.library:q} {resources.python} -m delaysnn.core.environments .envs/{wildcards.environment}"
        " {input.requirements:q} {input.torch:q} &> {log:q} && touch {output.ready:q}"


# Of Python 3.10, as Lava's (rules/platforms.smk).
rule build_lava_dl:
    input:
        requirements=str(ROOT / "envs/lava_dl/requirements.txt"),
        torch=str(ROOT / "envs/torch.txt"),
    output:
        ready=".envs/lava_dl/ready",
    log:
        "logs/build_lava_dl.log",
    localrule: True
    # Not params: where Python and the library lie is no reason to build anew.
    resources:
        python=PYTHON,
        library=str(ROOT / "workflow"),
    shell:
        "PYTHONPATH={resources.library:q} {resources.python} {resources.library:q}/scripts/build_lava.py"
        " {input.requirements:q} {output.ready:q} {log:q} {input.torch:q}"
