import numpy as np
import pytest

from delaysnn.costs.lines import MECHANISM, Mechanism, fit, validate, validate_beside_null_models, warn_outside

LINE = Mechanism(("one", "x"))
DRIVERS = {name: {"one": 1.0, "x": x, "width": width, "parameters": x} for name, x, width in
           [("a", 1.0, 4.0), ("b", 2.0, 5.0), ("c", 4.0, 9.0)]}  # fmt: skip


def test_two_networks_give_the_prices_that_meet_both():
    line = fit([DRIVERS["a"], DRIVERS["c"]], [5.0, 11.0], LINE)
    assert line.prices == pytest.approx({"one": 3.0, "x": 2.0})
    assert line({"one": 1.0, "x": np.array([0.0, 10.0])}).tolist() == pytest.approx([3.0, 23.0])


def test_what_is_known_is_not_fitted():
    line = fit(list(DRIVERS.values()), [3.0, 5.0, 9.0], Mechanism(("one",), {"x": 2.0}))
    assert line.prices == pytest.approx({"one": 1.0, "x": 2.0})


def test_a_network_left_out_is_predicted_by_the_others():
    rows = validate({"a": 5.0, "b": 8.0, "c": 11.0}, DRIVERS, LINE)
    left_out = {row["network"]: row["ours"] for row in rows if row["how"] == "left_out"}
    # Through (2, 8) and (4, 11), (1, 5) and (4, 11), (1, 5) and (2, 8).
    assert left_out == pytest.approx({"a": 6.5, "b": 7.0, "c": 14.0})
    (error,) = [row["error_pct"] for row in rows if (row["network"], row["how"]) == ("b", "left_out")]
    assert error == pytest.approx(-12.5)
    assert {row["model"] for row in rows} == {MECHANISM}


def test_the_mean_of_equal_numbers_predicts_nothing():
    rows = validate(dict.fromkeys(DRIVERS, 9.1), DRIVERS, Mechanism(("one",), predicts=False))
    assert [row["how"] for row in rows] == ["fitted"] * 3 + ["not_predicted"] * 3


def test_lines_that_know_nothing_stand_beside():
    costs = {"a": 5.0, "b": 8.0, "c": 11.0}
    rows = validate_beside_null_models(costs, DRIVERS, LINE, {"tried": ("x",)}, {name: 4.0 for name in costs})
    assert [row["model"] for row in rows[::6]] == [MECHANISM, "hidden width", "kept parameters", "tried", "counted"]
    assert [row["error_pct"] for row in rows[24:]] == pytest.approx([-20.0, -50.0, -700 / 11])


def test_a_network_outside_of_the_fit_is_noticed():
    line = fit(list(DRIVERS.values()), [3.0, 5.0, 9.0], LINE)
    assert line.outside({"one": 1.0, "x": np.array([3.0, 5.0])}) == []
    assert line.outside({"one": 1.0, "x": np.array([4.0, 5.0])}) == ["x"]
    assert line.outside({"one": 1.0, "x": 0.5}) == ["x"]


def test_an_extrapolation_is_said_in_the_log(caplog):
    warn_outside("seneca_scdq", {"energy": ["operations"], "latency": ["steps", "operations"]})
    assert caplog.messages[0].startswith(
        "seneca_scdq: the calibrated energy lies outside of the range of its fit, by op"
    )
    assert "by steps, operations;" in caplog.messages[1]
