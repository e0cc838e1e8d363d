rule data:
    input:
        expand(f"{DATA}/{{role}}.h5", role=ROLES),
        f"{DATA}/provenance.json",
        expand(f"{DATA}/{{split}}.npz", split=["train", "validation", "test"]),
        "results/data/card.json",


rule fetch_data:
    input:
        **SOURCE.inputs(config),
    output:
        **{role: f"{DATA}/{role}.h5" for role in ROLES},
        provenance=f"{DATA}/provenance.json",
    log:
        f"logs/{DATASET}/fetch_data.log",
    # First, since all else waits for it, on as many cores as --cores allows.
    priority: 1
    # Nodes of a cluster have no network.
    localrule: SOURCE.needs_network
    threads: SOURCE.threads
    params:
        # The script imports the source by its name.
        code=code_of(
            ROOT / "workflow/scripts/fetch_data.py",
            ROOT / f"workflow/delaysnn/data/sources/{config['data']['name']}.py",
        ),
        source=config["data"]["name"],
        settings=SOURCE.settings(config),
    script:
        "../scripts/fetch_data.py"


rule bin_spikes:
    input:
        **{role: f"{DATA}/{role}.h5" for role in ROLES},
        provenance=f"{DATA}/provenance.json",
    output:
        train=f"{DATA}/train.npz",
        validation=f"{DATA}/validation.npz",
        test=f"{DATA}/test.npz",
    log:
        f"logs/{DATASET}/bin_spikes.log",
    params:
        code=code_of(ROOT / "workflow/scripts/bin_spikes.py"),
        dataset=DATASET,
        channels=SETTINGS.channels,
        sensor=SETTINGS.sensor,
        data=config["data"],
        published=SOURCE.published_split or config["data"]["published_split"],
        # What errors call them.
        files={role: SOURCE.user_file(config, role) or f"{DATA}/{role}.h5" for role in ROLES},
    script:
        "../scripts/bin_spikes.py"


rule data_card:
    input:
        train=f"{DATA}/train.h5",
        test=f"{DATA}/test.h5",
    output:
        card="results/data/card.json",
    log:
        f"logs/{DATASET}/data_card.log",
    params:
        code=code_of(ROOT / "workflow/scripts/data_card.py"),
        dataset=DATASET,
        channels=SETTINGS.channels,
        duration_s=config["data"]["duration_s"],
        test_speakers=config["data"]["test_speakers"],
        speakers=SETTINGS.has_speakers,
        card=config["card"],
    script:
        "../scripts/data_card.py"
