from delaysnn.platforms import REFERENCE, registered
from delaysnn.platforms.constants import shipped_constants
from delaysnn.platforms.protocol import Priced, PricesFloats, Recorded, Validated

PUBLISHED = str(ROOT / "config/published.yaml")
# What the configuration deploys on, and what it is compared with.
CHIPS = {name: registered()[name] for name in config["platforms"]}
PLATFORMS = [REFERENCE, *CHIPS]
QUANTISED = [name for name, chip in CHIPS.items() if chip.quantised]
RECORDED = [name for name in PLATFORMS if isinstance(registered()[name], Recorded)]
PRICED = [name for name, chip in CHIPS.items() if isinstance(chip, Priced)]
BY_SAMPLE = [name for name in PRICED if CHIPS[name].by_sample]
PRICE_FLOATS = [name for name, chip in CHIPS.items() if isinstance(chip, PricesFloats)]
PRICED_AS_FLOATS = [name for name in NETWORKS if any(name in SETTINGS.taken_by(chip) for chip in PRICE_FLOATS)]
VALIDATED = [name for name, chip in CHIPS.items() if isinstance(chip, Validated)]
# Pages with what one platform alone has.
PAGES = [name for name in CHIPS if (ROOT / f"workflow/rules/{name}.smk").exists()]
# What those pages add to tables: spike-for-spike comparisons, what repeated which platform's spikes, and networks whose
# levels and bits are swept.
EQUALITY, DEPLOYMENTS, SWEPT_ON_CORE = [], {}, []

# The constants of the platforms' own chips, which the paper's cells are of, and those that costs are estimated with.
SHIPPED = {name: shipped_constants(name, ROOT) for name in CHIPS}
CONSTANTS = {name: config["hardware"].get(name) or (str(file) if file else []) for name, file in SHIPPED.items()}
FITTED = {name: chip.fitted if CONSTANTS[name] == str(SHIPPED[name]) else () for name, chip in CHIPS.items()}


rule platforms:
    input:
        of_platforms(f"{TRACES}/{{platform}}.npz", CHIPS),
        of_platforms(f"{METRICS}/{{platform}}.json", CHIPS),
        of_platforms(f"{METRICS}/{{platform}}_bits.json", QUANTISED),
        of_platforms(f"{METRICS}/{{platform}}_cost.json", PRICED),
        of_platforms(f"{TRACES}/{{platform}}_energy.npz", BY_SAMPLE),
        expand("results/metrics/{platform}_validation.json", platform=VALIDATED),


rule run_platform:
    input:
        test=f"{DATA}/test.npz",
        reference=f"{TRACES}/pytorch.npz",
        networks=lambda wildcards: [float_network(wildcards)],
    output:
        traces=f"{TRACES}/{{platform}}.npz",
        metrics=f"{METRICS}/{{platform}}.json",
    log:
        f"{LOGS}/run_{{platform}}.log",
    wildcard_constraints:
        platform=only(name for name in CHIPS if name not in QUANTISED),
    params:
        code=code_of_its_platform("run_platform"),
        bits=[None],
        deployed=lambda wildcards: SETTINGS.deployed_width(wildcards.network),
    script:
        "../scripts/run_platform.py"


use rule run_platform as run_quantised with:
    input:
        test=f"{DATA}/test.npz",
        reference=f"{TRACES}/pytorch.npz",
        networks=quantised_networks,
    output:
        traces=f"{TRACES}/{{platform}}.npz",
        metrics=f"{METRICS}/{{platform}}.json",
        widths=f"{METRICS}/{{platform}}_bits.json",
    wildcard_constraints:
        platform=only(QUANTISED),
    params:
        code=code_of_its_platform("run_platform"),
        bits=lambda wildcards: SETTINGS.widths(wildcards.network),
        deployed=lambda wildcards: SETTINGS.deployed_width(wildcards.network),


rule record_platform:
    input:
        test=f"{DATA}/test.npz",
        network=deployed_network,
        reference=f"{TRACES}/pytorch.npz",
    output:
        membranes=f"{TRACES}/{{platform}}_membranes.npz",
    log:
        f"{LOGS}/record_{{platform}}.log",
    wildcard_constraints:
        platform=only(RECORDED),
    params:
        code=code_of_its_platform("record_platform"),
    script:
        "../scripts/record_platform.py"


rule estimate_platform:
    input:
        test=f"{DATA}/test.npz",
        network=deployed_network,
        traces=f"{TRACES}/{{platform}}.npz",
        constants=lambda wildcards: CONSTANTS[wildcards.platform],
        published=PUBLISHED,
    output:
        metrics=f"{METRICS}/{{platform}}_cost.json",
    log:
        f"{LOGS}/estimate_{{platform}}.log",
    wildcard_constraints:
        platform=only(name for name in PRICED if name not in BY_SAMPLE),
    params:
        code=code_of_its_platform("estimate_platform"),
        fitted=lambda wildcards: FITTED[wildcards.platform],
        settings=lambda wildcards: config.get(wildcards.platform, {}),
    script:
        "../scripts/estimate_platform.py"


use rule estimate_platform as estimate_samples with:
    output:
        metrics=f"{METRICS}/{{platform}}_cost.json",
        energies=f"{TRACES}/{{platform}}_energy.npz",
    wildcard_constraints:
        platform=only(BY_SAMPLE),


rule validate_platform:
    input:
        constants=lambda wildcards: SHIPPED[wildcards.platform],
        published=PUBLISHED,
    output:
        rows="results/metrics/{platform}_validation.json",
    log:
        "logs/validate_{platform}.log",
    wildcard_constraints:
        platform=only(VALIDATED),
    params:
        code=code_of_its_platform("validate_platform"),
    script:
        "../scripts/validate_platform.py"


# What every network of neurons that a platform runs would take as floats, baselines that no chip runs here too: the same
# way for all.
rule estimate_floats:
    input:
        **{name: CONSTANTS[name] for name in PRICE_FLOATS},
        test=f"{DATA}/test.npz",
        traces=f"{TRACES}/pytorch.npz",
        network=float_network,
        published=PUBLISHED,
    output:
        metrics=f"{METRICS}/float_cost.json",
    log:
        f"{LOGS}/estimate_floats.log",
    params:
        code=lambda wildcards: code_of_platform(
            "estimate_floats", *PRICE_FLOATS, neurons=SETTINGS.network(wildcards.network).neurons
        ),
        fitted={name: FITTED[name] for name in PRICE_FLOATS},
    script:
        "../scripts/estimate_floats.py"


# For every platform that Lava verifies.
rule build_lava:
    input:
        # By content, below: the files of a new clone are of today, and would make an environment anew that is there.
        requirements=ancient(str(ROOT / "envs/lava/requirements.txt")),
    output:
        ready=".envs/lava/ready",
    log:
        "logs/build_lava.log",
    # Nodes of a cluster have no network.
    localrule: True
    # Not params: where Python and the library lie is no reason to build anew.
    resources:
        python=PYTHON,
        library=str(ROOT / "workflow"),
    params:
        requirements=sha256(ROOT / "envs/lava/requirements.txt"),
    shell:
        "PYTHONPATH={resources.library:q} {resources.python} {resources.library:q}/scripts/build_lava.py"
        " {input.requirements:q} {output.ready:q} {log:q}"
