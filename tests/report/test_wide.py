import pandas as pd

from delaysnn.report.registry import find
from delaysnn.report.tables.capacity import capacity_table
from delaysnn.report.tables.validation import show_validation, validation_table
from delaysnn.report.wide import measured, plain

NO_INTERVAL = dict.fromkeys(("samples", "ours_low", "ours_high"), float("nan"))


def texts(wide):
    return [[cell.ours for cell in row] for row in wide.rows]


def test_a_measured_table_keeps_every_cell_and_its_published_value(tables):
    wide = measured(tables["models"])
    assert wide.columns == ["network", "platform", "parameters (synapses)", "accuracy (%)"]
    assert texts(wide)[0] == ["48", "PyTorch", "82,560", "86.0 ± 1.2"]
    assert [cell.published for cell in wide.rows[0]] == ["", "", "82,560", "87"]
    assert wide.rows[1][2].ours == "–"


def test_an_interval_stands_behind_its_mean(tables):
    wide = measured(tables["models"].assign(samples=400.0, ours_low=82.21, ours_high=89.05))
    assert [cell.interval for cell in wide.rows[0]] == ["", "", "82.2 to 89.0", "82.2 to 89.0"]
    assert wide.columns == ["network", "platform", "parameters (synapses)", "accuracy (%)"]


def test_what_a_platform_ran_on_stands_with_its_name(tables):
    said = {
        "simulation": "Loihi (repeated by Lava's simulation)",
        "Loihi 2, simulation": "Loihi (repeated by Loihi 2 and Lava's simulation)",
        "integer reference": "Loihi (integer reference)",
    }
    for ran_on, shown in said.items():
        wide = measured(tables["fidelity"].assign(**NO_INTERVAL, ran_on=ran_on))
        assert texts(wide)[0][:2] == ["48", shown]
    assert texts(measured(tables["models"].assign(**NO_INTERVAL, ran_on=float("nan")))) == texts(
        measured(tables["models"])
    )


def test_a_deviation_has_the_digits_of_its_mean(tables):
    row = tables["models"].iloc[[0]].assign(ours_mean=1.9427, ours_sd=0.0347)
    assert texts(measured(row))[0][2] == "1.94 ± 0.03"
    assert texts(measured(row.assign(ours_sd=0.0004)))[0][2] == "1.94"
    assert texts(measured(row.assign(ours_mean=93.0, ours_sd=0.35)))[0][2] == "93.0 ± 0.3"
    assert texts(measured(row.assign(ours_mean=1024.0, ours_sd=0.0)))[0][2] == "1,024"
    assert texts(measured(row.assign(ours_mean=1.234e-13, ours_sd=2.5e-15)))[0][2] == "1.23e-13 ± 2e-15"


def test_sizes_without_a_network_are_all_shown():
    size = {"platform": "loihi", "neurons": 1024, "delay_levels": 62}
    rows = [
        size | {"quantity": "scdq", "unit": "bit", "published": 97536.0, "ours": 97536.0},
        size | {"quantity": "break_even_density", "unit": "share", "published": 0.25, "ours": 0.252},
    ]
    wide = find("table_capacity").show(capacity_table({"references": rows}).assign(network=pd.NA))
    assert wide.columns == [
        "platform",
        "quantity",
        "unit",
        "ours",
        "published",
        "difference",
        "neurons",
        "delay levels",
    ]
    assert texts(wide) == [
        ["Loihi", "SCDQ", "bit", "97,536", "97,536", "0", "1,024", "62"],
        ["Loihi", "break even density", "share", "0.252", "0.250", "0.002", "1,024", "62"],
    ]


def test_validation_is_one_row_a_published_cell():
    cell = {"network": "48", "platform": "loihi_1core", "quantity": "energy", "unit": "uJ", "published": 28.4}
    rows = [
        cell | {"ours": 28.5, "error_pct": 0.4, "how": "fitted", "model": "mechanism"},
        cell | {"ours": 30.3, "error_pct": 6.8, "how": "left_out", "model": "mechanism"},
        cell | {"ours": 18.5, "error_pct": -34.9, "how": "counted", "model": "counted"},
        cell | {"ours": 40.0, "error_pct": 40.8, "how": "left_out", "model": "hidden width"},
    ]
    wide = show_validation(validation_table([{"rows": rows}]))
    assert texts(wide) == [["Loihi, 1 core", "energy (µJ)", "48", "28.4", "18.5", "28.5", "30.3", "+6.8"]]


def test_a_sweep_has_a_row_a_setting(tables):
    row = tables["models"].iloc[[0]].assign(quantity="energy", unit="uJ", published=float("nan"), levels=5, bits=4)
    wide = find("table_sweep").show(row.assign(how="counted"))
    assert wide.columns == ["network", "platform", "energy (µJ)"]
    assert texts(wide)[0][0] == "48, 5 levels, 4 bits"


def test_a_control_has_a_row_of_its_own_below_its_network(tables):
    row = tables["models"].iloc[[1]].assign(published=float("nan"))
    settings = [(2, None), (2, "random"), (15, None)]
    wide = find("table_levels").show(pd.concat([row.assign(levels=n, control=control) for n, control in settings]))
    assert wide.columns == ["network", "platform", "accuracy, 2 levels (%)", "accuracy, 15 levels (%)"]
    assert [cells[0] for cells in texts(wide)] == ["48", "48, random"]
    assert [cell == "–" for cell in texts(wide)[1]] == [False, False, False, True]


def test_a_fold_has_a_row_of_its_own_and_a_phase_a_column(tables):
    row = tables["models"].iloc[[1]].assign(published=float("nan"))
    settings = [(None, "dense"), (None, None), ("2 3", "dense"), ("2 3", None)]
    wide = measured(
        pd.concat([row.assign(test_speakers=who, phase=phase) for who, phase in settings]), ["test_speakers"]
    )
    assert wide.columns == ["network", "platform", "accuracy, dense (%)", "accuracy (%)"]
    assert [cells[0] for cells in texts(wide)] == ["48", "48, tested on speakers 2 3"]


def test_readers_see_words_and_units_not_names_of_files(tables):
    row = tables["models"].iloc[[0]]
    named = {"operations": "1", "delay_ip_energy": "uJ", "spikes_h1": "spikes", "edap": "J s m2"}
    wide = measured(pd.concat([row.assign(quantity=quantity, unit=unit) for quantity, unit in named.items()]))
    assert wide.columns[2:] == ["operations", "Delay IP energy (µJ)", "spikes, hidden 1 (spikes)", "EDAP (J s m²)"]
    rows = {
        "platform": ["loihi_1core", None],
        "comparison": ["scdq_rtl", "lava"],
        "unit": ["um2", "1"],
        "spikes": [3, 4],
    }
    assert measured(row.assign(quantity="operations", unit=1)).columns[2:] == ["operations"]
    assert texts(plain(pd.DataFrame(rows))) == [["Loihi, 1 core", "SCDQ rtl", "µm²", "3"], ["–", "lava", "", "4"]]
