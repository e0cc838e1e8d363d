import re
from pathlib import Path

import pandas as pd
import pytest

from delaysnn.report.answers import answer, describe_data

CARD = {"samples": 2000, "voices": 50, "spikes_per_sample": 6100.4}


def say(tables, parts):
    return [str(each) for each in answer(tables, parts)]


def shorts(tables, parts):
    return {each.question: each.short for each in answer(tables, parts)}


@pytest.fixture
def sentences(tables):
    parts = {"shown": "48", "axonal": "48ax", "baseline": "48nodelay", "recurrent": "85recurrent"}
    return [describe_data("spoken_digits", 2, CARD), *say(tables, parts)]


def test_the_data_set_comes_first_and_is_no_shd(sentences):
    assert "spoken digits, 2,000 samples by 50 voices" in sentences[0]
    assert "brackets, are on SHD" in sentences[0]


def test_what_scdq_saves_is_answered_with_the_papers_saving(sentences):
    assert sentences[1] == (
        "What does SCDQ save, compared with a queue in software? On the same chip, network 48 takes 44.0 ± 1.0 (model"
        " ± 2.20) against 176 ± 1 (model ± 8.80) µJ, 75 % less [paper: 71 % less], and 4.0 ± 0.1 (model ± 0.080) "
        "against 16.0 ± 0.1 (model ± 0.320) ms, 75 % less [paper: 77 % less]; the queue itself takes 1.0 ± 0.1 (model"
        " ± 0.100) µJ (estimated by lines fitted to the paper's Table III). Counted from published constants alone, "
        "with nothing fitted: 22.0 ± 1.0 against 141 ± 1 µJ, 84 % less."
    )


@pytest.mark.parametrize("own", [["loihi_1core", "seneca_scdq", "seneca_software"], ["seneca_scdq", "seneca_software"]])
def test_a_seneca_of_ones_own_is_counted_whatever_is_known_of_loihi(tables, own):
    energy = tables["energy"]
    loihi = energy[energy["platform"] == "seneca_scdq"].assign(platform="loihi_1core")
    energy = pd.concat([loihi, energy], ignore_index=True)
    energy = energy[(energy["how"] == "counted") | ~energy["platform"].isin(own)]
    text = " ".join(say(tables | {"energy": energy}, {"shown": "48", "axonal": "48ax"}))
    assert "22.0 ± 1.0 against 141 ± 1 µJ, 84 % less, and" in text
    assert "(estimated by constants alone)." in text and "fitted" not in text
    assert "energy 10 % less, in the queue 25 % less; accuracy" in text
    assert "less [paper" not in text and "more [paper" not in text


def test_an_estimate_outside_of_its_fit_says_so(tables):
    rows = (tables["energy"]["platform"] == "seneca_software") & (tables["energy"]["how"] == "calibrated")
    tables["energy"].loc[rows, "outside_fit"] = 1
    text = say(tables, {"shown": "48"})[0]
    assert "44.0 ± 1.0 (model ± 2.20) against 176 ± 1 (model ± 8.80, outside of its fit) µJ" in text
    assert "against 16.0 ± 0.1 (model ± 0.320, outside of its fit) ms" in text
    rows = (tables["energy"]["network"] == "48ax") & (tables["energy"]["how"] == "calibrated")
    tables["energy"].loc[rows, "outside_fit"] = 1
    text = " ".join(say(tables, {"shown": "48", "axonal": "48ax"}))
    assert "energy 25 % less (outside of its fit) [paper: 28 % less], in the queue 25 % less (outside" in text


def test_delays_loihi_axons_and_bits_are_answered(sentences):
    text = " ".join(sentences)
    assert (
        "Accuracy of network 48 (82,560 weights) on the test samples: 86.0 ± 1.2 % (82.3 to 89.1) [paper: 87 %]."
        in text
    )
    assert "90,000 spikes of all networks in Lava (simulation), 0 differ" in text
    assert "against the float network: no difference detected (-0.5 points, 95 % interval -1.5 to +0.5)." in text
    assert "of network 48 over the bits of a weight, on Loihi 2 bits 70.0 %, 8 bits 85.5 %." in text


def test_every_control_stands_beside_delays_with_the_verdict_of_its_interval(sentences):
    assert (
        "Recurrent instead of delayed (85recurrent, 82,875 weights): 85.0 ± 1.0 % (81.2 to 88.2); 48 against it: "
        "no difference detected (+1.0 points, 95 % interval -2.0 to +4.0). Without delays, equally wide (48nodelay, "
        "36,864 weights): 75.0 ± 1.0 % (70.5 to 79.0); 48 against it: 11.0 points better (95 % interval +8.0 to +14.0)."
    ) in sentences[2]
    assert "drawn at random" not in sentences[2]


def test_a_claim_flips_when_the_interval_holds_zero(tables):
    parts = {"shown": "48", "baseline": "48nodelay"}
    rows = tables["comparisons"]["against"] == "48nodelay"
    tables["comparisons"].loc[rows, "low"] = -0.1
    text = say(tables, parts)[1]
    assert text.endswith("48 against it: no difference detected (+11.0 points, 95 % interval -0.1 to +14.0).")


def test_pruned_axons_are_judged_beside_the_paper_and_explained(sentences):
    (text,) = (sentence for sentence in sentences if "axons" in sentence)
    assert "energy 25 % less [paper: 28 % less], in the queue 25 % less [paper: 27 % less]" in text
    assert "[paper: 76 instead of 87 %]: no difference detected (-2.0 points, 95 % interval -5.0 to +1.0)." in text
    assert "15.0 instead of 30.0 useful delays, so 2,000 instead of 4,000 events are delivered." in text
    assert "55.5 instead of 58.0 time steps. An event stays in the queue until then" in text
    assert "35.2 instead of 36.0 time steps." in text


def test_delays_and_recurrence_are_priced_beside_each_other(sentences):
    (text,) = (sentence for sentence in sentences if "cheaper than" in sentence)
    assert text == (
        "Are delays better or cheaper than recurrence? Network 48 against 85recurrent (recurrent): Loihi, 1 core: 20.0 "
        "± 1.0 (model ± 1) against 30.0 ± 1.0 (model ± 1.50) µJ, 33 % less (counted: 52 % less); Seneca with SCDQ: "
        "30.0 ± 1.0 (model ± 1.50) against 29.0 ± 1.0 (model ± 1.45) µJ, no difference beyond the errors of the "
        "estimates (counted: 22 % less)."
    )


@pytest.mark.parametrize(
    ("value", "samples"), [(27.6, "no difference beyond the errors of the estimates"), (27.4, "9 % more")]
)
def test_a_saving_needs_more_than_seeds_and_model_leave_open(tables, value, samples):
    """Of 30 and x the root of squares is that of 1.5, 1, 1 and 0.05 x: of 27.5, 2.48."""
    costs = tables["baseline_costs"]
    rows = (costs["network"] == "85recurrent") & (costs["platform"] == "seneca_scdq") & (costs["how"] == "calibrated")
    costs.loc[rows, ["ours_mean", "outside_fit"]] = value, 2
    text = " ".join(say(tables, {"shown": "48", "recurrent": "85recurrent"}))
    assert f", outside of its fit) µJ, {samples} (counted" in text


def test_the_papers_own_cells_of_pruned_axons_are_said_to_contradict(sentences, tables):
    wanted = "the energy corresponds to 829 thousand operations, the latency to 610 thousand, the input layer included."
    assert any(sentence.endswith(wanted) for sentence in sentences)
    tables["operations"] = tables["operations"].iloc[:0]
    parts = {"shown": "48", "axonal": "48ax"}
    assert not any("contradict each other" in sentence for sentence in say(tables, parts))


def test_parts_the_configuration_lacks_are_left_out(tables):
    text = " ".join(say(tables, {"shown": "48"}))
    assert "ithout delays" not in text and "axons" not in text


def test_voices_are_counted_only_where_they_are_known():
    text = describe_data("my_samples", 2, CARD | {"voices": None})
    assert "my samples, 2,000 samples, 6,100 spikes a sample" in text and "voices" not in text


def test_every_chip_that_ran_is_answered_for(tables):
    fidelity = tables["fidelity"]
    tables["fidelity"] = pd.concat([fidelity, fidelity.assign(platform="seneca", ours_mean=84.0)])
    loihi = tables["comparisons"][lambda rows: rows["platform"] == "loihi"]
    tables["comparisons"] = pd.concat([tables["comparisons"], loihi.assign(platform="seneca")])
    text = " ".join(say(tables, {"shown": "48"}))
    assert "Accuracy of network 48 on Loihi: 85.5 ± 1.0 %" in text
    assert "Accuracy of network 48 on Seneca: 84.0 ± 1.0 %" in text
    assert re.search(r"Both decide alike on \d\d\.\d ± \d\.\d % \([^)]+\) of the samples\.", text)


def test_what_no_table_says_is_left_out(tables):
    few = {name: tables[name] for name in ("models", "comparisons", "fidelity", "quantisation")}
    parts = {"shown": "48", "axonal": "48ax", "recurrent": "85recurrent"}
    text = " ".join(say(few, parts))
    assert "Accuracy of network 48 on Loihi" in text and "Recurrent instead of delayed" in text
    assert not any(word in text for word in ("SCDQ", "cheaper than", "Lava", "axons"))


def test_each_answer_is_one_line_by_the_verdicts_of_its_intervals(tables):
    parts = {"shown": "48", "axonal": "48ax", "baseline": "48nodelay", "recurrent": "85recurrent"}
    found = shorts(tables, parts)
    assert found["What does SCDQ save, compared with a queue in software?"] == (
        "Energy: 75 % less. Latency: 75 % less. Estimated by lines fitted to the paper's Table III. Energy counted "
        "from constants alone: 84 % less."
    )
    assert found["What are learned delays worth?"] == (
        "Accuracy of network 48: 86.0 %; better than 48nodelay (no delays) by 11.0 points; no difference detected from "
        "85recurrent (recurrent)."
    )
    assert found["Are delays better or cheaper than recurrence?"] == (
        "Accuracy: no difference detected (+1.0 points, 95 % interval -2.0 to +4.0). Energy, estimated: Loihi, 1 core: "
        "33 % less; Seneca with SCDQ: no difference beyond the errors of the estimates."
    )
    assert "In Lava 0 of 90,000 spikes differ." in found["Do chips decide as the float network does?"]
    assert all("\n" not in short and len(short) < 250 for short in found.values())


def test_a_budget_is_answered_by_the_network_that_validation_chose(tables):
    parts = {"shown": "48"}
    [fitting] = [each for each in answer(tables, parts) if "64 kB" in each.question]
    assert (
        fitting.short
        == "Best in validation is network 48 with 2 bits a weight: 70.0 % of the test samples, with 20.6 kB."
    )
    assert "32 kB: 48 with 2 bits a weight, 70.0 ± 1.0 % (" in fitting.text
    assert "128 kB: 48 with 8 bits a weight, 85.5 ± 1.0 % (" in fitting.text
    assert "16 kB" not in fitting.text
    tables["budgets"] = tables["budgets"][tables["budgets"]["budget_kb"] > 64]
    [none] = [each for each in answer(tables, parts) if "64 kB" in each.question]
    assert none.short == "No network of this run is that small."
    tables["budgets"] = tables["budgets"][:0]
    [none] = [each for each in answer(tables, parts) if "64 kB" in each.question]
    assert none.text == "No network of this run is that small. `snakemake frontier` searches for such."


def test_bits_are_told_for_each_chip(tables):
    both = [tables["quantisation"], tables["quantisation"].assign(platform="fpga", ours_mean=[71.0, 86.0])]
    found = shorts(tables | {"quantisation": pd.concat(both)}, {"shown": "48"})
    assert "Network 48 on Loihi 2 bits 70.0 %, 8 bits 85.5 %; on " in found["How many bits does a weight need?"]


def test_the_last_answer_names_the_pages_for_what_a_reader_brings(sentences):
    root = Path(__file__).parents[2]
    pages = re.findall(r"docs/\S+\.md", sentences[-1])
    assert len(pages) == 3 and all((root / page).exists() for page in pages)
