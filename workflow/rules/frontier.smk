from delaysnn.frontier.budgets import QUANTITIES, name_budget

FRONTIER = SETTINGS.frontier
ROUNDS = FRONTIER.rounds
BUDGETS = [name_budget(QUANTITIES[key], budget) for key, own in FRONTIER.budgets.items() for budget in own]
SEARCH = f"results/frontier/{DATASET}"
CANDIDATE = f"{SEARCH}/{{candidate}}/rung{{rung}}/seed{{seed}}"
SEARCH_LOGS = f"logs/{DATASET}/frontier"


wildcard_constraints:
    candidate="[0-9a-f]{12}",
    rung="|".join(map(str, ROUNDS)),


# Not part of `all`, since it trains as many networks as it is told.
rule frontier:
    input:
        "results/tables/frontier.csv",
        multiext("results/figures/frontier", ".png", ".svg"),


checkpoint draw_candidates:
    input:
        train=f"{DATA}/train.npz",
    output:
        candidates=f"{SEARCH}/candidates.json",
    log:
        f"{SEARCH_LOGS}/draw_candidates.log",
    localrule: True
    params:
        code=code_of(ROOT / "workflow/scripts/draw_candidates.py"),
        config=config,
    script:
        "../scripts/draw_candidates.py"


# The test samples are no input: nothing is chosen by them.
rule train_candidate:
    input:
        **DATA_SPLITS,
    output:
        network=f"{CANDIDATE}.safetensors",
        description=f"{CANDIDATE}.json",
        metrics=f"{CANDIDATE}_validation.json",
    log:
        f"{SEARCH_LOGS}/{{candidate}}/rung{{rung}}_seed{{seed}}.log",
    wildcard_constraints:
        seed="|".join(map(str, FRONTIER.seeds)),
    resources:
        gpu=lambda wildcards: int(course_of(wildcards)["device"] in GPUS),
    params:
        code=code_of_candidate("train_candidate"),
        training=course_of,
        settings=settings_of,
        checkpoint=lambda wildcards, output: f"{output.metrics}.checkpoint",
    script:
        "../scripts/train_candidate.py"


# On the chip whose energies have budgets.
if FRONTIER.energy_platform:

    rule price_candidate:
        input:
            validation=f"{DATA}/validation.npz",
            network=f"{CANDIDATE}.safetensors",
            description=f"{CANDIDATE}.json",
            constants=constants_of(FRONTIER.energy_platform),
            published=PUBLISHED,
        output:
            metrics=f"{CANDIDATE}_energy.json",
        log:
            f"{SEARCH_LOGS}/{{candidate}}/rung{{rung}}_seed{{seed}}_energy.log",
        wildcard_constraints:
            seed="|".join(map(str, FRONTIER.seeds)),
        params:
            code=lambda wildcards: code_of_platform(
                "price_candidate", FRONTIER.energy_platform, neurons=[settings_of(wildcards)["neuron"]]
            ),
            platform=FRONTIER.energy_platform,
            chip=config.get(FRONTIER.energy_platform, {}),
            settings=settings_of,
        script:
            "../scripts/price_candidate.py"


checkpoint rank_candidates:
    input:
        metrics=lambda wildcards: scores_at(int(wildcards.rung)),
        energies=lambda wildcards: energies_at(int(wildcards.rung)),
    output:
        chosen=f"{SEARCH}/rung{{rung}}.json",
    log:
        f"{SEARCH_LOGS}/rank_candidates_{{rung}}.log",
    wildcard_constraints:
        rung="|".join(map(str, ROUNDS[:-1])) or "none",
    localrule: True
    params:
        code=code_of(ROOT / "workflow/scripts/rank_candidates.py"),
        budgets=FRONTIER.budgets,
        share=FRONTIER.share,
        epochs=lambda wildcards: FRONTIER.rungs[int(wildcards.rung)],
        seeds=lambda wildcards: len(seeds_at(int(wildcards.rung) + 1)),
    script:
        "../scripts/rank_candidates.py"


checkpoint choose_winners:
    input:
        metrics=lambda wildcards: scores_at(ROUNDS[-1]),
        energies=lambda wildcards: energies_at(ROUNDS[-1]),
    output:
        winners=f"{SEARCH}/winners.json",
    log:
        f"{SEARCH_LOGS}/choose_winners.log",
    localrule: True
    params:
        code=code_of(ROOT / "workflow/scripts/choose_winners.py"),
        budgets=FRONTIER.budgets,
    script:
        "../scripts/choose_winners.py"


rule score_candidate:
    input:
        test=f"{DATA}/test.npz",
        network=f"{CANDIDATE}.safetensors",
        description=f"{CANDIDATE}.json",
    output:
        metrics=f"{CANDIDATE}_test.json",
    log:
        f"{SEARCH_LOGS}/{{candidate}}/rung{{rung}}_seed{{seed}}_test.log",
    wildcard_constraints:
        seed="|".join(map(str, FRONTIER.seeds)),
    params:
        code=code_of_candidate("score_candidate"),
        training=course_of,
    script:
        "../scripts/score_candidate.py"


rule collect_frontier:
    input:
        validation=lambda wildcards: scores_at(ROUNDS[-1]),
        test=tests,
        energies=lambda wildcards: energies_at(ROUNDS[-1]),
        winners=f"{SEARCH}/winners.json",
    output:
        frontier=f"{SEARCH}/frontier.json",
    log:
        f"{SEARCH_LOGS}/collect_frontier.log",
    localrule: True
    params:
        code=code_of(ROOT / "workflow/scripts/collect_frontier.py"),
    script:
        "../scripts/collect_frontier.py"


# `make best BUDGET=22kB`: an overlay for each budget.
for number, budget in enumerate(BUDGETS):

    rule:
        name:
            f"write_best{number}"
        input:
            frontier=f"{SEARCH}/frontier.json",
        output:
            overlay=f"results/frontier/{budget}.yaml",
        log:
            f"{SEARCH_LOGS}/write_best_{budget}.log",
        localrule: True
        params:
            code=code_of(ROOT / "workflow/scripts/write_best.py"),
            budget=budget,
            config=config,
            repository=str(ROOT),
        script:
            "../scripts/write_best.py"
