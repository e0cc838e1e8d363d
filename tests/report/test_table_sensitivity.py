from delaysnn.report.tables.sensitivity import SENSITIVITY_COLUMNS, sensitivity_table


def test_what_a_fit_takes_back_stays_as_a_zero():
    row = {"platform": "seneca_scdq", "quantity": "energy", "constant": "add_pj"}
    rows = [
        row | {"how": "counted", "less_pct": -2.0, "more_pct": 2.0},
        row | {"how": "counted", "quantity": "latency", "less_pct": 0.0, "more_pct": 0.0},
        row | {"how": "calibrated", "less_pct": -1e-14, "more_pct": 1e-14},
    ]
    table = sensitivity_table([{"sensitivity": {"network": "48", "rows": rows}}])
    assert list(table.columns) == SENSITIVITY_COLUMNS
    assert table[["how", "less_pct", "more_pct"]].to_numpy().tolist() == [["counted", -2.0, 2.0], ["calibrated", 0, 0]]
