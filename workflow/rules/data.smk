# What the events come as; where there is no validation file, speakers of the training file are held out.
ROLES = ["train", "validation", "test"] if SOURCE == "ssc" else ["train", "test"]
# What errors call them: where the user's own data come from, their files.
FILES = {role: f"{DATA}/{role}.h5" for role in ROLES}
if SOURCE == "files":
    FILES = {role: config["files"].get(role, config["files"]["train"]) for role in ROLES}
if SOURCE == "recordings":
    FILES = {role: config["recordings"]["table"] for role in ROLES}


rule data:
    input:
        expand(f"{DATA}/{{role}}.h5", role=ROLES),
        f"{DATA}/provenance.json",
        expand(f"{DATA}/{{split}}.npz", split=["train", "validation", "test"]),
        "results/data/card.json",


rule synthesise_speech:
    output:
        train="results/data/spoken_digits/train.h5",
        test="results/data/spoken_digits/test.h5",
        provenance="results/data/spoken_digits/provenance.json",
    log:
        "logs/synthesise_speech.log",
    # First, since all else waits for it, on as many cores as --cores allows.
    priority: 1
    threads: 64
    params:
        code=code_of(ROOT / "workflow/scripts/synthesise_speech.py"),
        speech=config["speech"],
        test_speakers=config["data"]["test_speakers"],
    script:
        "../scripts/synthesise_speech.py"


rule download_shd:
    output:
        train="results/data/shd/train.h5",
        test="results/data/shd/test.h5",
        provenance="results/data/shd/provenance.json",
    log:
        "logs/download_shd.log",
    # First and alone: where the data cannot be had, nothing else should keep anybody waiting.
    priority: 1
    # Nodes of a cluster have no network.
    localrule: True
    threads: 64
    params:
        **config["download"],
        code=code_of(ROOT / "workflow/scripts/download_shd.py"),
    script:
        "../scripts/download_shd.py"


rule download_ssc:
    output:
        train="results/data/ssc/train.h5",
        validation="results/data/ssc/validation.h5",
        test="results/data/ssc/test.h5",
        provenance="results/data/ssc/provenance.json",
    log:
        "logs/download_ssc.log",
    # First and alone, as SHD.
    priority: 1
    localrule: True
    threads: 64
    params:
        **config["download"],
        code=code_of(ROOT / "workflow/scripts/download_ssc.py"),
    script:
        "../scripts/download_ssc.py"


if SOURCE == "files":

    rule import_files:
        input:
            **{role: config["files"][role] for role in ("train", "test") if role in config["files"]},
        output:
            train=f"{DATA}/train.h5",
            test=f"{DATA}/test.h5",
            provenance=f"{DATA}/provenance.json",
        log:
            f"logs/{DATASET}/import_files.log",
        params:
            code=code_of(ROOT / "workflow/scripts/import_files.py"),
            files=config["files"],
            test_speakers=config["data"]["test_speakers"],
            duration_s=config["data"]["duration_s"],
        script:
            "../scripts/import_files.py"


if SOURCE == "recordings":
    # Only here, since it takes a second.
    from delaysnn.data.recordings import read_recordings
    from delaysnn.data.splits import refuse_absent

    try:
        RECORDINGS = read_recordings(config["recordings"]["table"], config["recordings"]["folder"])
        SPEAKERS = [recording.speaker for recording in RECORDINGS]
        keys = ("validation_speakers", "test_speakers")
        refuse_absent({f"data.{key}": config["data"][key] for key in keys}, SPEAKERS)
    except InputError as error:
        raise WorkflowError(str(error)) from None

    rule encode_recordings:
        input:
            table=config["recordings"]["table"],
            audio=[str(recording.path) for recording in RECORDINGS],
        output:
            train=f"{DATA}/train.h5",
            test=f"{DATA}/test.h5",
            provenance=f"{DATA}/provenance.json",
        log:
            f"logs/{DATASET}/encode_recordings.log",
        threads: 64
        params:
            code=code_of(ROOT / "workflow/scripts/encode_recordings.py"),
            recordings=config["recordings"],
            duration_s=config["data"]["duration_s"],
            test_speakers=config["data"]["test_speakers"],
        script:
            "../scripts/encode_recordings.py"


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
        data=config["data"],
        published=SOURCE in ("shd", "ssc") or config["data"]["published_split"],
        files=FILES,
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
        duration_s=config["data"]["duration_s"],
        test_speakers=config["data"]["test_speakers"],
        card=config["card"],
    script:
        "../scripts/data_card.py"
