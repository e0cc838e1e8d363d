"""Which network for a memory: validation chooses, test reports."""

import numpy as np
import pandas as pd
import pytest
from small_tables import tidy

from delaysnn.core.metrics import Cell, Metrics
from delaysnn.report.tables.budgets import BUDGET_COLUMNS, show_budgets, tabulate_budgets
from delaysnn.report.tidy import read_table, write_table


def scored(network, seed, *widths):
    cells = [
        cell
        for bits, memory, accuracy in widths
        for cell in (
            Cell("pytorch", "weights_memory", "kB", memory, "counted", bits=bits),
            Cell("pytorch", "accuracy", "%", accuracy, samples=100, bits=bits, split="validation"),
        )
    ]
    return Metrics(network, seed, "spoken_digits", tuple(cells))


# Validation prefers 4 bits of the small network, test 8 bits.
METRICS = [
    scored("small", 1, (4, 10.0, 80.0), (8, 20.0, 77.0)),
    scored("small", 2, (4, 10.0, 84.0), (8, 20.0, 79.0)),
    scored("large", 1, ("8/4/4", 50.0, 82.0)),
    scored("large", 2, ("8/4/4", 50.0, 82.0)),
]
TEST = {("small", 4): 70.0, ("small", 8): 90.0, ("large", "8/4/4"): 71.0}


@pytest.fixture
def quantisation():
    rows = [(name, "loihi", "accuracy", "%", mean, 1.0, np.nan) for (name, _), mean in TEST.items()]
    table = tidy(rows, samples=100).assign(bits=pd.Series([bits for _, bits in TEST], dtype=object))
    floats = tidy([("small", "pytorch", "accuracy", "%", 99.0, 1.0, np.nan)], samples=100).assign(bits=None)
    return pd.concat([floats, table], ignore_index=True)


def test_validation_chooses_and_test_is_reported(quantisation):
    table = tabulate_budgets(METRICS, quantisation)
    assert list(table.columns) == BUDGET_COLUMNS
    found = table[["budget_kb", "network", "bits", "memory_kb", "validation_mean", "ours_mean"]].to_numpy().tolist()
    # At 64 kB both have 82 % in validation: the smaller is taken.
    assert found == [[budget, "small", 4, 10.0, 82.0, 70.0] for budget in (16, 32, 64, 128)]
    assert table["validation_sd"].iloc[0] == pytest.approx(np.std([80, 84], ddof=1))


def test_a_better_network_is_chosen_once_it_fits_whatever_its_widths(quantisation):
    better = [scored("large", seed, ("8/4/4", 50.0, 90.0)) for seed in (1, 2)]
    table = tabulate_budgets([*METRICS[:2], *better], quantisation)
    assert list(table["network"]) == ["small", "small", "large", "large"]
    assert list(table["bits"])[2:] == ["8/4/4"] * 2 and list(table["ours_mean"])[2:] == [71.0] * 2


def test_what_no_network_fits_has_no_row(quantisation):
    assert list(tabulate_budgets(METRICS[2:], quantisation)["budget_kb"]) == [64, 128]


def test_a_reader_sees_both_accuracies(quantisation, tmp_path):
    write_table(tmp_path / "budgets.csv", tabulate_budgets(METRICS, quantisation), {})
    shown = show_budgets(read_table(tmp_path / "budgets.csv"))
    assert shown.columns == [
        "budget",
        "network",
        "bits a weight",
        "memory (kB)",
        "validation (%)",
        "test (%)",
        "tested on",
    ]
    assert [cell.ours for cell in shown.rows[0]] == ["16 kB", "small", "4", "10", "82", "70", "Loihi"]
    assert shown.rows[0][-2].interval == "60.4 to 78.1"
