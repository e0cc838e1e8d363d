# What others say of Loihi than Lava: an emulator that its authors compared with a chip, and readings of what lava #322 leaves
# open. Not part of `all`.
# Of networks that the emulator runs: it knows neither biases nor other readouts, and its recurrence is not used.
OPINIONS_ON = [name for name in DEPLOYED_ON.get("loihi", []) if not SETTINGS.network(name).features]


rule second_opinion:
    input:
        every(f"{METRICS}/brian2loihi.json", OPINIONS_ON),
        every(f"{METRICS}/loihi_readings.json", OPINIONS_ON),


# Layer by layer, each with the emulator's own spikes of the one before: minutes a network, since each delay level of each
# kind of neurons is a group of synapses of its own.
rule emulate_loihi:
    input:
        ready=".envs/brian2loihi/ready",
        script=str(ROOT / "workflow/scripts/emulate_loihi.py"),
        network=deployed_file("loihi_", "npz"),
        test=f"{DATA}/test.npz",
        reference=f"{TRACES}/loihi.npz",
    output:
        f"{METRICS}/brian2loihi.json",
    log:
        f"{LOGS}/emulate_loihi.log",
    params:
        code=code_of(ROOT / "workflow/scripts/emulate_loihi.py"),
        library=lambda wildcards, input: Path(input.script).parents[1],
        samples=10,
    shell:
        "PYTHONPATH={params.library:q} .envs/brian2loihi/bin/python {input.script:q} --network {input.network:q}"
        " --test {input.test:q} --reference {input.reference:q} --output {output:q} --log {log:q}"
        " --samples {params.samples} --code {params.code}"


rule compare_readings:
    input:
        network=deployed_file("loihi_", "npz"),
        test=f"{DATA}/test.npz",
        reference=f"{TRACES}/loihi.npz",
    output:
        metrics=f"{METRICS}/loihi_readings.json",
    log:
        f"{LOGS}/compare_readings.log",
    params:
        code=code_of(ROOT / "workflow/scripts/compare_readings.py"),
    script:
        "../scripts/compare_readings.py"
