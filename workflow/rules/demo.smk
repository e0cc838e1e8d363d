from delaysnn.demo.example import files_of

# What the first look shows: chips, whatever `platforms` names.
SHOWN_CHIPS = ["loihi", "seneca"]
EXAMPLE = {key: str(file) for key, file in files_of(ROOT / "examples/networks/48.safetensors").items()}


# Not part of `all`: `make demo`. It needs nothing that is trained here.
rule show_demo:
    input:
        **EXAMPLE,
        **{name: constants_of(name) for name in SHOWN_CHIPS},
        published=PUBLISHED,
    output:
        page="results/demo.html",
    log:
        "logs/show_demo.log",
    params:
        code=code_of_platform("show_demo", *SHOWN_CHIPS),
        platforms=SHOWN_CHIPS,
        # Lines hold for the chips that they were fitted to.
        fitted={name: () if config["hardware"].get(name) else registered()[name].fitted for name in SHOWN_CHIPS},
        settings={name: config.get(name, {}) for name in SHOWN_CHIPS},
    script:
        "../scripts/show_demo.py"


# Not part of `all`: `make example`, which copies the files to where `show_demo` finds them. An output there would train
# a network for whoever asks for the first look.
if "48" in DEPLOYED_ON.get("loihi", []):

    rule pack_example:
        input:
            events=f"{DATA}/test.h5",
            test=f"{DATA}/test.npz",
            network=deployed_file()(dict(network="48", seed=SEEDS[0])),
            traces=f"{TRACES}/loihi.npz".format(network="48", seed=SEEDS[0]),
        output:
            **{key: f"results/example/{Path(file).name}" for key, file in EXAMPLE.items()},
        log:
            "logs/pack_example.log",
        params:
            code=code_of(ROOT / "workflow/scripts/pack_example.py"),
            samples=100,
        script:
            "../scripts/pack_example.py"
