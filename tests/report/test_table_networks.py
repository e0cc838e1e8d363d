"""All networks in one table: a row a network and way to run it."""

import pandas as pd
import pytest

from delaysnn.report.tables.networks import NETWORK_COLUMNS, show_networks, tabulate_networks
from delaysnn.report.tidy import select


@pytest.fixture
def networks(tables):
    fidelity = tables["fidelity"]
    fidelity = pd.concat([fidelity, fidelity.assign(platform="seneca", ours_mean=85.9)])
    loihi = tables["energy"].assign(platform="loihi_1core")
    energy = pd.concat([loihi[loihi["network"] == "48"].iloc[:2], tables["energy"]])
    return tabulate_networks(tables["models"], fidelity, [energy, tables["baseline_costs"]], {"48": "8"})


def texts(table):
    return [
        " | ".join(f"{cell.ours} ({cell.interval})" if cell.interval else cell.ours for cell in row) for row in table
    ]


def test_a_row_has_accuracy_size_and_costs_with_their_intervals(networks):
    assert list(networks.columns) == NETWORK_COLUMNS
    table = show_networks(networks)
    assert table.columns == [
        "network", "runs on", "accuracy (%)", "bits a weight", "synapses", "energy (µJ)", "latency (ms)",
        "memory (Mbit)",
    ]  # fmt: skip
    rows = texts(table.rows)
    # 44 ± the root of 1 squared (seeds) and 2.2 squared (5 % that the model misses).
    wanted = (
        "48 | Seneca with SCDQ | 85.9 (81.7 to 88.6) | bfloat16 | 82,560 | 44 (41.6 to 46.4) | 4 (3.87 to 4.13) | –"
    )
    assert wanted in rows
    assert rows[0].startswith("48 | Loihi, 1 core | 85.5 (81.7 to 88.6) | 8 | 82,560 | 44 (41.6 to 46.4)")


def test_what_no_chip_runs_is_priced_as_floats_or_stands_alone(networks):
    rows = {row[:2]: row for row in (tuple(cell.ours for cell in row) for row in show_networks(networks).rows)}
    assert rows["85recurrent", "Loihi, 1 core"][2:6] == ("85", "float", "82,875", "30")
    assert rows["48nodelay", "PyTorch"][2:6] == ("75", "float", "36,864", "–")
    assert set(select(networks, network="48")["platform"]) == {"loihi_1core", "seneca_scdq", "seneca_software"}


def test_what_is_counted_or_outside_of_its_fit_says_so(tables):
    costs = tables["baseline_costs"]
    costs = costs[(costs["how"] == "counted") | (costs["platform"] != "loihi_1core")].assign(outside_fit=1)
    costs.loc[costs["how"] == "counted", "outside_fit"] = 0
    table = tabulate_networks(tables["models"], tables["fidelity"], [costs], {"48": "8"})
    rows = texts(show_networks(table).rows)
    assert any("85recurrent | Loihi" in row and ", counted)" in row for row in rows)
    assert any("85recurrent | Seneca with SCDQ" in row and ", outside of its fit)" in row for row in rows)
