import numpy as np
import pandas as pd
import pytest

from delaysnn.report.figures.frontier import draw_frontier
from delaysnn.report.tables.frontier import tabulate_frontier
from delaysnn.settings.frontier import Space


def candidate(memory_kb, validation, test=(), **settings):
    samples = 400 if test else None
    return {"memory_kb": memory_kb, "settings": settings, "validation": validation, "test": test, "samples": samples}


FRONTIER = {
    "candidates": {
        "a": candidate(1.5, [60.0, 62.0], [50.0, 54.0], hidden=[8], keep=2, bits=4),
        "b": candidate(1.8, [40.0, 40.0], hidden=[8, 8], keep=1, bits=3),
        "c": candidate(9.0, [80.0, 90.0], [84.0, 80.0], hidden=[16, 12], keep=4, bits=8),
    },
    "budgets_kb": {"16": "c", "2": "a", "4": "a"},
    "dataset": "bars",
}


def test_a_row_a_budget_has_the_winners_settings_and_accuracies():
    table = tabulate_frontier(FRONTIER, ["hidden", "keep", "bits"])
    assert list(table["budget"]) == [2, 4, 16] and list(table["memory_kb"]) == [1.5, 1.5, 9]
    assert list(table["hidden"]) == ["8", "8", "16-12"] and list(table["levels"]) == [2, 2, 4]
    last = table.iloc[-1]
    assert (last["validation_mean"], last["test_mean"], last["bits"], last["seeds"]) == (85, 82, 8, 2)
    # Two values lie the root of a half of their distance from their mean, by the sample deviation.
    assert last["validation_sd"] == pytest.approx(10 / np.sqrt(2)) and last["dataset"] == "bars"
    assert last["test_low"] < 82 < last["test_high"]


def test_one_seed_has_no_deviation():
    one = {"candidates": {"a": candidate(1, [60.0], [50.0], bits=4)}, "budgets_kb": {"2": "a"}, "dataset": "bars"}
    table = tabulate_frontier(one, ["bits"])
    assert pd.isna(table["validation_sd"]).all() and pd.isna(table["test_sd"]).all() and list(table["seeds"]) == [1]


def test_all_that_was_tried_is_drawn_and_the_line_joins_the_winners():
    (axis,) = draw_frontier(FRONTIER).axes
    tried, tested = axis.collections
    assert sorted(map(tuple, tried.get_offsets())) == [(1.5, 61), (1.8, 40), (9, 85)]
    assert {tuple(place) for place in tested.get_offsets()} == {(1.5, 52), (9, 82)}
    (line,) = axis.lines
    assert list(line.get_xdata()) == [1.5, 1.5, 9, 16] and list(line.get_ydata()) == [61, 61, 85, 85]
    assert axis.get_xscale() == "log"
    assert [label.get_text() for label in axis.get_xticklabels()] == ["2", "4", "16"]


def test_energies_have_rows_and_a_panel_of_their_own():
    energies = {"a": {"energy_uj": [2.0, 3.0], "energy_by": "seneca_scdq"}}
    energies["c"] = {"energy_uj": [9.0], "energy_by": "seneca_scdq"}
    candidates = {name: each | energies.get(name, {}) for name, each in FRONTIER["candidates"].items()}
    candidates["c"]["settings"] = candidates["c"]["settings"] | {"bits": [8, 4, 4]}
    found = FRONTIER | {"candidates": candidates, "budgets_uj": {"20": "c", "5": "a", "1": None}}
    table = tabulate_frontier(found, ["hidden", "bits"])
    assert list(table["quantity"]) == ["memory"] * 3 + ["energy"] * 2 and list(table["unit"][2:]) == ["kB", "uJ", "uJ"]
    assert list(table["budget"]) == [2, 4, 16, 5, 20] and list(table["energy_uj"]) == [2.5, 2.5, 9, 2.5, 9]
    assert list(table["bits"]) == [4, 4, "8/4/4", 4, "8/4/4"] and set(table["energy_by"]) == {"seneca_scdq"}
    memory, energy = draw_frontier(found).axes
    assert sorted(map(tuple, energy.collections[0].get_offsets())) == [(2.5, 61), (9, 85)]
    assert [label.get_text() for label in energy.get_xticklabels()] == ["1", "5", "20"]
    assert memory.get_xlabel() == "memory (kB)" and energy.get_xlabel() == "energy (µJ), counted: Seneca with SCDQ"


def test_any_key_of_a_network_can_be_searched_over():
    assert {"hidden", "delays", "pruning", "recipe", "max", "stride", "keep", "bits"} <= set(Space.model_fields)
